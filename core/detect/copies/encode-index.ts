import { CordonError } from '../../error.ts';
import { BUCKETS, SEVERAL } from './entries.ts';
import { SEGMENT_GAP } from './index-builder.ts';
import type { CopyIndex, IndexedFile, Thresholds, ViewIndex } from './types.ts';

/**
 * An index as bytes, all little-endian: 8 bytes of magic, the length of a JSON head (u32), its CRC is not
 * needed because the whole is sealed by who stores it; the head names version, thresholds, files and the
 * length of each section; sections follow, each at a multiple of 8, so that reading them is a view.
 */
const MAGIC = Buffer.from('CORDCPY1', 'latin1');
const ALIGN = 8;
/** Files, paths and labels of a large repository; far below what would hurt to parse. */
const LONGEST_HEAD = 64 * 1024 * 1024;

interface Head {
  readonly thresholds: Thresholds;
  readonly files: readonly (readonly [id: string, path: string, label: string])[];
  /** Elements of each section, in order. */
  readonly lengths: readonly number[];
}

const SECTIONS_A_VIEW = 7;

function sectionsOf(index: CopyIndex): (Uint32Array | Uint8Array)[] {
  const ofView = ({ buckets, names, places, more, segments }: ViewIndex) => [
    buckets,
    names,
    places,
    more,
    segments.file,
    segments.base,
    segments.lines,
  ];
  return [...ofView(index.text), ...ofView(index.rename), index.lineTables];
}

const aligned = (length: number): number => Math.ceil(length / ALIGN) * ALIGN;

/** The index as bytes; equal indexes give equal bytes. */
export function encodeIndex(index: CopyIndex): Buffer {
  const sections = sectionsOf(index);
  const head: Head = {
    thresholds: index.thresholds,
    files: index.files.map(({ id, path, label }) => [id, path, label]),
    lengths: sections.map(({ length }) => length),
  };
  const json = Buffer.from(JSON.stringify(head));
  const start = aligned(MAGIC.length + 4 + json.length);
  const bytes = Buffer.alloc(
    start + sections.reduce((sum, { byteLength }) => sum + aligned(byteLength), 0),
  );
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(json.length, MAGIC.length);
  json.copy(bytes, MAGIC.length + 4);
  let at = start;
  for (const section of sections) {
    bytes.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), at);
    at += aligned(section.byteLength);
  }
  return bytes;
}

const bad = (why: string, cause?: unknown): CordonError =>
  new CordonError('copies.bad-file', { why }, cause);

/** Reads what `encodeIndex` wrote, as views of the same memory. Throws `CordonError('copies.bad-file')` on anything else. */
export function decodeIndex(buffer: Buffer): CopyIndex {
  // Views of 32-bit numbers need an offset that is a multiple of four.
  const bytes =
    buffer.byteOffset % ALIGN === 0 ? buffer : Buffer.from(new Uint8Array(buffer).buffer);
  if (bytes.length < MAGIC.length + 4 || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw bad('magic');
  const length = bytes.readUInt32LE(MAGIC.length);
  if (length > LONGEST_HEAD || MAGIC.length + 4 + length > bytes.length) throw bad('head');
  const head = readHead(bytes.toString('utf8', MAGIC.length + 4, MAGIC.length + 4 + length));
  let at = aligned(MAGIC.length + 4 + length);
  const take = (elements: number, size: number): number => {
    const from = at;
    at += aligned(elements * size);
    if (at > bytes.length) throw bad('section');
    return bytes.byteOffset + from;
  };
  const words = (section: number): Uint32Array => {
    const elements = head.lengths[section]!;
    return new Uint32Array(bytes.buffer, take(elements, 4), elements);
  };
  const view = (first: number): ViewIndex => {
    const [buckets, names, places, more, file, base, lines] = Array.from(
      { length: SECTIONS_A_VIEW },
      (_, i) => words(first + i),
    ) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    return { buckets, names, places, more, segments: { count: file.length, file, base, lines } };
  };
  const text = view(0);
  const rename = view(SECTIONS_A_VIEW);
  const tables = head.lengths[2 * SECTIONS_A_VIEW]!;
  const lineTables = new Uint8Array(bytes.buffer, take(tables, 1), tables);
  if (at !== bytes.length) throw bad('length');
  const files = head.files.map(([id, path, label]): IndexedFile => ({ id, path, label }));
  checkView(text, files.length, tables);
  checkView(rename, files.length, tables);
  return { thresholds: head.thresholds, files, text, rename, lineTables };
}

function readHead(json: string): Head {
  let head: unknown;
  try {
    head = JSON.parse(json);
  } catch (error) {
    throw bad('head', error);
  }
  const { thresholds, files, lengths } = (head ?? {}) as Partial<Record<keyof Head, unknown>>;
  const sections = 2 * SECTIONS_A_VIEW + 1;
  const isLength = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
  const isFile = (value: unknown) =>
    Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string');
  if (!isThresholds(thresholds)) throw bad('thresholds');
  if (!Array.isArray(files) || !files.every(isFile)) throw bad('files');
  if (!Array.isArray(lengths) || lengths.length !== sections || !lengths.every(isLength))
    throw bad('lengths');
  return { thresholds, files: files as Head['files'], lengths: lengths as number[] };
}

function isThresholds(value: unknown): value is Thresholds {
  const { block, warn } = (value ?? {}) as Partial<Record<keyof Thresholds, unknown>>;
  return [block, warn].every((one) => {
    const { bits, tokens } = (one ?? {}) as { bits?: unknown; tokens?: unknown };
    return [bits, tokens].every((score) => typeof score === 'number' && score > 0);
  });
}

/** One pass over the tables: nothing a query follows may lead outside of them. */
function checkView(
  { buckets, names, places, more, segments }: ViewIndex,
  files: number,
  tables: number,
): void {
  const { count, file, base, lines } = segments;
  if (buckets.length !== BUCKETS + 1 || buckets[0] !== 0 || buckets[BUCKETS] !== names.length)
    throw bad('buckets');
  if (places.length !== names.length) throw bad('places');
  if (base.length !== count + 1 || lines.length !== count + 1) throw bad('segments');
  for (let s = 0; s < count; s++) {
    if (file[s]! >= files || (s > 0 && file[s]! < file[s - 1]!)) throw bad('segment file');
    if (base[s + 1]! < base[s]! + SEGMENT_GAP || lines[s + 1]! < lines[s]!) throw bad('segment');
  }
  if (base[0] !== 0 || base[count]! >= SEVERAL || lines[count]! > tables) throw bad('segment end');
  const end = base[count]!;
  for (let b = 0; b < BUCKETS; b++) {
    const to = buckets[b + 1]!;
    if (to < buckets[b]! || to > names.length) throw bad('bucket');
    for (let i = buckets[b]! + 1; i < to; i++) if (names[i]! <= names[i - 1]!) throw bad('names');
  }
  let next = 0;
  for (const place of places) {
    if (place < SEVERAL) {
      if (place >= end) throw bad('place');
      continue;
    }
    const several = place - SEVERAL === next ? more[next] : undefined;
    if (several === undefined || several < 2 || next + several >= more.length) throw bad('places');
    for (let i = 1; i <= several; i++) if (more[next + i]! >= end) throw bad('place');
    next += several + 1;
  }
  if (next !== more.length) throw bad('more');
}
