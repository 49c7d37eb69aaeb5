import type { Budget } from './budget.ts';
import { findByteLists } from './find-byte-lists.ts';
import { findEncodedRuns } from './find-encoded-runs.ts';
import { findEscapes } from './find-escapes.ts';
import { findWideStrings } from './find-wide-strings.ts';
import { findClosedInside, recogniseClosed } from './known-formats.ts';
import type { Layer } from './layer.ts';
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
import { unescapeText } from './unescape.ts';
import { decodeWide, recogniseWideText } from './unicode.ts';

/**
 * Everything inside a layer that is in memory. Plain source text costs a few passes, and gets the one
 * empty list that all of it shares.
 */
export function lookInside(layer: Layer, bytes: Buffer, budget: Budget): Iterable<Found> {
  const encoded = openEncoded(layer, bytes);
  return mayBeContainer(bytes) ? openAll(layer, bytes, budget, encoded) : encoded;
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

function* openAll(
  layer: Layer,
  bytes: Buffer,
  budget: Budget,
  encoded: readonly Found[],
): Generator<Found> {
  const wide = recogniseWideText(bytes);
  if (wide !== undefined) {
    const content = decodeWide(bytes.subarray(wide.markBytes), wide.encoding);
    yield { child: { name: wide.encoding, content } };
  }
  const closed = recogniseClosed(bytes);
  if (closed !== undefined) yield closedFact(layer, closed.rule, closed.format);
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
  yield* openGzips(layer, bytes, budget);
  if (wide === undefined && (layer.form === 'binary' || isZlibHeader(bytes, 0))) {
    yield* openZlibs(layer, bytes, budget);
    const strings = findWideStrings(bytes);
    if (strings.length > 0) yield { child: { name: 'utf-16', content: strings } };
  }
  if (layer.form === 'binary' && closed === undefined) {
    const inside = findClosedInside(bytes);
    if (inside !== undefined) {
      yield closedFact(layer, inside.format.rule, inside.format.format, inside.at);
    }
  }
  yield* encoded;
}

/** A listing is in memory, so it has a bound of its own; the budget counts what is opened. */
export const MOST_ENTRIES = 100_000;

/** What is written in the layer in some other way than as itself. */
function openEncoded(layer: Layer, bytes: Buffer): readonly Found[] {
  const encoded = findEncoded(bytes, layer.form);
  if (encoded.length === 0) return NOTHING;
  const originAt = layer.form === 'text' ? createPositions(bytes, layer.origin) : undefined;
  return encoded.map(({ name, content, start }) => {
    const origin = originAt?.(start);
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
  for (const { start, end } of findEscapes(bytes, form)) {
    const region = bytes.subarray(start, end);
    const content = unescapeText(region);
    if (!content.equals(region)) add('escapes', content, start);
  }
  return found?.sort((a, b) => a.start - b.start) ?? NO_CODE;
}
