import { SKIP_REGION_BYTES, type Region } from './layer.ts';
import { find, need, type Reading } from './reading.ts';
import {
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  END_BYTES,
  END_SIGNATURE,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
  parseCentralRecord,
  parseEnd,
  parseEnd64,
  parseLocalHeader,
  parseSureLocalHeader,
  type ZipHeader,
} from './zip-records.ts';

/** An entry as far as all records tell of it: its local header, and any number in the directories. */
export interface ZipEntry {
  /** Where the records differ all names, parted by `|`: a reader sees one of them. */
  readonly name: string;
  readonly headers: readonly ZipHeader[];
  /** A central directory names it. */
  readonly isListed: boolean;
  readonly dataStart: number;
  /** The furthest that a header says the data goes; a guess where they do not say or lie. */
  readonly dataEnd: number;
}

export interface ZipListing {
  /** In the order of their data. */
  readonly entries: readonly ZipEntry[];
  /** Names of entries that a directory promises and that are not there. */
  readonly lost: readonly string[];
  /** More entries than `limit`. */
  readonly cut: boolean;
}

/**
 * All entries of a zip file, or of the zip files in one (behind a prefix, concatenated): those that
 * the central directories name and those that only have a local header. Readers differ in which of
 * the two they believe, so content hidden from one would be seen by the other.
 * `skip` is left out. Payload of a stored entry is not searched for local headers: it is a layer of
 * its own, and searched as that.
 */
export function* listZip(
  size: number,
  limit: number,
  skip: readonly Region[] = [],
): Reading<ZipListing> {
  const central = yield* readDirectories(size, limit);
  const entries: ZipEntry[] = [];
  const lost: string[] = [];
  const seen = groupByOffset(central.records);
  for (const [offset, headers] of seen) {
    const entry = yield* locate(offset, headers, size);
    if (entry === undefined) lost.push(nameOf(headers));
    else entries.push(entry);
  }
  const cut = yield* sweepLocalHeaders(size, limit, skip, entries, seen);
  entries.sort((a, b) => a.dataStart - b.dataStart);
  return { entries, lost, cut: cut || central.cut };
}

/**
 * The records that point to one place. Two of them may tell it differently (one that it is a stored
 * byte, one that it is deflated), and a reader goes by the name it was asked for.
 */
function groupByOffset(records: readonly CentralRecord[]): Map<number, ZipHeader[]> {
  const groups = new Map<number, ZipHeader[]>();
  for (const { header, offset } of records) {
    const group = groups.get(offset);
    if (group !== undefined) group.push(header);
    else groups.set(offset, [header]);
  }
  return groups;
}

function nameOf(headers: readonly ZipHeader[]): string {
  return [...new Set(headers.map(({ name }) => name))].slice(0, 4).join('|');
}

interface CentralRecord {
  readonly header: ZipHeader;
  /** Of the local header within the source, whatever stands before the zip. */
  readonly offset: number;
}

/** A comment may follow the end record, and a polyglot's tail the comment. */
const TAIL_BYTES = 256 * 1024;

function* readDirectories(
  size: number,
  limit: number,
): Reading<{ records: CentralRecord[]; cut: boolean }> {
  const records: CentralRecord[] = [];
  const tailStart = Math.max(0, size - TAIL_BYTES);
  const tail = yield* need(tailStart, size - tailStart);
  const read = new Set<number>();
  for (
    let at = tail.lastIndexOf(END_SIGNATURE);
    at >= 0 && read.size < 64;
    at = at === 0 ? -1 : tail.lastIndexOf(END_SIGNATURE, at - 1)
  ) {
    for (const end of [parseEnd64(tail, at), parseEnd(tail, at)]) {
      if (end === undefined || end.directorySize < CENTRAL_BYTES) continue;
      const endAt = tailStart + at;
      for (const start of [
        yield* directoryStart(end.directoryOffset, size),
        yield* directoryStart(endAt - end.directorySize, size),
      ]) {
        if (start < 0 || read.has(start)) continue;
        read.add(start);
        const base = start - end.directoryOffset;
        if (!(yield* readDirectory(start, base, endAt, limit, records))) {
          return { records, cut: true };
        }
      }
    }
  }
  return { records, cut: false };
}

function* directoryStart(at: number, size: number): Reading<number> {
  if (at < 0 || at + CENTRAL_BYTES > size) return -1;
  const head = yield* need(at, 4);
  return head.equals(CENTRAL_SIGNATURE) ? at : -1;
}

const DIRECTORY_WINDOW = 1024 * 1024;

/** Adds the records from `start` on. False where there are more than `limit`. */
function* readDirectory(
  start: number,
  base: number,
  end: number,
  limit: number,
  records: CentralRecord[],
): Reading<boolean> {
  let at = start;
  let windowStart = start;
  let window = yield* need(start, Math.min(DIRECTORY_WINDOW, end - start));
  while (at < end) {
    let header = parseCentralRecord(window, at - windowStart);
    if (header === undefined || at - windowStart + header.length > window.length) {
      windowStart = at;
      window = yield* need(at, Math.min(DIRECTORY_WINDOW, Math.max(end - at, 0)));
      header = parseCentralRecord(window, 0);
      if (header === undefined) return true;
    }
    if (records.length >= limit) return false;
    records.push({ header, offset: header.localOffset + base });
    at += header.length;
  }
  return true;
}

/** The entry whose local header central directory records put at `offset`. */
function* locate(
  offset: number,
  listed: readonly ZipHeader[],
  size: number,
): Reading<ZipEntry | undefined> {
  if (offset < 0 || offset + LOCAL_BYTES > size) return undefined;
  const fixed = yield* need(offset, LOCAL_BYTES);
  if (fixed.length < LOCAL_BYTES) return undefined;
  const nameLength = fixed.readUInt16LE(26);
  const extraLength = fixed.readUInt16LE(28);
  const bytes = yield* need(offset, LOCAL_BYTES + nameLength + extraLength);
  // Some readers do not look at the local signature, so an entry without one is opened all the same.
  const local = parseLocalHeader(bytes, 0);
  const dataStart = offset + LOCAL_BYTES + nameLength + extraLength;
  if (dataStart > size) return undefined;
  const headers = local === undefined ? listed : [...listed, local];
  const length = headers.reduce((most, header) => Math.max(most, header.compressedSize), 0);
  return {
    name: nameOf(headers),
    headers,
    isListed: true,
    dataStart,
    dataEnd: Math.min(size, dataStart + length),
  };
}

/** Adds the entries that have a local header and stand in no known entry's data. */
function* sweepLocalHeaders(
  size: number,
  limit: number,
  skip: readonly Region[],
  entries: ZipEntry[],
  seen: ReadonlyMap<number, unknown>,
): Reading<boolean> {
  const covered = coveredRegions(entries, skip);
  let next = 0;
  let at = 0;
  while (at < size) {
    while (next < covered.length && (covered[next]?.end ?? 0) <= at) next += 1;
    const region = covered[next];
    if (region !== undefined && region.start <= at) {
      at = region.end;
      continue;
    }
    const stop = Math.min(region?.start ?? size, size);
    const found = yield* find(LOCAL_SIGNATURE, at, stop);
    if (found < 0) {
      at = stop;
      continue;
    }
    at = found + 4;
    if (seen.has(found)) continue;
    const entry = yield* parseOrphan(found, size);
    if (entry === undefined) continue;
    if (entries.length >= limit) return true;
    entries.push(entry);
    // Data of a stored entry is its own layer. Deflated data is stepped over by whoever inflates it.
    if (entry.headers[0]?.method === 0) at = Math.max(at, entry.dataEnd);
  }
  return false;
}

function* parseOrphan(at: number, size: number): Reading<ZipEntry | undefined> {
  const bytes = yield* need(at, LOCAL_BYTES + 4096 + 1024);
  const local = parseSureLocalHeader(bytes, 0);
  if (local === undefined) return undefined;
  const dataStart = at + local.length;
  if (dataStart > size) return undefined;
  const dataEnd =
    local.compressedSize >= 0 && dataStart + local.compressedSize <= size
      ? dataStart + local.compressedSize
      : yield* nextRecord(dataStart, size);
  return { name: local.name, headers: [local], isListed: false, dataStart, dataEnd };
}

/** Where the next record of any kind begins: data of unknown length ends there at the latest. */
function* nextRecord(from: number, size: number): Reading<number> {
  let nearest = size;
  for (const signature of [LOCAL_SIGNATURE, CENTRAL_SIGNATURE, END_SIGNATURE]) {
    const found = yield* find(signature, from, nearest);
    if (found >= 0) nearest = found;
  }
  return nearest;
}

/** Stored data that becomes layers, and what a detector has accounted for; sorted. */
function coveredRegions(entries: readonly ZipEntry[], skip: readonly Region[]): readonly Region[] {
  const stored = entries
    .filter(({ headers }) => headers.every(({ method }) => method === 0))
    .map(({ dataStart, dataEnd }) => ({ start: dataStart, end: dataEnd }));
  const large = skip.filter(({ start, end }) => end - start >= SKIP_REGION_BYTES);
  return [...stored, ...large].sort((a, b) => a.start - b.start);
}

/** Whether `bytes` may hold a zip: an end record or a local header that is no coincidence. */
export function mayHoldZip(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(LOCAL_SIGNATURE); at >= 0;) {
    if (parseSureLocalHeader(bytes, at) !== undefined) return true;
    at = bytes.indexOf(LOCAL_SIGNATURE, at + 4);
  }
  const end = bytes.length < END_BYTES ? -1 : bytes.lastIndexOf(END_SIGNATURE);
  return end >= 0 && bytes.lastIndexOf(CENTRAL_SIGNATURE) >= 0;
}
