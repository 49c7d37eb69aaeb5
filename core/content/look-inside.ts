import type { Budget } from './budget.ts';
import { findBase85 } from './find-base85.ts';
import { findByteLists } from './find-byte-lists.ts';
import { findByteStrings } from './find-byte-strings.ts';
import { findDumps } from './find-dumps.ts';
import { findEncodedRuns } from './find-encoded-runs.ts';
import { findEscapes } from './find-escapes.ts';
import { findWideStrings } from './find-wide-strings.ts';
import { findClosedInside, recogniseClosed } from './known-formats.ts';
import { inflateText } from './inflate.ts';
import { WHOLE_LAYER_BYTES, type Layer, type Region } from './layer.ts';
import { isAr, listAr } from './list-ar.ts';
import { findTar, listTar } from './list-tar.ts';
import { listZip, mayHoldZip } from './list-zip.ts';
import { openGzips } from './open-gzip.ts';
import { closedFact, type Found } from './opening.ts';
import { openMembers, openTar } from './open-members.ts';
import { openZip } from './open-zip.ts';
import { openZlibs } from './open-zlib.ts';
import { createPositions } from './position.ts';
import { readFromBuffer } from './reading.ts';
import { isZlibHeader } from './recognise-binary.ts';
import { gapsBetween } from './skipped.ts';
import { unescapeText } from './unescape.ts';
import { decodeWide, recogniseWideText } from './unicode.ts';

/**
 * Everything inside a layer that is in memory. Plain source text costs a few passes, and gets the one
 * empty list that all of it shares.
 */
export function lookInside(layer: Layer, bytes: Buffer, budget: Budget): Iterable<Found> {
  return mayBeContainer(bytes)
    ? openAll(layer, bytes, budget)
    : openEncoded(layer, bytes, { start: 0, end: bytes.length });
}

const NOTHING: readonly Found[] = [];

function mayBeContainer(bytes: Buffer): boolean {
  return (
    bytes.includes(0) ||
    bytes.includes(0x1f) ||
    recogniseWideText(bytes) !== undefined ||
    recogniseClosed(bytes) !== undefined ||
    isZlibHeader(bytes, 0) ||
    mayHoldZip(bytes)
  );
}

/** Less than this between two members holds nothing. */
const LEAST_GAP = 24;

function* openAll(layer: Layer, bytes: Buffer, budget: Budget): Generator<Found> {
  const wide = recogniseWideText(bytes);
  if (wide !== undefined) {
    const content = decodeWide(bytes.subarray(wide.markBytes), wide.encoding);
    yield { child: { name: wide.encoding, content } };
  }
  const closed = recogniseClosed(bytes);
  if (closed !== undefined) yield closedFact(layer, closed.rule, closed.format);
  const taken: Region[] = [];
  for (const found of openArchives(layer, bytes, budget)) {
    if ('child' in found && found.child.from !== undefined) taken.push(found.child.from);
    yield found;
  }
  const isBinary = layer.form === 'binary' || isZlibHeader(bytes, 0);
  // An archive says itself which of its members are compressed.
  const isBare = layer.depth === 0 || layer.origin !== undefined;
  const limit = Math.min(WHOLE_LAYER_BYTES, budget.bytesLeft);
  const deflated =
    isBare && taken.length === 0 && wide === undefined ? inflateText(bytes, limit) : undefined;
  if (deflated !== undefined) yield { child: { name: 'deflate', content: deflated } };
  for (const gap of gapsBetween(taken, bytes.length, LEAST_GAP)) {
    yield* openGzips(layer, bytes, gap, budget);
    if (isBinary && wide === undefined) yield* openStrays(layer, bytes, gap, budget);
    yield* openEncoded(layer, bytes, gap);
  }
}

function* openArchives(layer: Layer, bytes: Buffer, budget: Budget): Generator<Found> {
  if (mayHoldZip(bytes)) {
    const zip = readFromBuffer(listZip(bytes.length, MOST_ENTRIES, layer.skip), bytes);
    yield* openZip(layer, zip, budget, bytes);
  }
  for (let tar = findTar(bytes); tar >= 0;) {
    const listing = readFromBuffer(listTar(bytes.length, MOST_ENTRIES, tar), bytes);
    yield* openTar(layer, listing, budget, bytes);
    tar = findTar(bytes, Math.max(listing.end, tar + 1));
  }
  if (isAr(bytes)) {
    yield* openMembers(layer, readFromBuffer(listAr(bytes.length, MOST_ENTRIES), bytes), bytes);
  }
}

/** What stands somewhere in a binary file: zlib streams, wide strings, an archive put behind it. */
function* openStrays(layer: Layer, bytes: Buffer, gap: Region, budget: Budget): Generator<Found> {
  yield* openZlibs(layer, bytes, gap, budget);
  const piece = bytes.subarray(gap.start, gap.end);
  const strings = findWideStrings(piece);
  if (strings.length > 0) yield { child: { name: 'utf-16', content: strings } };
  const inside = findClosedInside(piece);
  if (inside !== undefined) {
    const { rule, format } = inside.format;
    yield closedFact(layer, rule, format, gap.start + inside.at);
  }
}

/** A listing is in memory, so it has a bound of its own; the budget counts what is opened. */
export const MOST_ENTRIES = 100_000;

/** What is written in a region in some other way than as itself. */
function openEncoded(layer: Layer, bytes: Buffer, { start, end }: Region): readonly Found[] {
  const isWhole = start === 0 && end === bytes.length;
  const encoded = findEncoded(isWhole ? bytes : bytes.subarray(start, end), layer.form);
  if (encoded.length === 0) return NOTHING;
  const originAt = layer.form === 'text' ? createPositions(bytes, layer.origin) : undefined;
  return encoded.map(({ name, content, start: at }) => {
    const origin = originAt?.(start + at);
    return { child: { name, content, ...(origin === undefined ? {} : { origin }) } };
  });
}

interface Encoded {
  readonly name: string;
  readonly content: Buffer;
  readonly start: number;
}

const NO_CODE: readonly Encoded[] = [];

/** Runs of digits, lists of bytes, and escapes that stand for something, in the order of the text. */
export function findEncoded(bytes: Buffer, form: Layer['form']): readonly Encoded[] {
  let found: Encoded[] | undefined;
  const add = (name: string, content: Buffer, start: number) => {
    (found ??= []).push({ name, content, start });
  };
  findEncodedRuns(bytes, add);
  for (const { start, bytes: content } of findByteLists(bytes)) add('bytes', content, start);
  for (const { start, bytes: content } of findByteStrings(bytes)) add('bytes', content, start);
  for (const { start, bytes: content } of findDumps(bytes)) add('dump', content, start);
  for (const { start, bytes: content } of findBase85(bytes)) add('base85', content, start);
  for (const { start, end } of findEscapes(bytes, form)) {
    const region = bytes.subarray(start, end);
    const content = unescapeText(region);
    if (!content.equals(region)) add('escapes', content, start);
  }
  if (found === undefined) return NO_CODE;
  found.sort((a, b) => a.start - b.start);
  return [...found, ...joinLines(bytes, found)];
}

const FEWEST_LINES = 3;
/** Two lines that are each encoded for themselves begin no further apart than this. */
const FURTHEST_APART = 1024;
const MOST_LINE = 512;

/** Lines that are each encoded for themselves, put together: one alone says little. */
function joinLines(bytes: Buffer, found: readonly Encoded[]): Encoded[] {
  const joined: Encoded[] = [];
  let lines: Encoded[] = [];
  const close = () => {
    const [first] = lines;
    if (first !== undefined && lines.length >= FEWEST_LINES) {
      const content = Buffer.from(
        lines.map((one) => one.content.toString('latin1')).join('\n'),
        'latin1',
      );
      joined.push({ name: first.name, content, start: first.start });
    }
    lines = [];
  };
  for (const one of found) {
    const last = lines.at(-1);
    if (one.name === 'escapes' || one.content.length > MOST_LINE) continue;
    if (last !== undefined) {
      if (last.start === one.start) continue;
      const between = one.start - last.start;
      if (last.name !== one.name || between > FURTHEST_APART) close();
      else if (!bytes.subarray(last.start, one.start).includes(10)) continue;
    }
    lines.push(one);
  }
  close();
  return joined;
}
