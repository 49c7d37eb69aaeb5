import {
  chmodSync,
  mkdtempSync,
  openSync,
  rmSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CordonError } from '../error.ts';
import type { ByteSource } from './byte-source.ts';
import { descriptorSource, errnoOf } from './file-source.ts';
import { SPOOL_PREFIX, sweepLeftovers } from './sweep-leftovers.ts';

/** A file of this process alone, that is written once and then read in any order. */
export interface SpoolFile {
  /** Throws CordonError `source.spool-full`. */
  write(chunk: Buffer): void;
  /** Ends writing. Closing the source frees the disk. */
  finish(): ByteSource;
  /** Gives the file up, finished or not. Safe to call twice. */
  discard(): Promise<void>;
}

/** Disk for decoded content that is too large for memory. */
export interface Spool {
  createFile(): SpoolFile;
  /** Discards every file. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * A spool under `folder` (default: the system's temporary folder). Nothing is created before the
 * first file. Each file loses its name before the first byte is written, so that decoded weights
 * and secrets are on no disk after a crash or an interrupt, whatever ended the process.
 */
export function createSpool({ folder = tmpdir() }: { readonly folder?: string } = {}): Spool {
  const open = new Set<SpoolFile>();
  return {
    createFile() {
      sweepLeftovers(folder);
      const file = createFile(folder, () => open.delete(file));
      open.add(file);
      return file;
    },
    async close() {
      for (const file of open) await file.discard();
    },
  };
}

function createFile(folder: string, onDiscard: () => void): SpoolFile {
  const { fd, cleanUp } = openNameless(folder);
  let size = 0;
  let written: ByteSource | undefined;
  // The descriptor belongs to one source only, so that it can never be closed twice.
  const contents = () => (written ??= descriptorSource(fd, size, 'spool'));
  let discarded = false;
  const discard = async () => {
    if (discarded) return;
    discarded = true;
    await contents().close();
    cleanUp();
    onDiscard();
  };
  return {
    write(chunk) {
      // The descriptor's number may be another file's by now.
      if (discarded) throw new CordonError('source.spool-full', { reason: 'closed' });
      for (let at = 0; at < chunk.length;) at += writeOnce(fd, chunk, at);
      size += chunk.length;
    },
    finish: () => ({ ...contents(), close: discard }),
    discard,
  };
}

function writeOnce(fd: number, chunk: Buffer, at: number): number {
  try {
    return writeSync(fd, chunk, at);
  } catch (error) {
    throw new CordonError('source.spool-full', { reason: errnoOf(error) }, error);
  }
}

/** Removes names that the system would not let go of while the file was open (Windows). */
const namesLeft = new Set<string>();
const removeNamesLeft = () => {
  for (const name of namesLeft) rmSync(name, { recursive: true, force: true });
};

function openNameless(folder: string): { fd: number; cleanUp: () => void } {
  let directory: string | undefined;
  try {
    directory = mkdtempSync(join(folder, SPOOL_PREFIX));
    chmodSync(directory, 0o700);
    const path = join(directory, 'layer');
    const fd = openSync(path, 'wx+', 0o600);
    return { fd, cleanUp: dropName(directory, path) };
  } catch (error) {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    throw new CordonError('source.spool-full', { folder, reason: errnoOf(error) }, error);
  }
}

function dropName(directory: string, path: string): () => void {
  try {
    unlinkSync(path);
    rmdirSync(directory);
    return () => undefined;
  } catch (error) {
    if (errnoOf(error) === 'unknown') throw error;
    if (namesLeft.size === 0) process.once('exit', removeNamesLeft);
    namesLeft.add(directory);
    return () => {
      rmSync(directory, { recursive: true, force: true });
      namesLeft.delete(directory);
    };
  }
}
