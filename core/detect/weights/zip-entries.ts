import { capBytes, readU64 } from './format.ts';
import { type Reading, take, type Window } from './window.ts';

export interface ZipEntry {
  readonly name: string;
  /** Offset of the local header. */
  readonly header: number;
  readonly stored: boolean;
  /** The larger of the two sizes the archive tells: either may lie. */
  readonly bytes: number;
  /** Bytes it takes in the archive, as told. */
  readonly packed: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 200_000;
const MOST_ARCHIVES = 100_000;
/** So far local headers without sizes are searched one after another. */
const SWEEP_BYTES = 16 * 1024 * 1024;

/** Whether there is a zip in here: its first bytes, or an end record in the tail. */
export function claimsZip(head: Buffer, tail: Buffer): boolean {
  if (head.length >= 30 && head.readUInt32LE(0) === LOCAL) return true;
  return findEnd(tail) >= 0;
}

/**
 * The entries of a zip, and of those that stand before it (PyTorch's `.distcp` is a row of zips).
 * From the central directories, zip64 included; from the local headers where there is none.
 */
export function* readZipEntries(window: Window): Reading<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let end = window.size;
  for (let i = 0; i < MOST_ARCHIVES && end > END_BYTES && entries.length < MOST_ENTRIES; i++) {
    const start = yield* readArchive(window, end, entries);
    if (start === undefined || start >= end) break;
    end = start;
  }
  if (entries.length === 0) yield* sweepLocalHeaders(window, entries);
  return entries;
}

/** Reads the archive that ends at `end`; where it begins. */
function* readArchive(
  window: Window,
  end: number,
  entries: ZipEntry[],
): Reading<number | undefined> {
  // Without a comment, as torch writes them, a short look is enough.
  let at = end - END_BYTES;
  let record = Buffer.from(yield* take(window, Math.max(0, at), END_BYTES));
  if (record.length < END_BYTES || record.readUInt32LE(0) !== END) {
    const tailStart = Math.max(0, end - END_BYTES - LONGEST_COMMENT);
    const tail = yield* take(window, tailStart, end - tailStart);
    const found = findEnd(tail);
    if (found < 0) return undefined;
    at = tailStart + found;
    record = Buffer.from(tail.subarray(found, found + END_BYTES));
  }
  let size = record.readUInt32LE(12);
  let offset = record.readUInt32LE(16);
  let after = at;
  const locator = Buffer.from(yield* take(window, Math.max(0, at - 20), 20));
  if (locator.length === 20 && locator.readUInt32LE(0) === LOCATOR64) {
    // The record stands right before its locator, unless extra data was put in.
    for (const place of [at - 76, readU64(locator, 8)]) {
      const wide = yield* take(window, place, 56);
      if (wide.length === 56 && wide.readUInt32LE(0) === END64) {
        size = readU64(wide, 40);
        offset = readU64(wide, 48);
        after = place;
        break;
      }
    }
  }
  // Offsets count from where the archive begins, which something may stand before.
  let directory = after - size;
  if (!(yield* hasSignature(window, directory, CENTRAL))) directory = offset;
  const shift = Math.max(0, directory - offset);
  const before = entries.length;
  yield* readDirectory(window, { at: directory, end: after, shift }, entries);
  return entries.length > before ? shift : undefined;
}

function* readDirectory(
  window: Window,
  directory: { at: number; end: number; shift: number },
  entries: ZipEntry[],
): Reading<void> {
  let { at } = directory;
  while (at + 46 <= directory.end && entries.length < MOST_ENTRIES) {
    const fixed = yield* take(window, at, 46);
    if (fixed.length < 46 || fixed.readUInt32LE(0) !== CENTRAL) return;
    const method = fixed.readUInt16LE(10);
    const sizes = [fixed.readUInt32LE(24), fixed.readUInt32LE(20), fixed.readUInt32LE(42)];
    const nameBytes = fixed.readUInt16LE(28);
    const extraBytes = fixed.readUInt16LE(30);
    const commentBytes = fixed.readUInt16LE(32);
    const variable = yield* take(window, at + 46, nameBytes + extraBytes);
    const name = variable.toString('utf8', 0, nameBytes);
    const [size, compressed, header] = widen(sizes, variable.subarray(nameBytes));
    entries.push({
      name,
      header: capBytes(header + directory.shift),
      stored: method === 0,
      bytes: capBytes(Math.max(size, compressed)),
      packed: capBytes(compressed),
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
}

/** Sizes from the zip64 field where the fixed ones are full. */
function widen(sizes: readonly number[], extra: Buffer): [number, number, number] {
  const wide = [...sizes];
  for (let at = 0; at + 4 <= extra.length;) {
    const id = extra.readUInt16LE(at);
    const length = extra.readUInt16LE(at + 2);
    if (id === 1) {
      let field = at + 4;
      const fieldEnd = Math.min(extra.length, field + length);
      for (const [i, size] of sizes.entries()) {
        if (size !== 0xffffffff || field + 8 > fieldEnd) continue;
        wide[i] = readU64(extra, field);
        field += 8;
      }
    }
    at += 4 + length;
  }
  return [wide[0] ?? 0, wide[1] ?? 0, wide[2] ?? 0];
}

/** A cut archive has lost its directory: what its local headers say, one after another. */
function* sweepLocalHeaders(window: Window, entries: ZipEntry[]): Reading<void> {
  let at = 0;
  let searched = 0;
  while (at + 30 <= window.size && entries.length < MOST_ENTRIES && searched < SWEEP_BYTES) {
    const fixed = yield* take(window, at, 30);
    if (fixed.length < 30) return;
    if (fixed.readUInt32LE(0) !== LOCAL) {
      const next = yield* take(window, at + 1, 64 * 1024);
      const found = next.indexOf('PK\x03\x04', 0, 'latin1');
      const step = found < 0 ? Math.max(1, next.length - 3) : found + 1;
      searched += step;
      at += step;
      continue;
    }
    const described = (fixed.readUInt16LE(6) & 8) !== 0;
    const nameBytes = fixed.readUInt16LE(26);
    const extraBytes = fixed.readUInt16LE(28);
    const method = fixed.readUInt16LE(8);
    const variable = yield* take(window, at + 30, nameBytes + extraBytes);
    const sizes = [fixed.readUInt32LE(22), fixed.readUInt32LE(18), 0];
    const [size, compressed] = widen(sizes, variable.subarray(nameBytes));
    const name = variable.toString('utf8', 0, nameBytes);
    const start = at + 30 + nameBytes + extraBytes;
    const known = !described || compressed > 0;
    entries.push({
      name,
      header: at,
      stored: method === 0,
      bytes: capBytes(known ? Math.max(size, compressed) : 0),
      packed: capBytes(compressed),
    });
    at = known ? start + compressed : start;
  }
}

function* hasSignature(window: Window, at: number, signature: number): Reading<boolean> {
  if (at < 0) return false;
  const bytes = yield* take(window, at, 4);
  return bytes.length === 4 && bytes.readUInt32LE(0) === signature;
}

/** The last end record whose comment reaches no further than the tail, -1 without one. */
function findEnd(tail: Buffer): number {
  if (tail.length < END_BYTES) return -1;
  for (let from = tail.length - END_BYTES; from >= 0;) {
    const found = tail.lastIndexOf('PK\x05\x06', from, 'latin1');
    if (found < 0) return -1;
    if (found + END_BYTES + tail.readUInt16LE(found + 20) <= tail.length) return found;
    from = found - 1;
  }
  return -1;
}

/** Where an entry's bytes begin. */
export function* findEntryStart(window: Window, entry: ZipEntry): Reading<number | undefined> {
  const fixed = yield* take(window, entry.header, 30);
  if (fixed.length < 30 || fixed.readUInt32LE(0) !== LOCAL) return undefined;
  return entry.header + 30 + fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
}
