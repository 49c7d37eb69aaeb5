import { takeFile, type TakenFile, type TakenSegment } from './take-file.ts';
import { GONE, LAST_POSITION, mergeEntries, sortEntries } from './entries.ts';
import type {
  Background,
  CopyIndex,
  Entries,
  IndexedFile,
  Segments,
  SourceFile,
  Thresholds,
  View,
  ViewIndex,
  WordTable,
} from '../types.ts';

/**
 * Scores from which a match counts before an index is calibrated. Short functions that everyone writes
 * alike (is one array the other, bytes of base64) score up to 137 bits, and what an IDE writes
 * for everyone (equals, hashCode, builders) up to 47 tokens, so only `warn` reaches there.
 */
export const defaultThresholds: Thresholds = {
  block: { bits: 138, tokens: 48 },
  warn: { bits: 116, tokens: 40 },
};

/** Positions between two segments, more than a chain's diagonal may drift. */
export const SEGMENT_GAP = 64;

export interface IndexTables {
  readonly words: WordTable;
  readonly background: Background;
}

/** What `add` kept of a file: grams of each view, and how many of them the background took. */
export interface Kept {
  readonly text: number;
  readonly rename: number;
  readonly background: number;
}

export interface IndexBuilder {
  /** Takes a file's grams; its bytes are not kept. A second file of one id replaces the first. */
  add(file: SourceFile): Kept;
  build(thresholds?: Thresholds): CopyIndex;
}

/** Collects registered files, minus what also stands in public code, and makes an index of them. */
export function createIndexBuilder({ background }: IndexTables): IndexBuilder {
  const files = new Map<string, TakenFile>();
  return {
    add(file) {
      const taken = takeFile(file, background);
      files.set(file.id, taken);
      return taken.kept;
    },
    build: (thresholds = defaultThresholds) => assemble(emptyIndex(thresholds), new Set(), files),
  };
}

/**
 * The index with some files gone and others added or replaced, the same as one built anew from all of
 * them; only the added files are read. Thresholds stay.
 */
export function updateIndex(
  index: CopyIndex,
  change: { readonly removed: readonly string[]; readonly added: readonly SourceFile[] },
  { background }: IndexTables,
): CopyIndex {
  const taken = change.added.map((file) => takeFile(file, background));
  return updateWith(index, { removed: change.removed, taken });
}

/** The same of files whose grams were taken before. */
export function updateWith(
  index: CopyIndex,
  { removed, taken }: { readonly removed: readonly string[]; readonly taken: readonly TakenFile[] },
): CopyIndex {
  const added = new Map(taken.map((one) => [one.file.id, one]));
  return assemble(index, new Set([...removed, ...added.keys()]), added);
}

/** The same index under other thresholds. */
export const withThresholds = (index: CopyIndex, thresholds: Thresholds): CopyIndex => ({
  ...index,
  thresholds,
});

function emptyIndex(thresholds: Thresholds): CopyIndex {
  const none = new Uint32Array(0);
  const view: ViewIndex = {
    ...sortEntries(none, none, none),
    segments: { count: 0, stream: none, base: new Uint32Array(1), lines: new Uint32Array(1) },
  };
  return { thresholds, files: [], text: view, rename: view, lineTables: new Uint8Array(0) };
}

/** What a file of the new index comes from: its number in the old one, or newly read. */
type Origin =
  | { readonly file: IndexedFile; readonly old: number }
  | { readonly file: IndexedFile; readonly taken: TakenFile };

function assemble(
  old: CopyIndex,
  gone: ReadonlySet<string>,
  added: ReadonlyMap<string, TakenFile>,
): CopyIndex {
  const origins: Origin[] = [];
  old.files.forEach((file, number) => {
    if (!gone.has(file.id)) origins.push({ file, old: number });
  });
  for (const taken of added.values()) origins.push({ file: taken.file, taken });
  origins.sort((a, b) => (a.file.id < b.file.id ? -1 : a.file.id > b.file.id ? 1 : 0));
  const tables: Uint8Array[] = [];
  const state = { tables, bytes: 0 };
  const text = assembleView('text', old, origins, state);
  const rename = assembleView('rename', old, origins, state);
  const lineTables = new Uint8Array(state.bytes);
  let at = 0;
  for (const table of tables) {
    lineTables.set(table, at);
    at += table.length;
  }
  return {
    thresholds: old.thresholds,
    files: origins.map(({ file }) => file),
    text,
    rename,
    lineTables,
  };
}

function assembleView(
  view: View,
  old: CopyIndex,
  origins: readonly Origin[],
  lineTables: { readonly tables: Uint8Array[]; bytes: number },
): ViewIndex {
  const was = old[view];
  const firstOf = firstSegments(was.segments, old.files.length);
  const stream: number[] = [];
  const base: number[] = [0];
  const lines: number[] = [lineTables.bytes];
  /** By old segment, what to add to a place. */
  const shift = new Int32Array(was.segments.count).fill(GONE);
  const fresh: { segment: TakenSegment; at: number }[] = [];
  let next = 0;
  const open = (number: number, isProse: number, length: number, table: Uint8Array) => {
    stream.push(2 * number + isProse);
    const at = next;
    next += length + SEGMENT_GAP;
    if (next > LAST_POSITION) throw new RangeError('an index holds at most 2^31 tokens');
    base.push(next);
    lineTables.tables.push(table);
    lineTables.bytes += table.length;
    lines.push(lineTables.bytes);
    return at;
  };
  origins.forEach((origin, number) => {
    if ('taken' in origin) {
      for (const segment of origin.taken[view]) {
        fresh.push({
          segment,
          at: open(number, segment.isProse ? 1 : 0, segment.positions, segment.lines),
        });
      }
      return;
    }
    for (let s = firstOf[origin.old]!; s < firstOf[origin.old + 1]!; s++) {
      const from = was.segments.base[s]!;
      const table = old.lineTables.subarray(was.segments.lines[s]!, was.segments.lines[s + 1]!);
      const length = was.segments.base[s + 1]! - from - SEGMENT_GAP;
      shift[s] = open(number, was.segments.stream[s]! & 1, length, table) - from;
    }
  });
  const segments: Segments = {
    count: stream.length,
    stream: Uint32Array.from(stream),
    base: Uint32Array.from(base),
    lines: Uint32Array.from(lines),
  };
  const near = segmentTable(was.segments);
  const moves = { shift, near, stretch: SEGMENT_GAP };
  return { ...mergeEntries(was, moves, sortFresh(fresh)), segments };
}

function sortFresh(fresh: readonly { segment: TakenSegment; at: number }[]): Entries {
  const total = fresh.reduce((sum, { segment }) => sum + segment.place.length, 0);
  const high = new Uint32Array(total);
  const low = new Uint32Array(total);
  const place = new Uint32Array(total);
  let n = 0;
  for (const { segment, at } of fresh) {
    high.set(segment.high, n);
    low.set(segment.low, n);
    for (let i = 0; i < segment.place.length; i++) place[n + i] = segment.place[i]! + at;
    n += segment.place.length;
  }
  return sortEntries(high, low, place);
}

/** The first segment of each file; segments stand in the order of files. */
function firstSegments(segments: Segments, files: number): Uint32Array {
  const first = new Uint32Array(files + 1);
  for (let s = 0; s < segments.count; s++) first[(segments.stream[s]! >>> 1) + 1]!++;
  for (let f = 0; f < files; f++) first[f + 1]! += first[f]!;
  return first;
}

/** The segment of every stretch of `SEGMENT_GAP` positions: the gap keeps two from sharing one. */
function segmentTable({ base, count }: Segments): Uint32Array {
  const table = new Uint32Array(Math.ceil(base[count]! / SEGMENT_GAP));
  for (let s = 0; s < count; s++) {
    table.fill(
      s,
      Math.floor(base[s]! / SEGMENT_GAP),
      Math.ceil((base[s + 1]! - SEGMENT_GAP) / SEGMENT_GAP),
    );
  }
  return table;
}

/** The segment a position stands in. */
export function segmentAt({ base, count }: Segments, place: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (base[middle]! <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
