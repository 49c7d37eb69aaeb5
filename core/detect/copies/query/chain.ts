import { GRAM } from '../lexer/grams.ts';
import { packedOf } from '../indexing/packed-view.ts';
import { bitsAt } from '../indexing/packed-bits.ts';
import { expectGrams, findRun, type Run } from '../indexing/packed-names.ts';
import type { Grams, View, ViewIndex } from '../types.ts';

/** How far the diagonal of a chain may move from one hit to the next. */
const DRIFT = 16;
/** Positions of the text that a chain may leap. */
const GAP = 256;
/** Places of one gram that are followed. */
const PLACES = 16;
/** Times one gram of a text is looked at: a text of one gram a million times stays linear. */
const TIMES = 64;

/** A run of hits on one diagonal of a text against one registered stream. */
export interface Chain {
  /** Positions of the text in the view, first and last covered. */
  readonly first: number;
  readonly last: number;
  /** The same in the index. */
  readonly sourceFirst: number;
  readonly sourceLast: number;
  /** Positions of the grams that hit. */
  readonly hits: readonly number[];
}

interface Open {
  first: number;
  last: number;
  diagonal: number;
  isStraight: boolean;
  sourceFirst: number;
  sourceLast: number;
  hits: number[];
  /** Entries that were counted; a set once there are many. */
  entries: number[];
  counted: Set<number> | undefined;
}

/** Counted entries that are looked through one by one. */
const FEW = 12;

/** Whether the chain counts this entry for the first time. */
function count(chain: Open, entry: number): boolean {
  const { entries } = chain;
  if (chain.counted === undefined) {
    if (entries.includes(entry)) return false;
    entries.push(entry);
    if (entries.length > FEW) chain.counted = new Set(entries);
    return true;
  }
  if (chain.counted.has(entry)) return false;
  chain.counted.add(entry);
  return true;
}

/**
 * One gram alone is chance, or an idiom; what is copied leaves several. Of two that only happen to have
 * a registered name, some pair in a thousand files stands within a chain's reach: two count where they
 * are close and on one diagonal, as in a short run that is really shared.
 */
const isRun = ({ hits, isStraight }: Open, k: number): boolean =>
  hits.length > 2 || (hits.length === 2 && isStraight && hits[1]! - hits[0]! <= 2 * k);

/**
 * Chains of the hits of a text; a gram counts once a chain. Calls `tick` every few thousand grams.
 */
export function chainHits(grams: Grams, view: View, index: ViewIndex, tick: () => void): Chain[] {
  const { names, places, placeBits, end: lastPlace } = packedOf(index);
  expectGrams(names, grams.count);
  const run: Run = { first: -1, end: -1 };
  const k = GRAM[view];
  const nearest = new Map<number, Open>();
  const times = new Map<number, number>();
  let chains: Open[] = [];
  const follow = (q: number, p: number, entry: number): void => {
    const d = p - q;
    const zone = Math.floor(d / DRIFT);
    let chain: Open | undefined;
    for (let step = 0; step < 3 && chain === undefined; step++) {
      const candidate = nearest.get(zone + (step === 0 ? 0 : step === 1 ? -1 : 1));
      if (
        candidate !== undefined &&
        Math.abs(candidate.diagonal - d) <= DRIFT &&
        q - candidate.last <= GAP
      )
        chain = candidate;
    }
    if (chain === undefined) {
      chain = {
        first: q,
        last: q,
        diagonal: d,
        isStraight: true,
        sourceFirst: p,
        sourceLast: p,
        hits: [],
        entries: [],
        counted: undefined,
      };
      chains.push(chain);
    }
    nearest.set(zone, chain);
    if (chain.diagonal !== d) chain.isStraight = false;
    chain.diagonal = d;
    chain.last = q + k - 1;
    if (p < chain.sourceFirst) chain.sourceFirst = p;
    if (p + k - 1 > chain.sourceLast) chain.sourceLast = p + k - 1;
    if (!count(chain, entry)) return;
    chain.hits.push(q);
  };
  // Memory follows what a text really shares with the index, not how often it touches it.
  const prune = (q: number): void => {
    const open = (chain: Open) => q - chain.last <= GAP;
    chains = chains.filter((chain) => isRun(chain, k) || open(chain));
    for (const [zone, chain] of nearest) if (!open(chain)) nearest.delete(zone);
  };
  for (let q = 0; q < grams.count; q++) {
    if ((q & 8191) === 8191) {
      tick();
      prune(q);
    }
    if (!findRun(names, grams.high[q]!, grams.low[q]!, run)) continue;
    const entry = run.first;
    const before = times.get(entry) ?? 0;
    if (before >= TIMES) continue;
    times.set(entry, before + 1);
    const end = Math.min(run.end, entry + PLACES);
    for (let i = entry; i < end; i++) {
      const place = bitsAt(places, i, placeBits);
      // What a changed file holds must lead nowhere outside of the index.
      if (place < lastPlace) follow(q, place, entry);
    }
  }
  return chains.filter((chain) => isRun(chain, k));
}
