import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { ObjectType } from './parse-batch.ts';
import {
  asSpoolError,
  inReadingRoom,
  makePrivateFolder,
  type PrivateFolder,
} from './private-repository.ts';
import type { Repository } from './repository.ts';
import { streamGit } from './spawn.ts';

/** What is read of an object to know its format. A checkpoint of 10 GB is told by its header. */
export const HEAD_BYTES = 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

interface Spool {
  readonly folder: PrivateFolder;
  readonly file: FileHandle;
}

/**
 * A git object as a source, for objects too large for memory. The first HEAD_BYTES come from a pipe
 * that is closed behind them; a read beyond spools the object once to a private file (0600), and
 * `stream` from a pipe needs no file at all. Content that was read whole is hashed against its id.
 * Errors are `source.unreadable` {oid} and `source.spool-full`.
 */
export function openObject(
  repo: Repository,
  oid: Oid,
  size: number,
  type: ObjectType = 'blob',
): ByteSource {
  const closing = new AbortController();
  let head: Buffer | undefined;
  let reading: Promise<Buffer> | undefined;
  let spooling: Promise<Spool> | undefined;

  const unreadable = (why: string, cause?: unknown): CordonError =>
    cause instanceof CordonError && cause.code.startsWith('source.')
      ? cause
      : new CordonError('source.unreadable', { oid, why }, cause);

  /** The whole content in order, checked for length and id once it has come to its end. */
  async function* contents(): AsyncGenerator<Buffer, void, undefined> {
    // Above this threshold git streams a blob instead of holding it in memory.
    const args = ['-c', 'core.bigFileThreshold=1m', 'cat-file', type, oid];
    const hash = createHash(oid.length === 40 ? 'sha1' : 'sha256').update(`${type} ${size}\0`);
    let bytes = 0;
    try {
      for await (const chunk of inReadingRoom(repo, (context) =>
        streamGit(context, args, { signal: closing.signal }),
      )) {
        bytes += chunk.length;
        if (bytes > size) throw unreadable('size');
        hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      throw unreadable('git', error);
    }
    if (bytes !== size) throw unreadable('size');
    if (hash.digest('hex') !== oid) throw unreadable('mismatch');
  }

  async function readHead(): Promise<Buffer> {
    const wanted = Math.min(size, HEAD_BYTES);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of contents()) {
      chunks.push(chunk);
      bytes += chunk.length;
      // An object that fits is read to its end, and so checked.
      if (bytes >= wanted && size > HEAD_BYTES) break;
    }
    head = Buffer.concat(chunks).subarray(0, wanted);
    return head;
  }

  async function spool(): Promise<Spool> {
    const folder = makePrivateFolder();
    let file: FileHandle | undefined;
    try {
      file = await open(join(folder.dir, 'object'), 'wx+', 0o600);
      for await (const chunk of contents()) {
        for (let at = 0; at < chunk.length;) {
          at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
        }
      }
      return { folder, file };
    } catch (error) {
      await file?.close();
      folder.dispose();
      throw asSpoolError(error);
    }
  }

  const spooled = (): Promise<Spool> => {
    if (closing.signal.aborted) throw unreadable('closed');
    return (spooling ??= spool());
  };

  async function readSpooled(offset: number, length: number): Promise<Buffer> {
    const { file } = await spooled();
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    try {
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) throw unreadable('size');
        filled += bytesRead;
      }
    } catch (error) {
      throw unreadable('spool', error);
    }
    return bytes;
  }

  function read(offset: number, length: number): Buffer | Promise<Buffer> {
    if (closing.signal.aborted) throw unreadable('closed');
    const start = Math.min(Math.max(0, offset), size);
    const end = Math.min(start + Math.max(0, length), size);
    if (end === start) return Buffer.alloc(0);
    if (end > HEAD_BYTES) return readSpooled(start, end - start);
    if (head !== undefined) return head.subarray(start, end);
    reading ??= readHead();
    return reading.then((bytes) => bytes.subarray(start, end));
  }

  return {
    size,
    read,
    async *stream(start = 0) {
      let at = Math.max(0, start);
      if (spooling === undefined && size > HEAD_BYTES) {
        let position = 0;
        for await (const chunk of contents()) {
          const skip = Math.min(chunk.length, Math.max(0, at - position));
          position += chunk.length;
          for (let from = skip; from < chunk.length; from += CHUNK_BYTES) {
            yield chunk.subarray(from, from + CHUNK_BYTES);
          }
        }
        return;
      }
      for (; at < size; at += CHUNK_BYTES) yield await read(at, CHUNK_BYTES);
    },
    async close() {
      closing.abort(unreadable('closed'));
      const [spool] = await Promise.allSettled([spooling, reading]);
      if (spool.status === 'fulfilled' && spool.value !== undefined) {
        await spool.value.file.close();
        spool.value.folder.dispose();
        spooling = undefined;
      }
    },
  };
}
