import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CordonError } from '../../../error.ts';
import { errnoOf } from '../../../source/file-source.ts';
import { asWriteError } from './store-errors.ts';

/** Files whose name begins so are of a write that was not finished. */
export const UNFINISHED = 'unfinished-';

/**
 * Makes a folder of the user's alone, and the ones above it. Throws `io.unwritable` where a link or
 * another user's folder stands there: what is written would land where someone else chose.
 */
export function makeOwnFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    assertOwnFolder(path);
    chmodSync(path, 0o700);
  } catch (error) {
    throw asWriteError(error, path);
  }
}

/** Throws `io.unwritable` with `reason` `foreign` where `path` is no folder of this user's own. */
export function assertOwnFolder(path: string): void {
  const stat = lstatSync(path);
  const user = process.geteuid?.();
  // In a container, root works in a home that is mounted from outside.
  const isOwn = user === undefined || user === 0 || stat.uid === user;
  if (!stat.isDirectory() || !isOwn) {
    throw new CordonError('io.unwritable', { path, reason: 'foreign' });
  }
}

/** Writes a file that was not there, through to the disk. Leaves nothing behind where it fails. */
export function writeNew(path: string, parts: readonly Uint8Array[]): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'wx', 0o600);
    for (const part of parts) {
      for (let at = 0; at < part.length;) at += writeSync(fd, part, at);
    }
    fsyncSync(fd);
    closeSync(fd);
    fd = undefined;
    syncFolder(dirname(path));
  } catch (error) {
    if (fd !== undefined) {
      closeSync(fd);
      removeQuietly(path);
    }
    throw asWriteError(error, path);
  }
}

/** Puts `bytes` at `path` in one step: whoever reads sees the old or the new, also after a power cut. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const fresh = freshName(path);
  writeNew(fresh, [bytes]);
  try {
    renameSync(fresh, path);
    syncFolder(dirname(path));
  } catch (error) {
    removeQuietly(fresh);
    throw asWriteError(error, path);
  }
}

/** Makes `path` with `bytes` unless something stands there; whole or not at all. Tells whether it did. */
export function makeOnce(path: string, bytes: Uint8Array): boolean {
  const fresh = freshName(path);
  writeNew(fresh, [bytes]);
  try {
    linkSync(fresh, path);
    syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    // A file system without hard links (FAT, some network ones): O_EXCL alone, and not in one step.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error))) {
      throw asWriteError(error, path);
    }
    return makeWithoutLink(path, bytes);
  } finally {
    removeQuietly(fresh);
  }
}

function makeWithoutLink(path: string, bytes: Uint8Array): boolean {
  try {
    writeNew(path, [bytes]);
    return true;
  } catch (error) {
    if (error instanceof CordonError && error.data['system'] === 'EEXIST') return false;
    throw error;
  }
}

/** A regular file's bytes, undefined where nothing stands; links are not followed, FIFOs not waited for. */
export function readWhole(path: string, most: number): Buffer | undefined {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  let fd: number;
  try {
    fd = openSync(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > most) throw new CordonError('copies.bad-file', { path });
    const bytes = Buffer.allocUnsafeSlow(stat.size);
    for (let at = 0; at < bytes.length;) {
      const count = readSync(fd, bytes, at, bytes.length - at, at);
      if (count === 0) throw new CordonError('copies.bad-file', { path, reason: 'shrank' });
      at += count;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** Some systems cannot sync a folder; the rename has happened all the same. */
function syncFolder(path: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    fsyncSync(fd);
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'EBADF', 'ENOTSUP'].includes(errnoOf(error))) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or on a disk that takes nothing: it is swept later.
  }
}

const freshName = (path: string): string =>
  join(dirname(path), `${UNFINISHED}${basename(path)}-${randomBytes(6).toString('hex')}`);
