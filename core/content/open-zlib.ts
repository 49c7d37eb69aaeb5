import type { Spool } from '../source/spool.ts';
import type { Budget } from './budget.ts';
import { inflateNow, inflateStream } from './inflate.ts';
import { WHOLE_LAYER_BYTES, type Layer, type Region } from './layer.ts';
import type { Found } from './opening.ts';
import { inflatedFound } from './open-zip.ts';
import { isZlibHeader } from './recognise-binary.ts';

/** Two bytes are a weak sign: a stream that gives less than this before it breaks was none. */
const LEAST_BYTES = 32;

/** Zlib streams (RFC 1950) wherever they stand in binary content: PDF, git objects, HDF5 chunks. */
export function* openZlibs(
  layer: Layer,
  bytes: Buffer,
  region: Region,
  budget: Budget,
): Generator<Found> {
  for (let at = bytes.indexOf(0x78, region.start); at >= 0 && at < region.end;) {
    let next = at + 1;
    if (isZlibHeader(bytes, at)) {
      // A header every two bytes, each with a stream that breaks late, spends nothing but time.
      if (budget.isLate()) {
        const fact = budget.tell('time-budget', { layer: layer.way }, 'zlib');
        if (fact !== undefined) yield { fact };
        return;
      }
      const start = at;
      const limit = Math.min(WHOLE_LAYER_BYTES, budget.bytesLeft);
      const { content, consumed, end } = inflateNow(bytes.subarray(at + 2), limit);
      if (end === 'limit') {
        // What is behind it is looked at all the same: the length of this one is not known yet.
        yield { later: ({ spool }) => inflateZlibLater(layer, budget, spool, start) };
      } else if ((at === 0 && end === 'done') || content.length >= LEAST_BYTES) {
        yield { child: { name: 'zlib', content } };
        next = at + 2 + consumed;
      }
    }
    at = bytes.indexOf(0x78, next);
  }
}

/** The zlib stream at `start`, of any length. Only at the very beginning is a broken one told. */
export async function* inflateZlibLater(
  layer: Layer,
  budget: Budget,
  spool: Spool,
  start = 0,
): AsyncGenerator<Found> {
  const { bytesLeft, deadline } = budget;
  const { content, end } = await inflateStream(layer.source, start + 2, {
    limit: bytesLeft,
    spool,
    deadline,
  });
  if (content.size < LEAST_BYTES) await content.close();
  else if (start > 0 && (end === 'cut' || end === 'corrupt')) {
    yield { child: { name: 'zlib', content } };
  } else yield* inflatedFound(layer, 'zlib', content, end, budget, 'malformed');
}
