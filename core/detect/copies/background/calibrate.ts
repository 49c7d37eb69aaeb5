import { scoreCopies } from '../query/find-copies.ts';
import { defaultThresholds } from '../indexing/index-builder.ts';
import type { CopyIndex, Thresholds, WordTable } from '../types.ts';

/** At most so many of the files that have nothing to do with an index may fire. */
const aimedRate = 1 / 10_000;
/** Each view gets half of the rate, since either alone decides. */
const views = 2;
/** Files in the tail that its fall is read from, at most and at least. */
const mostInTail = 100;
const leastInTail = 10;
/**
 * What is this many times over the default is a block of text, not chance: the strongest of idioms that
 * people write alike scored 240 bits (facts: copies.md §12).
 */
const blockTimes = 2.5;
/** 95 % that the tail falls no slower than read. */
const confidence = 1.645;

export interface HeldBackFile {
  /** Package and path, for the report. */
  readonly name: string;
  /** Its package alone; files of a package that holds a whole block elsewhere are not unrelated. */
  readonly package?: string;
  readonly read: () => Buffer | undefined;
}

interface Scored {
  readonly name: string;
  readonly package: string;
  readonly bits: number;
  readonly tokens: number;
}

export interface Calibration {
  readonly thresholds: Thresholds;
  /** Files scored. Under some thousands the rate is read from the tail's fall, and with few the defaults stand. */
  readonly files: number;
  /** How many of them fire under the default thresholds, and under these. */
  readonly firedBefore: number;
  readonly firedAfter: number;
  /** Upper 95 % bound of the rate that the observed files alone prove. */
  readonly rateBound: number;
  /** Files that hold a whole block of classified text, and firing ones of their packages: true copies. They lift nothing and are told to the owner. */
  readonly overlaps: readonly { name: string; bits: number; tokens: number }[];
  /** False when the deadline came first. */
  readonly complete: boolean;
}

/**
 * Lifts the thresholds of an index, never below the defaults, until public files that its background did
 * not see fire at most once in 10,000. The index must have been built without the packages held back.
 *
 * Of n files, n/10,000 may fire, rounded; that alone says little of the rate when n is small, so where one
 * of them comes near the tail is read as well: above the level that 1 % of the files reach, scores fall off exponentially (mean excess, at its 95 %
 * upper bound), and the threshold stands where that fall meets the rate. The higher of the two counts.
 */
export function calibrate(
  index: CopyIndex,
  files: Iterable<HeldBackFile>,
  { words, deadline = Infinity }: { readonly words: WordTable; readonly deadline?: number },
): Calibration {
  const { block, warn } = defaultThresholds;
  const scored: Scored[] = [];
  let complete = true;
  for (const { name, package: of = name, read } of files) {
    if (performance.now() > deadline) {
      complete = false;
      break;
    }
    const bytes = read();
    if (bytes === undefined) continue;
    scored.push({ name, package: of, ...scoreCopies(index, bytes, { words }) });
  }
  const over = (one: Scored, times: number) =>
    one.bits >= block.bits * times || one.tokens >= block.tokens * times;
  // Who took a whole block of the indexed code also took smaller ones.
  const related = new Set(scored.filter((one) => over(one, blockTimes)).map((one) => one.package));
  const overlaps = scored.filter((one) => related.has(one.package) && over(one, 1));
  const told = new Set(overlaps);
  const unrelated = scored.filter((one) => !told.has(one));
  const bits = unrelated.map((one) => one.bits);
  const tokens = unrelated.map((one) => one.tokens);
  // So many may fire at the aimed rate; the strongest of them say nothing of the others.
  const mayFire = Math.round(unrelated.length * aimedRate);
  const rest = unrelated.toSorted((a, b) => weight(b) - weight(a)).slice(mayFire);
  const lifted = {
    bits: lift(
      rest.map((one) => one.bits),
      block.bits,
      warn.bits,
    ),
    tokens: lift(
      rest.map((one) => one.tokens),
      block.tokens,
      warn.tokens,
    ),
  };
  const fired = (at: Thresholds['block']) =>
    bits.filter((score, i) => score >= at.bits || (tokens[i] ?? 0) >= at.tokens).length;
  const firedAfter = fired(lifted);
  return {
    thresholds: {
      block: lifted,
      // As far below as the defaults are.
      warn: {
        bits: Math.max(warn.bits, Math.round((lifted.bits * warn.bits) / block.bits)),
        tokens: Math.max(warn.tokens, Math.round((lifted.tokens * warn.tokens) / block.tokens)),
      },
    },
    files: bits.length,
    firedBefore: fired(block),
    firedAfter,
    rateBound: rateBound(firedAfter, bits.length),
    overlaps: overlaps.map((one) => ({ name: one.name, bits: one.bits, tokens: one.tokens })),
    complete,
  };
}

const weight = ({ bits, tokens }: Scored): number =>
  Math.max(bits / defaultThresholds.block.bits, tokens / defaultThresholds.block.tokens);

/**
 * The threshold of one view, above all of these. Their tail is read only where one of them comes near:
 * the default was set on more files than most indexes are calibrated by.
 */
function lift(scores: readonly number[], least: number, near: number): number {
  const sorted = scores.toSorted((a, b) => b - a);
  const best = sorted[0] ?? 0;
  if (best < near) return least;
  return Math.ceil(Math.max(least, best + 1, tailLevel(sorted)));
}

/** Where the tail's exponential fall meets the rate; 0 with too few scores to read one. */
function tailLevel(sorted: readonly number[]): number {
  const n = sorted.length;
  const inTail = Math.min(mostInTail, Math.max(leastInTail, Math.floor(n / 100)));
  const level = sorted[inTail] ?? 0;
  if (level <= 0) return 0;
  const excess = sorted.slice(0, inTail).reduce((sum, score) => sum + score - level, 0) / inTail;
  const fall = excess * (1 + confidence / Math.sqrt(inTail));
  return level + fall * Math.max(0, Math.log((inTail / n) * (views / aimedRate)));
}

/** Exact upper bound (Clopper and Pearson, 95 %, one side) of a rate after `fired` of `n`. */
export function rateBound(fired: number, n: number): number {
  if (n === 0) return 1;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const rate = (low + high) / 2;
    if (chanceOfAtMost(fired, n, rate) > 0.05) low = rate;
    else high = rate;
  }
  return high;
}

function chanceOfAtMost(fired: number, n: number, rate: number): number {
  let term = n * Math.log1p(-rate);
  let sum = Math.exp(term);
  for (let i = 1; i <= Math.min(fired, n); i++) {
    term += Math.log((n - i + 1) / i) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(term);
  }
  return sum;
}
