/**
 * Archives are opened elsewhere and their members come back as layers of their own. Here it only
 * counts how far an archive explains the bytes it is made of, so that a dump cannot hide behind one.
 */
import { type Recognised, understood } from './format.ts';
import { holds, type Reading, take, type Window } from './window.ts';
import type { ZipEntry } from './zip-entries.ts';

/** Bytes that an archive may have beside its members: the directory, alignment, a comment. */
const SLACK = 64 * 1024;
const DIRECTORY_ENTRY = 46 + 80;
const LOCAL_HEADER = 30;
const BLOCK = 512;

/**
 * A zip whose members fill it, but for headers. Counted by the place of each, so that neither sizes
 * that lie nor members that overlap cover what is not theirs.
 */
export function coversZip(window: Window, entries: readonly ZipEntry[]): Recognised | undefined {
  let covered = SLACK;
  let at = 0;
  for (const { header, name, packed } of [...entries].sort((a, b) => a.header - b.header)) {
    const end = Math.min(window.size, header + LOCAL_HEADER + name.length + packed);
    covered += Math.max(0, end - Math.max(at, header)) + DIRECTORY_ENTRY + name.length;
    at = Math.max(at, end);
  }
  return covered >= window.size ? understood('zip', window.size) : undefined;
}

/** How far headers with valid checksums lead; undefined where the first is none. */
export function* readTar(window: Window): Reading<Recognised | undefined> {
  let at = 0;
  for (let i = 0; i < 1_000_000 && at + BLOCK <= window.size; i++) {
    const block = holds(window, at, BLOCK)
      ? window.bytes.subarray(at - window.start, at - window.start + BLOCK)
      : yield* take(window, at, BLOCK);
    const size = isHeader(block) ? readSize(block) : undefined;
    if (size === undefined) break;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (at === 0) return undefined;
  // Two empty blocks, padded to the size tapes were written in.
  const rest = yield* take(window, at, 2 * BLOCK);
  const ended = rest.every((byte) => byte === 0) && window.size - at <= 20 * BLOCK;
  return understood('tar', ended ? window.size : Math.min(window.size, at));
}

export function claimsTar(head: Buffer): boolean {
  return head.length >= BLOCK && head.toString('latin1', 257, 262) === 'ustar';
}

/** The header's checksum counts its own field as spaces. */
function isHeader(block: Buffer): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  return sum === readOctal(block.subarray(148, 156));
}

function readSize(block: Buffer): number | undefined {
  const field = block.subarray(124, 136);
  // Sizes past 8 GB are binary, marked by the top bit.
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(4));
  return readOctal(field);
}

function readOctal(field: Buffer): number | undefined {
  const text = field.toString('latin1').replaceAll('\0', ' ').trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}
