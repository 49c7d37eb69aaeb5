import type { Chain } from './chain.ts';
import { createTally, type Times } from './tally.ts';
import { lineAt } from '../indexing/line-table.ts';
import { segmentAt } from '../indexing/index-builder.ts';
import { chainsOf, type FindOptions, type Looked } from './look.ts';
import type { CopyIndex, View } from '../types.ts';

/** A chain where it stands, in lines of the whole text. */
export interface Placed {
  readonly view: View;
  readonly looked: Looked;
  readonly chain: Chain;
  /** Of the chain alone. */
  readonly score: number;
  /** What its words count: less where its source is prose. */
  readonly factor: number;
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
        const factor = (stream & 1) === 1 ? PROSE : 1;
        const file = stream >>> 1;
        const placed = byFile.get(file) ?? [];
        byFile.set(file, placed);
        placed.push({
          view,
          looked,
          chain,
          factor,
          score: factor * createTally(looked, view, options.words, new Map()).add(chain.hits),
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
      index,
      file,
      placed.sort((a, b) => weight(b) - weight(a)),
      options,
    ),
  );
}

function gatherFile(
  index: CopyIndex,
  file: number,
  strongestFirst: readonly Placed[],
  options: FindOptions,
): Gathered[] {
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
      bits: bitsOf(index, parts, options),
      tokens: sum(parts, 'rename', options),
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

/** What the parts of one view say together: what one of them said counts less in the next. */
function sum(parts: readonly Placed[], wanted: View, { words }: FindOptions): number {
  const [first, ...rest] = parts.filter(({ view }) => view === wanted);
  if (first === undefined) return 0;
  if (rest.length === 0) return first.score;
  const times: Times = new Map();
  let total = 0;
  for (const { looked, chain, factor } of [first, ...rest]) {
    total += factor * createTally(looked, wanted, words, times).add(chain.hits);
  }
  return total;
}

/** What words are worth that stand on one or two lines of their source: messages, links, signatures. */
const FEW_LINES = [0, 0.5, 0.75] as const;
/** What comments alone are worth: notices and documentation are copied by everyone. */
const PROSE_ALONE = 2 / 3;

/** The bits of a match, less where it is a line or two, or no code. Lines of the source: no re-wrapping of a copy changes them. */
function bitsOf(index: CopyIndex, parts: readonly Placed[], options: FindOptions): number {
  const bits = sum(parts, 'text', options);
  // Finding lines takes time, and this is no match either way.
  if (2 * bits < index.thresholds.warn.bits) return bits;
  let lines = 0;
  let isProse = true;
  for (const part of parts) {
    if (part.view !== 'text') continue;
    const { first, last } = sourceLines(index, part);
    lines += last - first + 1;
    if (part.factor === 1) isProse = false;
  }
  return bits * (FEW_LINES[lines] ?? 1) * (isProse ? PROSE_ALONE : 1);
}

/** The lines of a chain in its registered file. */
export function sourceLines(
  { lineTables, ...index }: CopyIndex,
  { view, segment, chain }: Pick<Placed, 'view' | 'segment' | 'chain'>,
): { first: number; last: number } {
  const { base, lines } = index[view].segments;
  const line = (place: number) =>
    lineAt(lineTables, lines[segment] ?? 0, lines[segment + 1] ?? 0, place - (base[segment] ?? 0));
  return { first: line(chain.sourceFirst), last: line(chain.sourceLast) };
}
