import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { CordonError } from '../error.ts';
import { breathe } from './breathe.ts';
import type { ByteSource } from './byte-source.ts';
import { streamChunks } from './stream-chunks.ts';

/**
 * A regular file on disk. `followSymlinks` (default true): false refuses a symlink as the last part.
 * Throws CordonError `source.unreadable`, with `reason`, for whatever is not a readable regular file.
 */
export function fileSource(
  path: string | Buffer,
  { followSymlinks = true }: { readonly followSymlinks?: boolean } = {},
): ByteSource {
  const descriptor = openRegularFile(path, followSymlinks);
  return descriptorSource(descriptor.fd, descriptor.size, String(path));
}

function openRegularFile(
  path: string | Buffer,
  followSymlinks: boolean,
): { fd: number; size: number } {
  // Windows knows neither flag; there are no FIFOs in its file namespace.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  const name = String(path);
  let fd: number | undefined;
  try {
    if (!followSymlinks && O_NOFOLLOW === 0 && lstatSync(path).isSymbolicLink()) {
      throw new CordonError('source.unreadable', { path: name, reason: 'symlink' });
    }
    // Opening a FIFO that has no writer would hang for ever without O_NONBLOCK.
    fd = openSync(path, (O_RDONLY ?? 0) | O_NONBLOCK | (followSymlinks ? 0 : O_NOFOLLOW));
    const stat = fstatSync(fd);
    // What the kernel makes up as it is read (/proc/self/mem) calls itself a file of no bytes.
    if (!stat.isFile() || (stat.size === 0 && holdsBytes(fd, name))) {
      throw new CordonError('source.unreadable', { path: name, reason: 'not-a-file' });
    }
    return { fd, size: stat.size };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    if (error instanceof CordonError) throw error;
    throw new CordonError('source.unreadable', { path: name, reason: errnoOf(error) }, error);
  }
}

const holdsBytes = (fd: number, name: string): boolean =>
  readOnce(fd, Buffer.alloc(1), 0, 0, name) > 0;

/** A ByteSource over an open descriptor that it owns. `name` only serves the error. */
export function descriptorSource(fd: number, size: number, name: string): ByteSource {
  let open = true;
  const read = (offset: number, length: number): Buffer | Promise<Buffer> => {
    if (!open) throw new CordonError('source.unreadable', { path: name, reason: 'closed' });
    const wanted = Math.max(0, Math.min(length, size - offset));
    const bytes = Buffer.allocUnsafe(wanted);
    let got = 0;
    while (got < wanted) {
      const count = readOnce(fd, bytes, got, offset + got, name);
      // Cut while we read: what is gone was not looked at, and must not pass for looked at.
      if (count === 0) throw new CordonError('source.unreadable', { path: name, reason: 'shrank' });
      got += count;
    }
    return breathe()?.then(() => bytes) ?? bytes;
  };
  return {
    size,
    read,
    stream: (start = 0) => streamChunks({ size, read }, start),
    close: async () => {
      if (open) {
        open = false;
        closeSync(fd);
      }
      return Promise.resolve();
    },
  };
}

function readOnce(fd: number, into: Buffer, at: number, position: number, name: string): number {
  try {
    return readSync(fd, into, at, into.length - at, position);
  } catch (error) {
    throw new CordonError('source.unreadable', { path: name, reason: errnoOf(error) }, error);
  }
}

/** `ENOENT` and the like, or `unknown`. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown';
}
