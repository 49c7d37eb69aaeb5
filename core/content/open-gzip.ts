import type { Budget } from './budget.ts';
import { gzipHeaderLength } from './gzip-header.ts';
import { inflateNow, inflateStream } from './inflate.ts';
import { WHOLE_LAYER_BYTES, type Layer } from './layer.ts';
import type { Found } from './opening.ts';
import { inflatedFound } from './open-zip.ts';
import { createCollector } from '../source/collect-source.ts';
import type { Spool } from '../source/spool.ts';

const TRAILER_BYTES = 8;

/** What the gzip members from `at` on hold together. Returns where they end. */
export function* openGzip(
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
      return bytes.length;
    }
    parts.push(content);
    size += content.length;
    next += header + consumed + TRAILER_BYTES;
  }
  if (parts.length > 0) yield { child: { name: 'gzip', content: Buffer.concat(parts) } };
  return next;
}

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
  yield* inflatedFound(layer, 'gzip', all.finish(), end, budget, 'malformed');
}
