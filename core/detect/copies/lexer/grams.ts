import { ROLL_HIGH, ROLL_LOW, mix, power } from './hash.ts';
import { kind, type Grams, type TokenStream, type View } from '../types.ts';

/** Tokens in a gram. */
export const GRAM: Readonly<Record<View, number>> = { text: 8, rename: 16 };

const seen: Readonly<Record<View, Uint8Array>> = {
  text: kinds([kind.keyword, kind.identifier, kind.number, kind.string, kind.ideograph]),
  rename: kinds([kind.keyword, kind.identifier, kind.number, kind.operator, kind.string]),
};

function kinds(list: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const one of list) table[one] = 1;
  return table;
}

/** An identifier as renaming leaves it: by its distance to its previous use in the gram, 0 for none. */
const distanceHigh = new Uint32Array(GRAM.rename);
const distanceLow = new Uint32Array(GRAM.rename);
for (let d = 0; d < GRAM.rename; d++) {
  distanceHigh[d] = mix(0x51ed270b + d);
  distanceLow[d] = mix(0x2545f491 + d);
}

/**
 * The grams of a stream at every position of a view: of 8 words, or of 16 tokens whose identifiers are
 * replaced by their distances (Baker's parameterised match). Linear in time.
 */
export function gramsOf(stream: TokenStream, view: View): Grams {
  const tokens = tokensOf(stream, view);
  const k = GRAM[view];
  const count = Math.max(0, tokens.length - k + 1);
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const grams = { count, high, low, tokens };
  if (count > 0) {
    if (view === 'text') rollWords(stream, grams);
    else rollRenamed(stream, grams);
  }
  return grams;
}

function tokensOf({ count, kinds: of }: TokenStream, view: View): Uint32Array {
  const wanted = seen[view];
  const tokens = new Uint32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++) {
    if (wanted[of[i] ?? 0] === 1) tokens[n++] = i;
  }
  return tokens.subarray(0, n);
}

function put(grams: Grams, at: number, high: number, low: number): void {
  const a = mix(high ^ (low >>> 16));
  grams.high[at] = a;
  grams.low[at] = mix(low + Math.imul(a, 0x7feb352d));
}

function rollWords({ halves }: TokenStream, grams: Grams): void {
  const { tokens, count } = grams;
  const k = GRAM.text;
  const lastHigh = power(ROLL_HIGH, k);
  const lastLow = power(ROLL_LOW, k);
  let high = 0;
  let low = 0;
  for (let i = 0; i < tokens.length; i++) {
    const t = 2 * (tokens[i] ?? 0);
    high = (Math.imul(high, ROLL_HIGH) + (halves[t] ?? 0)) | 0;
    low = (Math.imul(low, ROLL_LOW) + (halves[t + 1] ?? 0)) | 0;
    const start = i - k + 1;
    if (start < 0) continue;
    if (start > 0) {
      const out = 2 * (tokens[start - 1] ?? 0);
      high = (high - Math.imul(halves[out] ?? 0, lastHigh)) | 0;
      low = (low - Math.imul(halves[out + 1] ?? 0, lastLow)) | 0;
    }
    if (start < count) put(grams, start, high, low);
  }
}

const powersHigh = Int32Array.from({ length: GRAM.rename + 1 }, (_, i) => power(ROLL_HIGH, i));
const powersLow = Int32Array.from({ length: GRAM.rename + 1 }, (_, i) => power(ROLL_LOW, i));

function rollRenamed(stream: TokenStream, grams: Grams): void {
  const { halves, kinds: of } = stream;
  const { tokens, count } = grams;
  const k = GRAM.rename;
  const { before, after } = distances(stream, tokens);
  let high = 0;
  let low = 0;
  for (let i = 0; i < tokens.length; i++) {
    const dropped = i - k;
    if (dropped >= 0) {
      const token = tokens[dropped] ?? 0;
      if (of[token] === kind.identifier) {
        high = (high - Math.imul(distanceHigh[0] ?? 0, powersHigh[k - 1] ?? 0)) | 0;
        low = (low - Math.imul(distanceLow[0] ?? 0, powersLow[k - 1] ?? 0)) | 0;
        // The next use loses sight of this one: it becomes a first use.
        const d = after[dropped] ?? 0;
        if (d > 0) {
          const place = k - 1 - d;
          const byHigh = (distanceHigh[0] ?? 0) - (distanceHigh[d] ?? 0);
          const byLow = (distanceLow[0] ?? 0) - (distanceLow[d] ?? 0);
          high = (high + Math.imul(byHigh, powersHigh[place] ?? 0)) | 0;
          low = (low + Math.imul(byLow, powersLow[place] ?? 0)) | 0;
        }
      } else {
        high = (high - Math.imul(halves[2 * token] ?? 0, powersHigh[k - 1] ?? 0)) | 0;
        low = (low - Math.imul(halves[2 * token + 1] ?? 0, powersLow[k - 1] ?? 0)) | 0;
      }
    }
    const token = tokens[i] ?? 0;
    let inHigh: number;
    let inLow: number;
    if (of[token] === kind.identifier) {
      const d = before[i] ?? 0;
      inHigh = distanceHigh[d] ?? 0;
      inLow = distanceLow[d] ?? 0;
    } else {
      inHigh = halves[2 * token] ?? 0;
      inLow = halves[2 * token + 1] ?? 0;
    }
    high = (Math.imul(high, ROLL_HIGH) + inHigh) | 0;
    low = (Math.imul(low, ROLL_LOW) + inLow) | 0;
    const start = i - k + 1;
    if (start >= 0 && start < count) put(grams, start, high, low);
  }
}

const SLOTS = 4096;

/** Of each identifier, how far back its previous and how far on its next use is; 0 beyond a gram. */
function distances(
  { halves, kinds: of }: TokenStream,
  tokens: Uint32Array,
): { before: Uint8Array; after: Uint8Array } {
  const far = GRAM.rename;
  const before = new Uint8Array(tokens.length);
  const after = new Uint8Array(tokens.length);
  const latest = new Int32Array(SLOTS).fill(-1);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? 0;
    if (of[token] !== kind.identifier) continue;
    const high = halves[2 * token] ?? 0;
    const low = halves[2 * token + 1] ?? 0;
    const slot = low & (SLOTS - 1);
    // No identifier of this slot stands after `latest`; another one of the same slot may hide ours.
    let j = latest[slot] ?? -1;
    latest[slot] = i;
    for (; j >= 0 && i - j < far; j--) {
      const other = tokens[j] ?? 0;
      if (halves[2 * other + 1] !== low || halves[2 * other] !== high) continue;
      if (of[other] !== kind.identifier) continue;
      before[i] = i - j;
      after[j] = i - j;
      break;
    }
  }
  return { before, after };
}
