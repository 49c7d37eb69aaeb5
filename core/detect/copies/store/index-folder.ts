import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CordonError } from '../../../error.ts';
import { errnoOf } from '../../../source/file-source.ts';
import {
  assertOwnFolder,
  makeOwnFolder,
  readWhole,
  removeQuietly,
  replaceFile,
  UNFINISHED,
  writeNew,
} from './durable-files.ts';
import {
  decodeGeneration,
  decodeManifestOf,
  encodeGeneration,
  type Generation,
  manifestEnd,
  MOST_GENERATION_BYTES,
} from './generation-file.ts';
import type { Manifest } from './manifest.ts';
import { forgetOldSecret, readSecrets } from './secret.ts';

const POINTER = 'current';
const GENERATION = /^generation-(\d{1,16})-[0-9a-f]{16}\.cdx$/;
/** So long a reader may take between the pointer and opening what it names. */
const READING_MS = 10 * 60 * 1000;
const TRIES = 4;

/** Where all indexes lie. `dataFolder` is the user's folder of Cordon. */
export const indexesIn = (dataFolder: string): string => join(dataFolder, 'copies');

/** The folder of a repository's own index. */
export const folderOf = (dataFolder: string, repository: string): string =>
  join(indexesIn(dataFolder), repository);

/** Makes the folder of an index. Throws `io.unwritable`, `io.disk-full`. */
export function makeIndexFolder(folder: string): void {
  makeOwnFolder(join(folder, '..'));
  makeOwnFolder(folder);
}

/** The name of the present generation; undefined where none was ever written. Throws `copies.bad-file`. */
export function currentOf(folder: string): string | undefined {
  let bytes: Buffer | undefined;
  try {
    assertOwnFolder(folder);
    bytes = readWhole(join(folder, POINTER), 256);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw asReadError(error, folder);
  }
  if (bytes === undefined) return undefined;
  const name = bytes.toString('latin1').trimEnd();
  if (!GENERATION.test(name)) throw new CordonError('copies.bad-file', { path: folder });
  return name;
}

/**
 * The present generation; undefined where none was ever written. Throws `copies.no-key`,
 * `copies.wrong-key`, and `copies.bad-file` for what is torn, changed or of another format.
 */
export function readGeneration(folder: string): Generation | undefined {
  return readCurrent(folder, (path, secrets) => {
    const file = readWhole(path, MOST_GENERATION_BYTES);
    return file === undefined ? undefined : decodeGeneration(secrets, file);
  });
}

/** As `readGeneration`, of the manifest alone: 200 bytes a file are read instead of all. */
export function readManifest(folder: string): Manifest | undefined {
  return readCurrent(folder, (path, secrets) => {
    const file = readStart(path);
    return file === undefined ? undefined : decodeManifestOf(secrets, file);
  });
}

function readCurrent<T>(
  folder: string,
  read: (path: string, secrets: readonly Buffer[]) => T | undefined,
): T | undefined {
  for (let tries = 1; ; tries += 1) {
    const name = currentOf(folder);
    if (name === undefined) return undefined;
    try {
      // Asked behind the pointer: a rotation writes the secret first.
      const kept = readSecrets(folder);
      if (kept === undefined) throw new CordonError('copies.no-key', { path: folder });
      const found = read(join(folder, name), kept.secrets);
      if (found !== undefined) return found;
    } catch (error) {
      throw asReadError(error, folder);
    }
    // Removed between the two: then the pointer has moved on, or it names what is not there.
    if (tries === TRIES || currentOf(folder) === name) {
      throw new CordonError('copies.bad-file', { path: folder, reason: 'missing' });
    }
  }
}

function readStart(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const head = readAt(fd, 0, 24);
    const end = Math.min(manifestEnd(head), MOST_GENERATION_BYTES);
    return Buffer.concat([head, readAt(fd, head.length, Math.max(0, end - head.length))]);
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const count = readSync(fd, bytes, got, length - got, from + got);
    if (count === 0) break;
    got += count;
  }
  return bytes.subarray(0, got);
}

/**
 * Writes a generation and makes it the present one. Whoever is killed on the way leaves the one before.
 * Throws `io.disk-full`, `io.unwritable`; nothing has changed then.
 */
export function writeGeneration(
  folder: string,
  secret: Buffer,
  generation: Generation,
): { readonly name: string; readonly bytes: number } {
  const name = `generation-${generation.manifest.counter}-${randomBytes(8).toString('hex')}.cdx`;
  const path = join(folder, name);
  const parts = encodeGeneration(secret, generation);
  writeNew(path, parts);
  try {
    replaceFile(join(folder, POINTER), Buffer.from(`${name}\n`));
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
  return { name, bytes: parts.reduce((sum, part) => sum + part.length, 0) };
}

/** The counter for the next generation: past all there were, also where the clock went back. */
export function nextCounter(folder: string, now: number): number {
  return Math.max(now, 1 + latestCounter(folder));
}

/** The counter of the present generation, told by its name: readable where the file is not. */
export function latestCounter(folder: string): number {
  try {
    return Number(GENERATION.exec(currentOf(folder) ?? '')?.[1] ?? 0);
  } catch {
    // The pointer is damaged: the files beside it still tell.
    const counters = namesIn(folder).map((name) => Number(GENERATION.exec(name)?.[1] ?? 0));
    return counters.reduce((most, one) => Math.max(most, one), 0);
  }
}

/** Removes what no pointer names and no reader can still be opening, and leftovers of killed writers. */
export function sweepFolder(folder: string, now: number): void {
  const current = currentOf(folder);
  for (const name of namesIn(folder)) {
    if (name === current || !(GENERATION.test(name) || name.startsWith(UNFINISHED))) continue;
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && now - stat.mtimeMs > READING_MS) removeQuietly(path);
  }
  forgetOldSecret(folder, now);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A foreign folder or a file that cannot be opened: an index that is there and says nothing. */
function asReadError(error: unknown, folder: string): CordonError {
  if (error instanceof CordonError && error.code.startsWith('copies.')) {
    return new CordonError(error.code, { path: folder, ...error.data }, error);
  }
  const reason = error instanceof CordonError ? error.data['reason'] : errnoOf(error);
  return new CordonError('copies.bad-file', { path: folder, reason }, error);
}
