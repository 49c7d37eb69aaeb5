import { createHash } from 'node:crypto';
import { lstatSync, type Stats } from 'node:fs';
import type { ObjectFormat } from '../git/index.ts';
import type { FileStamp } from '../detect/copies/store/index.ts';
import { CordonError } from '../error.ts';
import { errnoOf } from '../source/file-source.ts';
import { fileSource, type ByteSource } from '../source/index.ts';

/** Larger is no source code: known by its bytes alone. */
const MOST_TEXT_BYTES = 4 * 1024 * 1024;

/** Content that was read once, from its first byte to its last. */
export interface HashedContent {
  readonly size: number;
  readonly sha256: string;
  readonly blob: string;
  /** All of it, where it is small enough to be looked into as text. */
  readonly bytes?: Buffer;
}

/** Hashes a source in one pass. Throws `time-up` behind `deadline`, and as the source does. */
export async function hashContent(
  source: ByteSource,
  format: ObjectFormat,
  deadline: number,
): Promise<HashedContent> {
  const { size } = source;
  const sha256 = createHash('sha256');
  const blob = createHash(format).update(`blob ${size}\0`);
  const whole = size <= MOST_TEXT_BYTES ? Buffer.from(await source.read(0, size)) : undefined;
  for await (const chunk of whole === undefined ? source.stream() : [whole]) {
    if (performance.now() > deadline) throw new CordonError('time-up', {});
    sha256.update(chunk);
    blob.update(chunk);
  }
  return {
    size,
    sha256: sha256.digest('hex'),
    blob: blob.digest('hex'),
    ...(whole !== undefined && { bytes: whole }),
  };
}

export interface HashedFile extends HashedContent {
  readonly stamp: FileStamp;
}

/** A write while we read is seen; a second one in a row is a file that does not hold still. */
const TRIES = 3;

/**
 * Reads a file of the work tree. Throws `source.unreadable` with `reason` for what is no regular file
 * (a FIFO, a device and a link are never opened) and for one that changes while it is read.
 */
export async function hashFile(
  path: Buffer,
  format: ObjectFormat,
  deadline: number,
): Promise<HashedFile> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = stampOf(path);
    if (before === undefined) throw unreadable(path, 'not-a-file');
    const source = fileSource(path, { followSymlinks: false });
    try {
      const content = await hashContent(source, format, deadline);
      const after = stampOf(path);
      if (after !== undefined && isSame(before, after)) return { ...content, stamp: after };
    } catch (error) {
      const isShrunk = error instanceof CordonError && error.data['reason'] === 'shrank';
      if (!isShrunk) throw error;
    } finally {
      await source.close();
    }
  }
  throw unreadable(path, 'changing');
}

const unreadable = (path: Buffer, reason: string) =>
  new CordonError('source.unreadable', { path: path.toString('utf8'), reason });

/** The stamp of a regular file; undefined for anything else, and where nothing stands. */
export function stampOf(path: Buffer): FileStamp | undefined {
  let stat: Stats | undefined;
  try {
    stat = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return undefined;
    throw new CordonError(
      'source.unreadable',
      { path: path.toString('utf8'), reason: errnoOf(error) },
      error,
    );
  }
  if (stat === undefined || !stat.isFile()) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = stat;
  return { size, mtimeMs, ctimeMs, ino };
}

export function isSame(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}
