import type { Budget } from './budget.ts';
import { gzipHeaderLength } from './gzip-header.ts';
import { recogniseClosed } from './known-formats.ts';
import type { Layer } from './layer.ts';
import { isTarHeader, listTar } from './list-tar.ts';
import { listZip } from './list-zip.ts';
import { MOST_ENTRIES, openTar } from './look-inside.ts';
import { HEAD_BYTES } from './make-layer.ts';
import { gunzipLater } from './open-gzip.ts';
import { closedFact, type Found, type LaterHelp } from './opening.ts';
import { openZip } from './open-zip.ts';
import { readFromSource } from './reading.ts';

/** Everything inside a layer that is too large for memory. */
export async function* lookInsideLarge(
  layer: Layer,
  budget: Budget,
  help: LaterHelp,
): AsyncGenerator<Found> {
  const { source } = layer;
  const head = await source.read(0, HEAD_BYTES);
  const closed = recogniseClosed(head);
  if (closed !== undefined) {
    yield closedFact(layer, closed.rule, closed.format);
    return;
  }
  if (gzipHeaderLength(head, 0) > 0) yield* gunzipLater(layer, 0, budget, help.spool);
  if (isTarHeader(head, 0)) {
    yield* openTar(layer, await readFromSource(listTar(source.size, MOST_ENTRIES), source), budget);
  }
  const zip = await readFromSource(listZip(source.size, MOST_ENTRIES, layer.skip), source);
  yield* openZip(layer, zip, budget);
}
