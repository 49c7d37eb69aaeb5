import { readFileSync, writeFileSync } from 'node:fs';
import { listSegments, openRecord, verifyRecord } from '../../core/audit/index.ts';
import type { SegmentFile } from '../../core/audit/index.ts';
import { checkpointsPath } from '../../core/audit/list-segments.ts';
import { isLine, NO_HEAD, statedHead } from '../../core/audit/line.ts';

export interface Flips {
  readonly flips: number;
  /** Where: `FILE BYTE BIT` of the first ones that nothing noticed. */
  readonly undetected: readonly string[];
}

/** Writes a sealed record of `events` events and gives its segment. */
export function writeRecord(
  folder: string,
  events: number,
  checkpointEvents = 1000,
): SegmentFile & { readonly signed: string } {
  const record = openRecord({
    folder,
    identity: { actor: 'a@b', version: '0.1.0' },
    limits: { checkpointEvents },
  });
  // Genesis and seal are events too.
  for (let number = 0; number < events - 2; number += 1) {
    record.append({ kind: 'copy', path: `src/file ${number}\n.py`, label: 'restricted' });
  }
  record.close();
  const segment = listSegments(folder).at(-1);
  if (segment === undefined) throw new Error('no segment');
  return { ...segment, signed: checkpointsPath(segment) };
}

/** Flips every `step`th bit of a file, the only segment or its checkpoints, and asks `verifyRecord` each time. */
export async function flipAgainstVerify(folder: string, path: string, step = 1): Promise<Flips> {
  const bytes = readFileSync(path);
  const undetected: string[] = [];
  let flips = 0;
  for (let bit = 0; bit < bytes.length * 8; bit += step) {
    flip(bytes, bit);
    writeFileSync(path, bytes);
    flips += 1;
    const { ok } = await verifyRecord(folder);
    if (ok && undetected.length < 20) undetected.push(placeOf(path, bit));
    flip(bytes, bit);
  }
  writeFileSync(path, bytes);
  return { flips, undetected };
}

/** Flips every `step`th bit and checks the line it stands in, then the line behind. */
export function flipAgainstNeighbours(path: string, writer: string, step = 1): Flips {
  const bytes = readFileSync(path);
  const undetected: string[] = [];
  let flips = 0;
  let before = NO_HEAD;
  let start = 0;
  let next = 0;
  for (let n = 0; start < bytes.length; n += 1) {
    const end = bytes.indexOf(0x0a, start) + 1;
    const line = bytes.subarray(start, end);
    const behind = bytes.subarray(end, bytes.indexOf(0x0a, end) + 1);
    if (!isLine(line, writer, n, before)) throw new Error(`line ${n} is wrong before any flip`);
    const head = statedHead(line) ?? '';
    for (; next < end * 8; next += step) {
      flip(bytes, next);
      flips += 1;
      const seen =
        !isLine(line, writer, n, before) ||
        (behind.length > 0 && !isLine(behind, writer, n + 1, statedHead(line) ?? ''));
      if (!seen && undetected.length < 20) undetected.push(placeOf(path, next));
      flip(bytes, next);
    }
    before = head;
    start = end;
  }
  return { flips, undetected };
}

function flip(bytes: Buffer, bit: number): void {
  const at = bit >> 3;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
}

const placeOf = (path: string, bit: number): string => `${path} ${bit >> 3} ${bit & 7}`;
