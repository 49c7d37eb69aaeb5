import type { Region } from '../../content/layer.ts';
import { capBytes, type Recognised } from './format.ts';
import { matchQuantised } from './headerless-quantised.ts';
import { type Match, matchWindow, WINDOW_BYTES } from './headerless-window.ts';
import { type Reading, take, type Window } from './window.ts';

/** Places looked at, evenly spread, and windows that lie side by side in each. */
const PLACES = 15;
const SIDE_BY_SIDE = 4;
/** So many windows in a row must agree on type and phase. Chance does not. */
const IN_A_ROW = 3;
const PLACE_BYTES = SIDE_BY_SIDE * WINDOW_BYTES;
/** Smaller regions are too short to tell by statistics; in small ones every window has to agree. */
const LEAST_REGION = WINDOW_BYTES;

/**
 * Raw tensor elements, told by statistics alone: at most 1 MiB is read, whatever the size. The payload
 * is the part of the region that the places looked at stand for.
 */
export function* findHeaderless(window: Window, region: Region): Reading<Recognised | undefined> {
  const size = region.end - region.start;
  if (size < LEAST_REGION) return undefined;
  const places = Math.max(1, Math.min(PLACES, Math.floor(size / PLACE_BYTES)));
  const step = places === 1 ? 0 : (size - PLACE_BYTES) / (places - 1);
  let matched = 0;
  let first: number | undefined;
  for (let i = 0; i < places; i++) {
    // Elements keep their phase from place to place.
    const start = region.start + Math.floor((i * step) / 8) * 8;
    const bytes = yield* take(window, start, Math.min(PLACE_BYTES, size));
    if (!agrees(bytes)) continue;
    matched += 1;
    first ??= start;
  }
  if (first === undefined) return undefined;
  return {
    rule: 'headerless-tensors',
    payloadBytes: capBytes(Math.round((size * matched) / places)),
    offset: first === region.start && matched > places / 2 ? region.start : first,
    payload: [],
    end: region.end,
  };
}

/** Whether elements go on from the window before: blocks of odd sizes begin elsewhere in the next. */
function continues(match: Match, last: Match): boolean {
  const period = match.period ?? 1;
  const carried = (last.phase - WINDOW_BYTES) % period;
  return match.period === undefined
    ? match.phase === last.phase
    : match.phase === (carried + period) % period;
}

/** Whether IN_A_ROW windows side by side hold elements of one type. */
function agrees(bytes: Buffer): boolean {
  let row = 0;
  let last: Match | undefined;
  const windows = Math.floor(bytes.length / WINDOW_BYTES);
  const needed = Math.min(IN_A_ROW, windows);
  for (let i = 0; i < windows; i++) {
    // The rest is too short for a row.
    if (row + windows - i < needed) return false;
    const window = bytes.subarray(i * WINDOW_BYTES, (i + 1) * WINDOW_BYTES);
    const match = matchWindow(window) ?? matchQuantised(window);
    const same = match !== undefined && match.name === last?.name && continues(match, last);
    row = match === undefined ? 0 : same ? row + 1 : 1;
    last = match;
    if (row >= needed) return true;
  }
  return false;
}
