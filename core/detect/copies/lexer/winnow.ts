import type { Grams, View } from '../types.ts';

/**
 * Of every this many consecutive grams one is kept. Two edits of ten lines leave runs of ten words, of
 * which 4 would keep too little; the index stays below half of any source.
 */
export const WINDOW: Readonly<Record<View, number>> = { text: 3, rename: 6 };

/**
 * The positions that winnowing keeps: of every `window` consecutive grams the smallest, the rightmost of equal
 * ones (Schleimer, Wilkerson and Aiken, 2003). A gram that `skip` names is never kept, so that a window
 * gives its smallest that says something.
 */
export function winnow(grams: Grams, window: number = WINDOW.text, skip?: Uint8Array): Uint32Array {
  const { count, high, low } = grams;
  const kept = new Uint32Array(count);
  let n = 0;
  let last = -1;
  for (let end = Math.min(window, count) - 1; end >= 0 && end < count; end++) {
    let best = -1;
    for (let i = Math.max(0, end - window + 1); i <= end; i++) {
      if (skip !== undefined && skip[i] === 1) continue;
      if (best < 0 || less(high, low, i, best)) best = i;
    }
    if (best > last) {
      kept[n++] = best;
      last = best;
    }
  }
  return kept.slice(0, n);
}

function less(high: Uint32Array, low: Uint32Array, i: number, than: number): boolean {
  const a = high[i] ?? 0;
  const b = high[than] ?? 0;
  return a === b ? (low[i] ?? 0) <= (low[than] ?? 0) : a < b;
}
