import { closeSync, fstatSync, readSync } from 'node:fs';
import { hostOf } from './host-key.ts';
import { LINE_LIMIT } from './line.ts';
import type { SegmentFile } from './list-segments.ts';
import { openForReading } from './open-for-reading.ts';
import { parseLine } from './read-segment.ts';
import type { StoredEvent } from './stored-event.ts';

/** The first line of the file, whole or not: proves nothing. Undefined where there is none. */
export function readGenesis(path: string): StoredEvent | undefined {
  const fd = openForReading(path);
  try {
    const bytes = Buffer.allocUnsafe(Math.min(LINE_LIMIT, fstatSync(fd).size));
    const length = readSync(fd, bytes, 0, bytes.length, 0);
    const end = bytes.subarray(0, length).indexOf(0x0a);
    return end === -1 ? undefined : parseLine(bytes.subarray(0, end));
  } finally {
    closeSync(fd);
  }
}

/** The public key of the segment's host, as its genesis gives it; undefined where it is another's. */
export function readGenesisKey({ path, host }: SegmentFile): Buffer | undefined {
  const key = readGenesis(path)?.data?.['key'];
  const raw = Buffer.from(typeof key === 'string' ? key : '', 'base64');
  return raw.length === 32 && hostOf(raw) === host ? raw : undefined;
}
