import { recogniseClosed, findClosedInside } from './known-formats.ts';
import type { Budget } from './budget.ts';
import { gzipHeaderLength } from './gzip-header.ts';
import type { Layer } from './layer.ts';
import { isAr, listAr } from './list-ar.ts';
import { findTar, listTar } from './list-tar.ts';
import { listZip } from './list-zip.ts';
import { findEncoded, MOST_ENTRIES } from './look-inside.ts';
import { HEAD_BYTES } from './make-layer.ts';
import { decodeLongRun, findLongRun } from './long-run.ts';
import { findGzip, gunzipLater } from './open-gzip.ts';
import { openMembers, openTar } from './open-members.ts';
import { closedFact, type Found, type LaterHelp } from './opening.ts';
import { inflateZlibLater } from './open-zlib.ts';
import { openZip } from './open-zip.ts';
import { createSourcePositions } from './position.ts';
import { readFromSource } from './reading.ts';
import { isZlibHeader } from './recognise-binary.ts';
import { skippedUntil } from './skipped.ts';
import { decodeWideLater, recogniseWideText } from './unicode.ts';

/** Everything inside a layer that is too large for memory. */
export async function* lookInsideLarge(
  layer: Layer,
  budget: Budget,
  help: LaterHelp,
): AsyncGenerator<Found> {
  const { source } = layer;
  const head = await source.read(0, HEAD_BYTES);
  const closed = recogniseClosed(head);
  if (closed !== undefined) yield closedFact(layer, closed.rule, closed.format);
  const wide = recogniseWideText(head);
  if (wide !== undefined) yield* decodeWideLater(layer, wide, budget, help.spool);
  if (gzipHeaderLength(head, 0) > 0) yield* gunzipLater(layer, 0, budget, help.spool);
  if (isZlibHeader(head, 0)) yield* inflateZlibLater(layer, budget, help.spool);
  if (isAr(head)) {
    const members = await readFromSource(listAr(source.size, MOST_ENTRIES), source, budget);
    if (members === undefined) {
      yield* outOfTime(layer, budget);
      return;
    }
    yield* openMembers(layer, members);
  }
  const zip = await readFromSource(listZip(source.size, MOST_ENTRIES, layer.skip), source, budget);
  if (zip === undefined) {
    yield* outOfTime(layer, budget);
    return;
  }
  yield* openZip(layer, zip, budget);
  // Compressed and encrypted bytes hold no text: what follows would be work for nothing.
  if (closed === undefined) yield* lookThroughWindows(layer, budget, help);
}

function* outOfTime(layer: Layer, budget: Budget): Generator<Found> {
  const fact = budget.tell('time-budget', { layer: layer.way });
  if (fact !== undefined) yield { fact };
}

const WINDOW_BYTES = 2 * 1024 * 1024;
/** What a header needs that begins at a window's very end. */
const OVERLAP_BYTES = 1024;

async function* lookThroughWindows(
  layer: Layer,
  budget: Budget,
  help: LaterHelp,
): AsyncGenerator<Found> {
  const { source } = layer;
  const originAt = layer.form === 'text' ? createSourcePositions(source, layer.origin) : undefined;
  let tarEnd = 0;
  let gzipEnd = 1;
  for (let at = 0; at < source.size;) {
    const skipped = skippedUntil(layer, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    if (budget.isLate()) {
      yield* outOfTime(layer, budget);
      return;
    }
    const window = await source.read(at, WINDOW_BYTES);
    const isLast = at + window.length >= source.size;
    if (layer.form === 'binary') {
      const tar = at >= tarEnd ? findTar(window) : -1;
      if (tar >= 0) {
        const listing = await readFromSource(
          listTar(source.size, MOST_ENTRIES, at + tar),
          source,
          budget,
        );
        if (listing === undefined) {
          yield* outOfTime(layer, budget);
          return;
        }
        tarEnd = listing.end;
        yield* openTar(layer, listing, budget);
      }
      const gzip = findGzip(window, Math.max(0, gzipEnd - at));
      if (gzip >= 0) {
        gzipEnd = at + gzip + 1;
        yield* gunzipLater(layer, at + gzip, budget, help.spool);
      }
      const inside = findClosedInside(window);
      if (inside !== undefined) {
        yield closedFact(layer, inside.format.rule, inside.format.format, at + inside.at);
      }
    }
    const long = isLast ? undefined : findLongRun(window);
    const cut = isLast ? window.length : (long?.start ?? cutOf(window));
    for (const { name, content, start } of findEncoded(window.subarray(0, cut), layer.form)) {
      const origin = await originAt?.(at + start);
      yield { child: { name, content, ...(origin === undefined ? {} : { origin }) } };
    }
    at += cut;
    if (long !== undefined && (long.fills || cut === 0)) {
      const run = await decodeLongRun(source, at, long, budget, help.spool);
      const origin = await originAt?.(at);
      yield {
        child: {
          name: long.name,
          content: run.content,
          ...(origin === undefined ? {} : { origin }),
        },
      };
      if (run.isCut) {
        const fact = budget.tell('bytes-budget', { layer: layer.way }, long.name);
        if (fact !== undefined) yield { fact };
      }
      at = run.end;
    }
  }
}

/** A window ends with a line where it can, so that no escape and no run is cut in two. */
function cutOf(window: Buffer): number {
  const newline = window.lastIndexOf(10) + 1;
  return newline > window.length / 2 ? newline : window.length - OVERLAP_BYTES;
}
