import { crc32 } from 'node:zlib';
import type { ByteSource } from '../source/byte-source.ts';
import { sliceSource } from '../source/slice-source.ts';
import type { Budget } from './budget.ts';
import { inflateNow, inflateStream } from './inflate.ts';
import { WHOLE_LAYER_BYTES, type Layer } from './layer.ts';
import { isSkipped } from './skipped.ts';
import type { ZipEntry, ZipListing } from './list-zip.ts';
import { closedFact, type Found } from './opening.ts';
import { isEncrypted } from './zip-records.ts';

/** The entries of a zip as children. `bytes` is the whole layer where it is in memory. */
export function* openZip(
  layer: Layer,
  listing: ZipListing,
  budget: Budget,
  bytes?: Buffer,
): Generator<Found> {
  // Deflate streams end by themselves, so what looks like a header inside one is known only now.
  let inflatedEnd = 0;
  for (const entry of listing.entries) {
    if (!entry.isListed && entry.dataStart < inflatedEnd) continue;
    if (isSkipped(layer, { start: entry.dataStart, end: entry.dataEnd })) continue;
    // Folders, which some writers call deflated though they have no data that could inflate.
    if (entry.headers.every(({ compressedSize }) => compressedSize === 0)) continue;
    for (const method of methodsOf(entry)) {
      if (method === 0) yield* openStored(layer, entry, bytes);
      else if (method === 8) {
        const end = yield* openDeflated(layer, entry, budget, bytes);
        inflatedEnd = Math.max(inflatedEnd, end);
      } else yield closedFact(layer, closedRule(entry), `zip method ${method}: ${entry.name}`);
    }
  }
  for (const name of listing.lost) yield closedFact(layer, 'malformed', `zip entry: ${name}`);
  if (listing.cut) {
    const fact = budget.tell('entries-budget', { layer: layer.way }, 'zip');
    if (fact !== undefined) yield { fact };
  }
}

/** Readers disagree on which header counts, so where they differ every method is tried. */
function methodsOf({ headers }: ZipEntry): Set<number> {
  return new Set(headers.map(({ method }) => method));
}

const claimsEncryption = ({ headers }: ZipEntry) => headers.some(isEncrypted);

const hasChecksum = ({ headers }: ZipEntry, content: Buffer) => {
  const sum = crc32(content);
  return headers.some(({ crc }) => crc === sum);
};

const closedRule = (entry: ZipEntry) => (claimsEncryption(entry) ? 'encrypted' : 'unsupported');

function* openStored(layer: Layer, entry: ZipEntry, bytes?: Buffer): Generator<Found> {
  const { dataStart, dataEnd, name } = entry;
  if (dataEnd <= dataStart) return;
  const data = bytes?.subarray(dataStart, dataEnd);
  const content = data ?? sliceSource(layer.source, dataStart, dataEnd);
  const from = { start: dataStart, end: dataEnd };
  yield { child: { name, content, sliced: true, from } };
  // PyTorch reads past the flag (CVE-2025-1945), so the bytes are looked at all the same; the
  // checksum tells whether they were what the entry holds.
  if (!claimsEncryption(entry)) return;
  if (data === undefined || !hasChecksum(entry, data)) {
    yield closedFact(layer, 'encrypted', `zip entry: ${name}`, dataStart);
  }
}

/** Yields what inflates; returns where the compressed data ended. */
function* openDeflated(
  layer: Layer,
  entry: ZipEntry,
  budget: Budget,
  bytes?: Buffer,
): Generator<Found, number> {
  const { name, dataStart } = entry;
  if (bytes !== undefined) {
    const limit = Math.min(WHOLE_LAYER_BYTES, budget.bytesLeft);
    const { content, consumed, end } = inflateNow(bytes.subarray(dataStart), limit);
    if (end === 'done' && isPlain(entry, content)) {
      const from = { start: dataStart, end: dataStart + consumed };
      yield { child: { name, content, from } };
      return from.end;
    }
  }
  yield { later: ({ spool }) => inflateLater(layer, entry, budget, spool) };
  return dataStart;
}

function isPlain(entry: ZipEntry, content: Buffer): boolean {
  return !claimsEncryption(entry) || hasChecksum(entry, content);
}

async function* inflateLater(
  layer: Layer,
  entry: ZipEntry,
  budget: Budget,
  spool: Parameters<typeof inflateStream>[2]['spool'],
): AsyncGenerator<Found> {
  const { name, dataStart } = entry;
  const { source } = layer;
  const compressed = entry.dataEnd - dataStart;
  if (layer.bytes === undefined && compressed > 0 && compressed <= WHOLE_LAYER_BYTES) {
    // A wheel of 100 MB has thousands of small files: one read and one call for each.
    const data = await source.read(dataStart, compressed + 1);
    const quick = inflateNow(data, Math.min(WHOLE_LAYER_BYTES, budget.bytesLeft));
    if (quick.end === 'done' && isPlain(entry, quick.content)) {
      const from = { start: dataStart, end: dataStart + quick.consumed };
      yield { child: { name, content: quick.content, from } };
      return;
    }
  }
  const limit = budget.bytesLeft;
  const { content, end } = await inflateStream(source, dataStart, {
    limit,
    spool,
    deadline: budget.deadline,
  });
  yield* inflatedFound(layer, name, content, end, budget, closedRuleOfInflate(entry));
}

const closedRuleOfInflate = (entry: ZipEntry) =>
  claimsEncryption(entry) ? ('encrypted' as const) : ('malformed' as const);

/** What came out of a stream, and the fact that more did not. */
export function* inflatedFound(
  layer: Layer,
  name: string,
  content: ByteSource,
  end: 'done' | 'cut' | 'corrupt' | 'limit',
  budget: Budget,
  rule: 'encrypted' | 'malformed',
): Generator<Found> {
  if (content.size > 0) yield { child: { name, content } };
  if (end === 'limit') {
    const spent = budget.isLate() ? 'time-budget' : 'bytes-budget';
    const fact = budget.tell(spent, { layer: layer.way }, name);
    if (fact !== undefined) yield { fact };
  } else if (end !== 'done' || rule === 'encrypted') {
    yield closedFact(layer, rule, name);
  }
}
