import { createHash } from 'node:crypto';
import { gather, sourceLines, type Gathered, type Placed } from './gather.ts';
import { lookAt, type FindOptions } from './look.ts';
import type { CopyIndex, CopyMatch } from '../types.ts';

/** A match and how far it is over what blocks, whatever the view. */
interface Weighed {
  readonly match: CopyMatch;
  readonly weight: number;
}

/**
 * What of the registered files a text holds, the strongest first. Of several sources with one label that
 * match the same lines only the best is told. Throws `CordonError('time-up')` past the deadline.
 */
export function findCopies(
  indexes: readonly CopyIndex[],
  bytes: Buffer,
  options: FindOptions,
): CopyMatch[] {
  const found: Weighed[] = [];
  for (const piece of lookAt(bytes, options)) {
    for (const index of indexes) {
      const { warn } = index.thresholds;
      for (const gathered of gather(index, piece, options)) {
        if (gathered.bits >= warn.bits || gathered.tokens >= warn.tokens) {
          found.push(weigh(index, gathered));
        }
      }
    }
  }
  return reduceMatches(found);
}

/** The best raw scores a text reaches in an index, whatever its thresholds: for calibration. */
export function scoreCopies(
  index: CopyIndex,
  bytes: Buffer,
  options: FindOptions,
): { bits: number; tokens: number } {
  let bits = 0;
  let tokens = 0;
  for (const piece of lookAt(bytes, options)) {
    for (const gathered of gather(index, piece, options)) {
      bits = Math.max(bits, gathered.bits);
      tokens = Math.max(tokens, gathered.tokens);
    }
  }
  return { bits, tokens };
}

function weigh(index: CopyIndex, { file, bits, tokens, parts }: Gathered): Weighed {
  const { block, warn } = index.thresholds;
  const rule = bits >= warn.bits ? 'copy' : 'renamed';
  const shown = parts.filter(({ view }) => (view === 'text') === (rule === 'copy'));
  const source = shown.map((part) => sourceLines(index, part));
  const match: CopyMatch = {
    source: index.files[file]!,
    sourceLines: range(source),
    lines: range(shown),
    rule,
    grade: bits >= block.bits || tokens >= block.tokens ? 'sure' : 'likely',
    bits,
    tokens,
    covered: nameGrams(shown),
  };
  return { match, weight: Math.max(bits / block.bits, tokens / block.tokens) };
}

function range(some: readonly { first: number; last: number }[]): { first: number; last: number } {
  let { first, last } = some[0]!;
  for (const one of some) {
    first = Math.min(first, one.first);
    last = Math.max(last, one.last);
  }
  return { first, last };
}

/** A digest of the grams that matched, each once, in order of their value: where they stand does not enter. */
function nameGrams(parts: readonly Placed[]): Buffer {
  const grams = new Set<string>();
  for (const { view, looked, chain } of parts) {
    const { high, low } = looked[view];
    for (const at of chain.hits) {
      grams.add(high[at]!.toString(16).padStart(8, '0') + low[at]!.toString(16).padStart(8, '0'));
    }
  }
  return createHash('sha256')
    .update([...grams].sort().join())
    .digest();
}

/** Matches of one text that are told at most. */
const MOST = 256;

/** Leaves the best of those that match the same lines, as near-duplicate sources do, one for each label. */
function reduceMatches(found: Weighed[]): CopyMatch[] {
  found.sort((a, b) => b.weight - a.weight || (a.match.source.id < b.match.source.id ? -1 : 1));
  const told: CopyMatch[] = [];
  for (const { match } of found) {
    if (told.length === MOST) break;
    const better = told.some(
      (one) => one.source.label === match.source.label && covers(one.lines, match.lines),
    );
    if (!better) told.push(match);
  }
  return told;
}

/** Whether half of the lines of `one` also stand in `by`. */
function covers(by: CopyMatch['lines'], one: CopyMatch['lines']): boolean {
  const shared = Math.min(by.last, one.last) - Math.max(by.first, one.first) + 1;
  return 2 * shared >= one.last - one.first + 1;
}
