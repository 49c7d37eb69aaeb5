import type { ByteSource } from '../source/byte-source.ts';
import { sliceSource } from '../source/slice-source.ts';
import type { Budget } from './budget.ts';
import { findByteLists } from './find-byte-lists.ts';
import { findEncodedRuns } from './find-encoded-runs.ts';
import { findEscapes } from './find-escapes.ts';
import { unescapeText } from './unescape.ts';
import { gzipHeaderLength } from './gzip-header.ts';
import { inflateNow } from './inflate.ts';
import { findClosedInside, recogniseClosed } from './known-formats.ts';
import { SKIP_REGION_BYTES, WHOLE_LAYER_BYTES, type Layer } from './layer.ts';
import { isTarHeader, listTar, type TarListing } from './list-tar.ts';
import { listZip, mayHoldZip } from './list-zip.ts';
import { openGzip } from './open-gzip.ts';
import { closedFact, type Found } from './opening.ts';
import { openZip } from './open-zip.ts';
import { createPositions } from './position.ts';
import { readFromBuffer } from './reading.ts';
import { isZlibHeader } from './recognise-binary.ts';
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
  const tar = findTar(bytes);
  if (tar >= 0) {
    const listing = readFromBuffer(listTar(bytes.length, MOST_ENTRIES, tar), bytes);
    yield* openTar(layer, listing, budget, bytes);
  }
  yield* openGzips(layer, bytes, budget);
  if (isZlibHeader(bytes, 0)) yield* openZlib(bytes, budget);
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

const USTAR = Buffer.from('ustar');

/** Where a tar begins in `bytes`: at its start, or where a ustar header's checksum holds. */
function findTar(bytes: Buffer): number {
  if (isTarHeader(bytes, 0)) return 0;
  for (let at = bytes.indexOf(USTAR, 258); at >= 0; at = bytes.indexOf(USTAR, at + 1)) {
    if (isTarHeader(bytes, at - 257)) return at - 257;
  }
  return -1;
}

/** The members of a tar as children. */
export function* openTar(
  layer: Layer,
  listing: TarListing,
  budget: Budget,
  bytes?: Buffer,
): Generator<Found> {
  for (const { name, start, end, sparse } of listing.members) {
    const skipped = layer.skip.some(
      (region) =>
        region.end - region.start >= SKIP_REGION_BYTES &&
        region.start <= start &&
        end <= region.end,
    );
    if (skipped || end <= start) continue;
    const content: Buffer | ByteSource =
      bytes?.subarray(start, end) ?? sliceSource(layer.source, start, end);
    yield { child: { name, content, sliced: true } };
    if (sparse) yield closedFact(layer, 'unsupported', `sparse tar member: ${name}`, start);
  }
  if (listing.malformed) yield closedFact(layer, 'malformed', 'tar');
  if (listing.cut) {
    const fact = budget.tell('entries-budget', { layer: layer.way }, 'tar');
    if (fact !== undefined) yield { fact };
  }
}

/** Gzip members wherever they stand: at the start, behind a prefix, appended to a picture. */
function* openGzips(layer: Layer, bytes: Buffer, budget: Budget): Generator<Found> {
  let next = 0;
  for (let at = bytes.indexOf(0x1f); at >= 0; at = bytes.indexOf(0x1f, Math.max(at + 1, next))) {
    if (bytes[at + 1] !== 0x8b || gzipHeaderLength(bytes, at) === 0) continue;
    if (at > 0 && !isUsualGzip(bytes, at)) continue;
    next = yield* openGzip(layer, bytes, at, budget);
  }
}

/** Behind other bytes the magic can be chance, so what a writer puts into the header must fit too. */
function isUsualGzip(bytes: Buffer, at: number): boolean {
  const level = bytes[at + 8] ?? 0xff;
  const system = bytes[at + 9] ?? 0;
  return (level === 0 || level === 2 || level === 4) && (system <= 13 || system === 255);
}

function* openZlib(bytes: Buffer, budget: Budget): Generator<Found> {
  const limit = Math.min(WHOLE_LAYER_BYTES, budget.bytesLeft);
  const { content } = inflateNow(bytes.subarray(2), limit);
  if (content.length > 0) yield { child: { name: 'zlib', content } };
}

/** What is written in the layer in some other way than as itself. */
function openEncoded(layer: Layer, bytes: Buffer): readonly Found[] {
  let found: Found[] | undefined;
  let originAt: ReturnType<typeof createPositions> | undefined;
  const add = (name: string, content: Buffer, start: number) => {
    if (layer.form === 'text') originAt ??= createPositions(bytes, layer.origin);
    const origin = originAt?.(start);
    (found ??= []).push({
      child: { name, content, ...(origin === undefined ? {} : { origin }) },
    });
  };
  findEncodedRuns(bytes, add);
  for (const { start, bytes: content } of findByteLists(bytes)) add('bytes', content, start);
  for (const { start, end } of findEscapes(bytes)) {
    const region = bytes.subarray(start, end);
    const content = unescapeText(region);
    if (!content.equals(region)) add('escapes', content, start);
  }
  return found ?? NOTHING;
}
