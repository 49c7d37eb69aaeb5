import { closeSync, fstatSync, readSync } from 'node:fs';
import { followsFrom, LINE_LIMIT, NO_HEAD, readOpening, statedHead } from './line.ts';
import { openForReading } from './open-for-reading.ts';

/** Where a segment's lines that hold end, and what lies behind them. */
export interface Tail {
  /** Lines that hold. */
  readonly size: number;
  readonly head: string;
  readonly sealed: boolean;
  /** Bytes behind the last line that holds: an event that was being written, and never acknowledged. */
  readonly torn: number;
  /** Byte where the last line that holds ends. */
  readonly byte: number;
}

const FIRST_LOOK = 4 * LINE_LIMIT;

/**
 * Finds the last line that follows from the line before it, reading from the end only as far as that
 * takes: a power cut may leave megabytes of zeros.
 */
export function readTail(path: string, writer: string): Tail {
  const fd = openForReading(path);
  try {
    const { size } = fstatSync(fd);
    for (let look = FIRST_LOOK; ; look *= 8) {
      const from = Math.max(0, size - look);
      const tail = lastThatHolds(readAt(fd, from, size - from), from === 0, writer);
      if (tail !== undefined) return { ...tail, byte: size - tail.torn };
      if (from === 0) return { size: 0, head: NO_HEAD, sealed: false, torn: size, byte: 0 };
    }
  } finally {
    closeSync(fd);
  }
}

function lastThatHolds(
  bytes: Buffer,
  fromStart: boolean,
  writer: string,
): Omit<Tail, 'byte'> | undefined {
  for (let end = bytes.lastIndexOf(0x0a); end !== -1;) {
    const before = end === 0 ? -1 : bytes.lastIndexOf(0x0a, end - 1);
    if (before === -1 && !fromStart) return undefined;
    const line = bytes.subarray(before + 1, end + 1);
    const opening = readOpening(line, writer);
    const head = statedHead(line);
    if (opening !== undefined && head !== undefined) {
      const previous = previousHead(bytes, before, fromStart);
      if (previous !== undefined && followsFrom(line, previous)) {
        const torn = bytes.length - end - 1;
        return { size: opening.n + 1, head, sealed: opening.kind === 'seal', torn };
      }
    }
    end = before;
  }
  return undefined;
}

function previousHead(bytes: Buffer, end: number, fromStart: boolean): string | undefined {
  if (end === -1) return NO_HEAD;
  const before = end === 0 ? -1 : bytes.lastIndexOf(0x0a, end - 1);
  if (before === -1 && !fromStart) return undefined;
  return statedHead(bytes.subarray(before + 1, end + 1));
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
