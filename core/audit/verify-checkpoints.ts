import { closeSync, fstatSync, readFileSync, readSync } from 'node:fs';
import { hostKeyName, originOf, readCheckpoints } from './checkpoint.ts';
import type { CheckpointEntry } from './checkpoint.ts';
import { isSignedBy } from './note.ts';
import { openForReading } from './open-for-reading.ts';
import { systemCode } from './record-error.ts';
import type { Told } from './verify-segment.ts';

/** A day of one each second, four times over. */
const FILE_AT_MOST = 128 * 1024 * 1024;
const LAST_BYTES = 16_384;

/** The checkpoints of a segment that its host signed; what is none of these is a problem. */
export function verifyCheckpoints(
  path: string,
  writer: string,
  host: string,
  publicKey: Buffer | undefined,
  { problem, remark }: Pick<Told, 'problem' | 'remark'>,
): CheckpointEntry[] {
  const wrong = (byte: number, detail: string) =>
    problem({
      segment: writer,
      line: 0,
      n: 0,
      byte,
      what: 'forged-checkpoint',
      by: 'checkpoint',
      detail,
    });
  const bytes = readFileIfThere(path);
  if (bytes === undefined) return [];
  if (bytes.length >= FILE_AT_MOST) wrong(FILE_AT_MOST, 'too long');
  const { entries, bad } = readCheckpoints(bytes);
  // Killed or without power as it was written. What it covered, a later segment says.
  if (bad?.atEnd === true) {
    remark({ segment: writer, what: 'torn-checkpoint', detail: `${bytes.length - bad.byte}` });
  } else if (bad !== undefined) wrong(bad.byte, 'no checkpoint');
  const signed: CheckpointEntry[] = [];
  let before = 0;
  for (const entry of entries) {
    const { origin, size } = entry.checkpoint;
    if (origin !== originOf(writer)) wrong(entry.byte, 'origin');
    else if (size < before) wrong(entry.byte, 'order');
    else if (publicKey === undefined) continue;
    else if (!isSignedBy(entry.note, hostKeyName(host), publicKey)) wrong(entry.byte, 'signature');
    else signed.push(entry);
    before = size;
  }
  return signed;
}

/** How many lines the last checkpoint covers; 0 without one. Its signature is not looked at. */
export function lastSigned(path: string): number {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, LAST_BYTES));
    const got = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    // From a whole note on: behind the first end of one, where this is not the file's beginning.
    const tail = bytes.subarray(0, got);
    for (let from = got === size ? 0 : tail.indexOf('\n\ncordon'); from !== -1;) {
      const { entries } = readCheckpoints(tail.subarray(from === 0 ? 0 : from + 2));
      const last = entries.at(-1);
      if (last !== undefined) return last.checkpoint.size;
      from = tail.indexOf('\n\ncordon', from + 1);
    }
    return 0;
  } finally {
    closeSync(fd);
  }
}

function readFileIfThere(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return fstatSync(fd).size < FILE_AT_MOST ? readFileSync(fd) : Buffer.alloc(FILE_AT_MOST);
  } finally {
    closeSync(fd);
  }
}
