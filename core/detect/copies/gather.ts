import type { Chain } from './chain.ts';
import { segmentAt } from './index-builder.ts';
import { chainsOf, type FindOptions, type Looked } from './look.ts';
import type { CopyIndex, View } from './types.ts';

/** A chain where it stands, in lines of the whole text. */
export interface Placed {
  readonly view: View;
  readonly looked: Looked;
  readonly chain: Chain;
  /** Of the chain, less where its source is prose. */
  readonly score: number;
  readonly segment: number;
  readonly first: number;
  readonly last: number;
}

/** What one place of a text has in common with one file, from both views and both streams. */
export interface Gathered {
  readonly file: number;
  readonly bits: number;
  readonly tokens: number;
  readonly parts: readonly Placed[];
}

/**
 * What a word of a registered comment counts, of its rarity in code. A sentence of a manual stands in the
 * comments of many who never saw each other's code, and its words foretell one another.
 */
const PROSE = 0.5;

/** Lines that may stand between two chains of one copy, as between a comment and its code. */
const NEAR = 3;
/** Places of a text that are told of one file. */
const PLACES = 64;

/**
 * Chains of one file that touch the lines of a strong one are its parts: a comment beside its code, the
 * halves of a block with something put between. Parts of one view and stream never cover the same words.
 */
export function gather(
  index: CopyIndex,
  piece: readonly Looked[],
  options: FindOptions,
): Gathered[] {
  const byFile = new Map<number, Placed[]>();
  for (const looked of piece) {
    for (const view of ['text', 'rename'] as const) {
      const { segments } = index[view];
      const { tokens } = looked[view];
      const lineOf = (position: number) =>
        looked.linesBefore + looked.stream.lines[tokens[position]!]!;
      for (const chain of chainsOf(index, looked, view, options)) {
        const segment = segmentAt(segments, chain.sourceFirst);
        const stream = segments.stream[segment]!;
        const file = stream >>> 1;
        const placed = byFile.get(file) ?? [];
        byFile.set(file, placed);
        placed.push({
          view,
          looked,
          chain,
          score: (stream & 1) === 1 ? PROSE * chain.score : chain.score,
          segment,
          first: lineOf(chain.first),
          last: lineOf(chain.last),
        });
      }
    }
  }
  const { block } = index.thresholds;
  const weight = ({ view, score }: Placed) => score / (view === 'text' ? block.bits : block.tokens);
  return [...byFile].flatMap(([file, placed]) =>
    gatherFile(
      file,
      placed.sort((a, b) => weight(b) - weight(a)),
    ),
  );
}

function gatherFile(file: number, strongestFirst: readonly Placed[]): Gathered[] {
  const used = new Set<Placed>();
  const gathered: Gathered[] = [];
  for (const seed of strongestFirst) {
    if (gathered.length === PLACES) break;
    if (used.has(seed)) continue;
    const parts: Placed[] = [];
    const said = new Set<number>();
    for (const one of strongestFirst) {
      if (used.has(one) || one.first > seed.last + NEAR || one.last < seed.first - NEAR) continue;
      // What lies under a stronger part says nothing more, and begins no match of its own.
      if (!parts.some((part) => overlaps(part, one)) && isNew(one, said)) parts.push(one);
      used.add(one);
    }
    gathered.push({
      file,
      bits: sum(parts, 'text'),
      tokens: sum(parts, 'rename'),
      parts,
    });
  }
  return gathered;
}

/** Whether half of a chain's grams were not said before: what repeats itself counts once. */
function isNew({ view, looked, chain }: Placed, said: Set<number>): boolean {
  const { low } = looked[view];
  const fresh = chain.hits.filter((at) => !said.has(low[at]!));
  for (const at of fresh) said.add(low[at]!);
  return 2 * fresh.length >= chain.hits.length;
}

const overlaps = (a: Placed, b: Placed): boolean =>
  a.view === b.view &&
  a.looked === b.looked &&
  a.chain.first <= b.chain.last &&
  b.chain.first <= a.chain.last;

const sum = (parts: readonly Placed[], wanted: View): number =>
  parts.reduce((total, { view, score }) => (view === wanted ? total + score : total), 0);
