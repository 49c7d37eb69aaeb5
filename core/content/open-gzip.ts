import type { Budget } from './budget.ts';
import { gzipHeaderLength } from './gzip-header.ts';
import { inflateNow, inflateStream } from './inflate.ts';
import { WHOLE_LAYER_BYTES, type Layer, type Region } from './layer.ts';
import type { Found } from './opening.ts';
import { inflatedFound } from './open-zip.ts';
import { createCollector } from '../source/collect-source.ts';
import type { Spool } from '../source/spool.ts';

const TRAILER_BYTES = 8;

/**
 * What the gzip members from `at` on hold together. Returns where to look for the next: behind them,
 * or behind the header of one that is only inflated later, since that may be no gzip at all.
 */
function* openGzip(
  layer: Layer,
  bytes: Buffer,
  at: number,
  budget: Budget,
): Generator<Found, number> {
  const parts: Buffer[] = [];
  let size = 0;
  let next = at;
  for (;;) {
    const header = gzipHeaderLength(bytes, next);
    if (header === 0) break;
    const limit = Math.min(WHOLE_LAYER_BYTES, budget.bytesLeft) - size;
    const { content, consumed, end } = inflateNow(bytes.subarray(next + header), limit);
    if (end !== 'done') {
      // Too long for memory, or broken: told apart where it is inflated as far as it goes.
      yield { later: ({ spool }) => gunzipLater(layer, at, budget, spool) };
      return next + header;
    }
    parts.push(content);
    size += content.length;
    next += header + consumed + TRAILER_BYTES;
  }
  if (parts.length > 0) yield { child: { name: 'gzip', content: Buffer.concat(parts) } };
  return next;
}

const LEAST_INFLATED = 512;
const MOST_HEADER_BYTES = 64 * 1024;

/** The same, of any length: all members of one stream are one content, as gunzip has it. */
export async function* gunzipLater(
  layer: Layer,
  start: number,
  budget: Budget,
  spool: Spool,
): AsyncGenerator<Found> {
  const { source } = layer;
  const all = createCollector(spool);
  let next = start;
  let end: 'done' | 'cut' | 'corrupt' | 'limit' = 'done';
  while (next < source.size && end === 'done') {
    const header = gzipHeaderLength(await source.read(next, MOST_HEADER_BYTES), 0);
    if (header === 0) break;
    const limit = budget.bytesLeft - all.size;
    const { deadline } = budget;
    const member = await inflateStream(source, next + header, { limit, spool, deadline });
    end = member.end;
    for await (const chunk of member.content.stream()) all.write(chunk);
    await member.content.close();
    next += header + member.consumed + TRAILER_BYTES;
  }
  // Behind other bytes a header can be chance, or a constant of a program that reads gzip.
  const least = start === 0 ? 0 : LEAST_INFLATED;
  if (all.size < least && (end === 'corrupt' || end === 'cut')) await all.discard();
  else yield* inflatedFound(layer, 'gzip', all.finish(), end, budget, 'malformed');
}

/** Gzip members wherever they stand: at the start, behind a prefix, appended to a picture. */
export function* openGzips(
  layer: Layer,
  bytes: Buffer,
  { start, end }: Region,
  budget: Budget,
): Generator<Found> {
  for (let at = findGzip(bytes, start); at >= 0 && at < end;) {
    const next = yield* openGzip(layer, bytes, at, budget);
    if (budget.isLate()) {
      const fact = budget.tell('time-budget', { layer: layer.way }, 'gzip');
      if (fact !== undefined) yield { fact };
      return;
    }
    at = findGzip(bytes, Math.max(at + 1, next));
  }
}

/** The first gzip member from `from` on, or -1. */
export function findGzip(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0x1f, from); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (gzipHeaderLength(bytes, at) > 0 && (at === 0 || isUsualHeader(bytes, at))) return at;
  }
  return -1;
}

/** Behind other bytes the magic can be chance, so what a writer puts into the header must fit too. */
function isUsualHeader(bytes: Buffer, at: number): boolean {
  const level = bytes[at + 8] ?? 0xff;
  const system = bytes[at + 9] ?? 0;
  return (level === 0 || level === 2 || level === 4) && (system <= 13 || system === 255);
}
