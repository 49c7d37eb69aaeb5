import { CordonError } from '../../../error.ts';
import { LAST_POSITION } from './entries.ts';
import { SEGMENT_GAP } from './index-builder.ts';
import { bytesOf } from './packed-bits.ts';
import { lowBitsOf, stepBytesOf } from './packed-names.ts';
import { countOf, openView, packEntries, placeBitsOf } from './packed-view.ts';
import type { CopyIndex, IndexedFile, Segments, Thresholds, ViewIndex } from '../types.ts';

/*
 * All numbers little-endian: 8 bytes of magic, the length of a JSON head (u32), the head, then sections,
 * each at a multiple of 8. It carries no checksum: who stores it seals the whole.
 */
const MAGIC = Buffer.from('CORDCPY2', 'latin1');
const ALIGN = 8;
const SECTIONS_A_VIEW = 6;
const SECTIONS = 2 * SECTIONS_A_VIEW + 1;

interface Head {
  readonly thresholds: Thresholds;
  readonly files: readonly (readonly [id: string, path: string, label: string])[];
  /** Grams of the text and of the rename view. */
  readonly grams: readonly number[];
  /** Bytes of each section, in order. */
  readonly sections: readonly number[];
}

const aligned = (length: number): number => Math.ceil(length / ALIGN) * ALIGN;

/** The index as bytes; equal indexes give equal bytes. */
export function encodeIndex(index: CopyIndex): Buffer {
  const sections = [...packView(index.text), ...packView(index.rename), index.lineTables];
  const head: Head = {
    thresholds: index.thresholds,
    files: index.files.map(({ id, path, label }) => [id, path, label]),
    grams: [countOf(index.text), countOf(index.rename)],
    sections: sections.map(({ byteLength }) => byteLength),
  };
  const json = Buffer.from(JSON.stringify(head));
  const start = aligned(MAGIC.length + 4 + json.length);
  const size = sections.reduce((sum, { byteLength }) => sum + aligned(byteLength), start);
  const bytes = Buffer.alloc(size);
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

function packView(view: ViewIndex): (Uint32Array | Uint8Array)[] {
  const { low, steps, places } = packEntries(view);
  const { stream, base, lines } = view.segments;
  return [stream, base, lines, low, steps, places];
}

const bad = (why: string, cause?: unknown): CordonError =>
  new CordonError('copies.bad-file', { why }, cause);

/**
 * Reads what `encodeIndex` wrote; memory stays within some ten times the buffer, whatever it says of
 * itself. Throws `CordonError('copies.bad-file')` on anything that would lead a query astray.
 */
export function decodeIndex(buffer: Buffer): CopyIndex {
  // Views of 32-bit numbers need an offset that is a multiple of four.
  const bytes =
    buffer.byteOffset % ALIGN === 0 ? buffer : Buffer.from(new Uint8Array(buffer).buffer);
  if (bytes.length < MAGIC.length + 4) throw bad('magic');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    const isOurs = bytes.subarray(0, MAGIC.length - 1).equals(MAGIC.subarray(0, -1));
    throw new CordonError('copies.bad-file', isOurs ? { reason: 'version' } : { why: 'magic' });
  }
  const length = bytes.readUInt32LE(MAGIC.length);
  if (MAGIC.length + 4 + length > bytes.length) throw bad('head');
  const head = readHead(bytes.toString('utf8', MAGIC.length + 4, MAGIC.length + 4 + length));
  const sections: Buffer[] = [];
  let at = aligned(MAGIC.length + 4 + length);
  for (const size of head.sections) {
    if (at + aligned(size) > bytes.length) throw bad('section');
    sections.push(bytes.subarray(at, at + size));
    at += aligned(size);
  }
  if (at !== bytes.length) throw bad('length');
  const files = head.files.map(([id, path, label]): IndexedFile => ({ id, path, label }));
  const lineTables = sections[SECTIONS - 1]!;
  const view = (number: number) =>
    unpackView(
      sections.slice(number * SECTIONS_A_VIEW, (number + 1) * SECTIONS_A_VIEW),
      head.grams[number]!,
      files.length,
      lineTables.length,
    );
  return { thresholds: head.thresholds, files, text: view(0), rename: view(1), lineTables };
}

function unpackView(
  sections: readonly Buffer[],
  grams: number,
  files: number,
  tables: number,
): ViewIndex {
  const [stream, base, lines] = sections.slice(0, 3).map(words) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const segments = { count: stream.length, stream, base, lines };
  checkSegments(segments, files, tables);
  const [low, steps, places] = sections.slice(3) as [Buffer, Buffer, Buffer];
  const width = placeBitsOf(segments);
  // Before anything of the size of `grams` is made: the sections must really hold as many.
  if (low.length !== bytesOf(grams, lowBitsOf(grams))) throw bad('names');
  if (steps.length !== stepBytesOf(grams)) throw bad('steps');
  if (places.length !== bytesOf(grams, width) || (grams > 0 && width === 0)) throw bad('places');
  const view = openView({ low, steps, places }, grams, segments, () => bad('entries'));
  if (view === undefined) throw bad('steps');
  return view;
}

function words(section: Buffer): Uint32Array {
  if (section.length % 4 !== 0) throw bad('section');
  return new Uint32Array(section.buffer, section.byteOffset, section.length / 4);
}

function checkSegments(
  { count, stream, base, lines }: Segments,
  files: number,
  tables: number,
): void {
  if (base.length !== count + 1 || lines.length !== count + 1) throw bad('segments');
  for (let s = 0; s < count; s++) {
    if (stream[s]! >= 2 * files || (s > 0 && stream[s]! <= stream[s - 1]!)) throw bad('stream');
    if (base[s + 1]! < base[s]! + SEGMENT_GAP || lines[s + 1]! < lines[s]!) throw bad('segment');
  }
  if (base[0] !== 0 || base[count]! > LAST_POSITION || lines[count]! > tables) {
    throw bad('segments');
  }
}

function readHead(json: string): Head {
  let head: unknown;
  try {
    head = JSON.parse(json);
  } catch (error) {
    throw bad('head', error);
  }
  const { thresholds, files, grams, sections } = (head ?? {}) as Partial<
    Record<keyof Head, unknown>
  >;
  if (!isThresholds(thresholds)) throw bad('thresholds');
  if (!Array.isArray(files) || !files.every(isFile)) throw bad('files');
  if (!isCounts(grams, 2) || !isCounts(sections, SECTIONS)) throw bad('counts');
  return { thresholds, files: files as Head['files'], grams, sections };
}

const isFile = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string');

const isCounts = (value: unknown, many: number): value is number[] =>
  Array.isArray(value) &&
  value.length === many &&
  value.every((one) => Number.isSafeInteger(one) && one >= 0 && one <= LAST_POSITION);

function isThresholds(value: unknown): value is Thresholds {
  const { block, warn } = (value ?? {}) as Partial<Record<keyof Thresholds, unknown>>;
  return [block, warn].every((one) => {
    const { bits, tokens } = (one ?? {}) as { bits?: unknown; tokens?: unknown };
    return [bits, tokens].every((score) => typeof score === 'number' && score > 0);
  });
}
