import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CordonError } from '../error.ts';
import { asWriteError, systemCode } from './write-errors.ts';

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface FileState {
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** A file's content and mode; `undefined` where nothing stands. @throws CordonError `install.foreign-hook`. */
export function readFileAt(path: string): FileState | undefined {
  try {
    const stat = lstatSync(path);
    if (!stat.isFile()) throw new CordonError('install.foreign-hook', { path });
    return { bytes: readFileSync(path), mode: stat.mode & 0o7777 };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw asWriteError(error, path);
  }
}

export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A link is followed: replacing it by a file would cut the user's file off from it. */
export function resolvePath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw asWriteError(error, path);
    return path;
  }
}

/** A name beside `path` to write to before the rename; `freshName` finds those a killed run left. */
export const freshPath = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);

export const freshName = /^\.(.+)\.[0-9a-f]{12}$/s;

/** Written through to the disk, so that a rename never names half a file. */
export function writeThrough(
  path: string,
  bytes: Buffer,
  mode: number,
  flags: 'wx' | 'r+' = 'wx',
): void {
  const file = openSync(path, flags, mode);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(path, mode);
}

/** Puts `bytes` at `path` in one step. */
export function replaceFile(path: string, bytes: Buffer, mode: number): void {
  const fresh = freshPath(path);
  try {
    writeThrough(fresh, bytes, mode);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw asWriteError(error, path);
  }
}

/** Git's own way of keeping two writers of a configuration apart. @throws CordonError `git.failed`. */
export function takeLock(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o666));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw asWriteError(error, path);
    throw new CordonError('git.failed', { path, detail: 'locked' }, error);
  }
}

/**
 * Rewrites git's configuration file at `path` under git's own lock, keeping its mode. Returns
 * whether it changed. @throws CordonError `git.failed` where another git process holds the lock.
 */
export function withConfigLock(
  path: string,
  edit: (current: Buffer) => Buffer | undefined,
): boolean {
  const place = resolvePath(path);
  const lock = `${place}.lock`;
  takeLock(lock);
  let held = true;
  try {
    const was = readFileAt(place);
    const wanted = was === undefined ? undefined : edit(was.bytes);
    if (was === undefined || wanted === undefined) return false;
    writeThrough(lock, wanted, was.mode, 'r+');
    renameSync(lock, place);
    held = false;
    return true;
  } catch (error) {
    throw asWriteError(error, place);
  } finally {
    if (held) rmSync(lock, { force: true });
  }
}
