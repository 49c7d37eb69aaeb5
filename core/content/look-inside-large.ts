import { recogniseClosed, findClosedInside } from './known-formats.ts';
import type { Budget } from './budget.ts';
import { gzipHeaderLength } from './gzip-header.ts';
import type { Layer, Region } from './layer.ts';
import { isAr, listAr } from './list-ar.ts';
import { findTar, isTarHeader, listTar } from './list-tar.ts';
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
import { gapsBetween, isSkipped } from './skipped.ts';
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
  const taken: Region[] = layer.skip.filter((region) => isSkipped(layer, region));
  for await (const found of listArchives(layer, head, budget)) {
    if ('child' in found && found.child.from !== undefined) taken.push(found.child.from);
    yield found;
  }
  // Compressed and encrypted bytes hold no text: what follows would be work for nothing.
  if (closed !== undefined) return;
  for (const gap of gapsBetween(taken, source.size, LEAST_GAP)) {
    yield* lookThroughWindows(layer, gap, budget, help);
    if (budget.isSpent) return;
  }
}

const LEAST_GAP = 24;

async function* listArchives(layer: Layer, head: Buffer, budget: Budget): AsyncGenerator<Found> {
  const { source } = layer;
  if (isAr(head)) {
    const members = await readFromSource(listAr(source.size, MOST_ENTRIES), source, budget);
    yield* members === undefined ? outOfTime(layer, budget) : openMembers(layer, members);
  }
  if (isTarHeader(head, 0)) {
    const tar = await readFromSource(listTar(source.size, MOST_ENTRIES), source, budget);
    yield* tar === undefined ? outOfTime(layer, budget) : openTar(layer, tar, budget);
  }
  const zip = await readFromSource(listZip(source.size, MOST_ENTRIES, layer.skip), source, budget);
  yield* zip === undefined ? outOfTime(layer, budget) : openZip(layer, zip, budget);
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
  gap: Region,
  budget: Budget,
  help: LaterHelp,
): AsyncGenerator<Found> {
  const { source } = layer;
  const originAt = layer.form === 'text' ? createSourcePositions(source, layer.origin) : undefined;
  for (let at = gap.start; at < gap.end;) {
    if (budget.isLate()) {
      yield* outOfTime(layer, budget);
      return;
    }
    const window = await source.read(at, Math.min(WINDOW_BYTES, gap.end - at));
    const isLast = at + window.length >= gap.end;
    const long = isLast ? undefined : findLongRun(window);
    const cut = isLast ? window.length : (long?.start ?? cutOf(window));
    if (layer.form === 'binary') yield* findStrays(layer, window, at, cut, budget, help);
    for (const { name, content, start } of findEncoded(window.subarray(0, cut), layer.form)) {
      const origin = await originAt?.(at + start);
      yield { child: { name, content, ...(origin === undefined ? {} : { origin }) } };
    }
    at += cut;
    if (long?.fills !== true && cut > 0) continue;
    if (long === undefined) return;
    const run = await decodeLongRun(source, at, long, budget, help.spool);
    const origin = await originAt?.(at);
    const { name } = long;
    yield { child: { name, content: run.content, ...(origin === undefined ? {} : { origin }) } };
    if (run.isCut) {
      const fact = budget.tell('bytes-budget', { layer: layer.way }, name);
      if (fact !== undefined) yield { fact };
    }
    at = run.end;
  }
}

/** Archives that begin in a window of a binary layer, behind its first bytes. */
async function* findStrays(
  layer: Layer,
  window: Buffer,
  at: number,
  cut: number,
  budget: Budget,
  help: LaterHelp,
): AsyncGenerator<Found> {
  const { source } = layer;
  for (let tar = findTar(window); tar >= 0 && tar < cut;) {
    // The layer's own beginning has been opened already.
    if (at + tar === 0) {
      tar = findTar(window, 512);
      continue;
    }
    const listing = await readFromSource(
      listTar(source.size, MOST_ENTRIES, at + tar),
      source,
      budget,
    );
    if (listing === undefined) {
      yield* outOfTime(layer, budget);
      return;
    }
    yield* openTar(layer, listing, budget);
    tar = listing.end - at < cut ? findTar(window, Math.max(listing.end - at, tar + 1)) : -1;
  }
  const from = at === 0 ? 1 : 0;
  for (let gzip = findGzip(window, from); gzip >= 0 && gzip < cut;) {
    yield* gunzipLater(layer, at + gzip, budget, help.spool);
    gzip = findGzip(window, gzip + 1);
  }
  const inside = findClosedInside(window.subarray(0, cut + OVERLAP_BYTES));
  if (inside !== undefined && inside.at < cut) {
    yield closedFact(layer, inside.format.rule, inside.format.format, at + inside.at);
  }
}

/** A window ends with a line where it can, so that no escape and no run is cut in two. */
function cutOf(window: Buffer): number {
  const newline = window.lastIndexOf(10) + 1;
  return newline > window.length / 2 ? newline : window.length - OVERLAP_BYTES;
}
