import { fstatSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { LINE_LIMIT } from './line.ts';

const readAt = promisify(read);

/** Some lines of a segment, one behind the other. */
export interface Lines {
  /** With their newlines; the last of all may lack it, and be cut at `LINE_LIMIT` bytes. */
  readonly lines: readonly Buffer[];
  /** Byte of the file where the first begins. */
  readonly byte: number;
}

const CHUNK = 1024 * 1024;
const SMALL = 16 * 1024;

/**
 * The lines of an open file from byte `from` on, a megabyte at a time: memory stays bounded however long the
 * file, and however long a "line" of it is: what exceeds the limit is handed over in pieces, none of which holds.
 */
export async function* readLines(fd: number, from = 0): AsyncGenerator<Lines> {
  // A hook's segment is a thousand bytes, and there are many of them: no megabyte, and no other thread, for each.
  const left = fstatSync(fd).size - from;
  let buffer = Buffer.allocUnsafe(left < SMALL ? SMALL : CHUNK + LINE_LIMIT);
  let kept = 0;
  let byte = from;
  for (;;) {
    const room = Math.min(CHUNK, buffer.length - kept);
    const bytesRead =
      buffer.length === SMALL
        ? readSync(fd, buffer, kept, room, byte + kept)
        : (await readAt(fd, buffer, kept, room, byte + kept)).bytesRead;
    const filled = kept + bytesRead;
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = buffer.indexOf(0x0a); end !== -1 && end < filled;) {
      lines.push(buffer.subarray(start, end + 1));
      start = end + 1;
      end = buffer.indexOf(0x0a, start);
    }
    while (filled - start >= LINE_LIMIT || (bytesRead === 0 && start < filled)) {
      const end = Math.min(filled, start + LINE_LIMIT);
      lines.push(buffer.subarray(start, end));
      start = end;
    }
    if (lines.length > 0) yield { lines, byte };
    if (bytesRead === 0) return;
    byte += start;
    kept = filled - start;
    // It grew while it was read.
    const next = kept < buffer.length ? buffer : Buffer.allocUnsafe(CHUNK + LINE_LIMIT);
    buffer.copy(next, 0, start, filled);
    buffer = next;
  }
}

/** The last line of an open file, with its newline; undefined where it ends otherwise. */
export function readLastLine(fd: number): Buffer | undefined {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(Math.min(size, LINE_LIMIT + 1));
  const got = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
  if (got < bytes.length || bytes.at(-1) !== 0x0a) return undefined;
  return bytes.subarray(bytes.lastIndexOf(0x0a, -2) + 1);
}
