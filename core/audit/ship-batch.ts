import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Cursor } from './cursor.ts';
import { START } from './cursor.ts';
import { BETWEEN_NOTES } from './checkpoint.ts';
import { followsFrom, LINE_LIMIT, readOpening, statedHead } from './line.ts';
import { openForReading } from './open-for-reading.ts';
import { systemCode } from './record-error.ts';

export interface Batch {
  /** Whole lines, each of which follows from the one before. Empty where nothing new holds. */
  readonly body: Buffer;
  /** Where the segment stands once the receiver has `body`. */
  readonly after: Cursor;
  /** `shorter`: the file ends before the cursor. `chain`: a whole line does not follow. */
  readonly problem?: 'shorter' | 'chain';
}

/**
 * The next lines of a segment, at most `limit` bytes of them, but always one where one is there. Throws
 * the system's ENOENT: the segment was renamed as it was sealed, or is gone.
 */
export function readBatch(path: string, writer: string, cursor: Cursor, limit: number): Batch {
  const bytes = readFrom(path, cursor.byte, Math.max(limit, LINE_LIMIT));
  const none = Buffer.alloc(0);
  if (bytes === undefined) return { body: none, after: cursor, problem: 'shorter' };
  let { next, head } = cursor;
  let at = 0;
  let problem: Batch['problem'];
  for (let end = bytes.indexOf(0x0a, at); end !== -1; end = bytes.indexOf(0x0a, at)) {
    const line = bytes.subarray(at, end + 1);
    if (at > 0 && at + line.length > limit) break;
    if (readOpening(line, writer)?.n !== next || !followsFrom(line, head)) {
      problem = 'chain';
      break;
    }
    head = statedHead(line) ?? head;
    next += 1;
    at = end + 1;
  }
  return {
    body: bytes.subarray(0, at),
    after: { ...cursor, next, head, byte: cursor.byte + at },
    ...(problem !== undefined && at === 0 && { problem }),
  };
}

/**
 * Where line `next` begins and what it must follow from, found from the start; undefined where fewer
 * lines hold. Memory is bounded by one batch.
 */
export function seekLine(
  path: string,
  writer: string,
  next: number,
  limit: number,
): Cursor | undefined {
  let cursor = START;
  while (cursor.next < next) {
    const { body, after } = readBatch(path, writer, cursor, limit);
    if (body.length === 0) return undefined;
    if (after.next <= next) {
      cursor = after;
      continue;
    }
    let { head } = cursor;
    let at = 0;
    for (let n = cursor.next; n < next; n += 1) {
      const end = body.indexOf(0x0a, at) + 1;
      head = statedHead(body.subarray(at, end)) ?? head;
      at = end;
    }
    return { ...cursor, next, head, byte: cursor.byte + at };
  }
  return cursor;
}

/** Whole checkpoints from a byte on, at most `limit` bytes of them. */
export function readCheckpointBatch(path: string, from: number, limit: number): Buffer {
  const bytes = readIfThere(path, from, limit);
  if (bytes === undefined) return Buffer.alloc(0);
  let end = 0;
  for (;;) {
    // One empty line stands within a note, before its signatures, and one behind it.
    const within = bytes.indexOf('\n\n', end);
    const behind = within === -1 ? -1 : bytes.indexOf('\n\n', within + 2);
    if (behind === -1) break;
    end = behind + 1 + BETWEEN_NOTES.length;
  }
  return bytes.subarray(0, end);
}

function readIfThere(path: string, from: number, limit: number): Buffer | undefined {
  try {
    return readFrom(path, from, limit);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined where the file is shorter than `from`. */
function readFrom(path: string, from: number, length: number): Buffer | undefined {
  const fd = openForReading(path);
  try {
    const { size } = fstatSync(fd);
    if (size < from) return undefined;
    const bytes = Buffer.alloc(Math.min(length, size - from));
    let got = 0;
    while (got < bytes.length) {
      const count = readSync(fd, bytes, got, bytes.length - got, from + got);
      if (count === 0) break;
      got += count;
    }
    return bytes.subarray(0, got);
  } finally {
    closeSync(fd);
  }
}
