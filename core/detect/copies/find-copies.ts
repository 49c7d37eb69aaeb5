import { createHash } from 'node:crypto';
import { CordonError } from '../../error.ts';
import { chainHits, type Chain } from './chain.ts';
import { GRAM, gramsOf } from './grams.ts';
import { segmentAt } from './index-builder.ts';
import { lex } from './lex.ts';
import { lineAt } from './line-table.ts';
import {
  kind,
  type CopyIndex,
  type CopyMatch,
  type Grams,
  type TokenStream,
  type View,
  type WordTable,
} from './types.ts';

export interface FindOptions {
  readonly words: WordTable;
  /** Milliseconds of `performance.now()` after which `CordonError('time-up')` is thrown. */
  readonly deadline?: number;
}

/** A text is looked at in pieces of this size, so that memory stays bounded. */
const PIECE = 4 * 1024 * 1024;
/** What two pieces share: more than any copy needs to count. */
const SHARED = 64 * 1024;

/** Bits of a character of a script without spaces, which no table counts. */
const IDEOGRAPH_BITS = 5;

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
  for (const piece of piecesOf(bytes)) {
    for (const looked of lookAt(piece.bytes, options)) {
      for (const index of indexes) found.push(...matchesOf(index, looked, piece.line, options));
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
  for (const piece of piecesOf(bytes)) {
    for (const looked of lookAt(piece.bytes, options)) {
      for (const { score } of chainsOf(index, looked, 'text', 0, options))
        bits = Math.max(bits, score);
      for (const { score } of chainsOf(index, looked, 'rename', 0, options))
        tokens = Math.max(tokens, score);
    }
  }
  return { bits, tokens };
}

interface Looked {
  readonly stream: TokenStream;
  readonly text: Grams;
  readonly rename: Grams;
}

function lookAt(bytes: Buffer, { deadline }: FindOptions): Looked[] {
  checkTime(deadline);
  const { code, prose } = lex(bytes);
  return [code, prose].map((stream) => ({
    stream,
    text: gramsOf(stream, 'text'),
    rename: gramsOf(stream, 'rename'),
  }));
}

function checkTime(deadline: number | undefined): void {
  if (deadline !== undefined && performance.now() > deadline) throw new CordonError('time-up');
}

/** A text in pieces, each beginning at a line where there is one, with the lines before it. */
function* piecesOf(bytes: Buffer): Generator<{ bytes: Buffer; line: number }> {
  let line = 0;
  let start = 0;
  for (;;) {
    const end = Math.min(bytes.length, start + PIECE);
    yield { bytes: bytes.subarray(start, end), line };
    if (end === bytes.length) return;
    const newline = bytes.indexOf(10, end - SHARED);
    const next = newline >= 0 && newline < end ? newline + 1 : end - SHARED;
    for (let at = bytes.indexOf(10, start); at >= 0 && at < next; at = bytes.indexOf(10, at + 1))
      line++;
    start = next;
  }
}

function chainsOf(
  index: CopyIndex,
  looked: Looked,
  view: View,
  floor: number,
  { words, deadline }: FindOptions,
): Chain[] {
  const { stream } = looked;
  const { tokens } = looked[view];
  const worth =
    view === 'rename'
      ? () => 1
      : (position: number) => {
          const token = tokens[position]!;
          if (stream.kinds[token] === kind.ideograph) return IDEOGRAPH_BITS;
          return words.bits(stream.halves[2 * token]!, stream.halves[2 * token + 1]!);
        };
  return chainHits(looked[view], view, index[view], worth, floor, () => checkTime(deadline));
}

/** A chain where it stands, in lines of the whole text. */
interface Placed {
  readonly view: View;
  readonly file: number;
  readonly chain: Chain;
  readonly first: number;
  readonly last: number;
}

/** A match and how far it is over what blocks, whatever the view. */
interface Weighed {
  readonly match: CopyMatch;
  readonly weight: number;
}

function matchesOf(
  index: CopyIndex,
  looked: Looked,
  linesBefore: number,
  options: FindOptions,
): Weighed[] {
  const { warn } = index.thresholds;
  const placed = [
    ...placeChains(index, looked, 'text', linesBefore, options),
    ...placeChains(index, looked, 'rename', linesBefore, options),
  ];
  return placed
    .filter(({ view, chain }) => chain.score >= (view === 'text' ? warn.bits : warn.tokens))
    .map((one) => weigh(index, looked, one, bestBeside(one, placed)));
}

function placeChains(
  index: CopyIndex,
  looked: Looked,
  view: View,
  linesBefore: number,
  options: FindOptions,
): Placed[] {
  const { segments } = index[view];
  const { tokens } = looked[view];
  const lineOf = (position: number) => linesBefore + looked.stream.lines[tokens[position]!]!;
  return chainsOf(index, looked, view, GRAM[view], options).map((chain) => ({
    view,
    file: segments.file[segmentAt(segments, chain.sourceFirst)]!,
    chain,
    first: lineOf(chain.first),
    last: lineOf(chain.last),
  }));
}

/** The best score the other view has for the same lines of the same file. */
function bestBeside(one: Placed, placed: readonly Placed[]): number {
  let best = 0;
  for (const { view, file, chain, first, last } of placed) {
    if (view === one.view || file !== one.file || last < one.first || first > one.last) continue;
    if (chain.score > best) best = chain.score;
  }
  return best;
}

function weigh(
  index: CopyIndex,
  looked: Looked,
  { view, file, chain, first, last }: Placed,
  beside: number,
): Weighed {
  const { block, warn } = index.thresholds;
  const bits = view === 'text' ? chain.score : beside;
  const tokens = view === 'rename' ? chain.score : beside;
  const { segments } = index[view];
  const segment = segmentAt(segments, chain.sourceFirst);
  const sourceLine = (place: number) =>
    lineAt(
      index.lineTables,
      segments.lines[segment]!,
      segments.lines[segment + 1]!,
      place - segments.base[segment]!,
    );
  const match: CopyMatch = {
    source: index.files[file]!,
    sourceLines: { first: sourceLine(chain.sourceFirst), last: sourceLine(chain.sourceLast) },
    lines: { first, last },
    rule: bits >= warn.bits ? 'copy' : 'renamed',
    grade: bits >= block.bits || tokens >= block.tokens ? 'sure' : 'likely',
    bits,
    tokens,
    covered: nameGrams(looked[view], chain.hits),
  };
  return { match, weight: Math.max(bits / block.bits, tokens / block.tokens) };
}

/** A digest of the grams that matched, each once, in order of their value: where they stand does not enter. */
function nameGrams({ high, low }: Grams, hits: readonly number[]): Buffer {
  const grams = BigUint64Array.from(
    hits,
    (at) => (BigInt(high[at]!) << 32n) | BigInt(low[at]!),
  ).sort();
  const hash = createHash('sha256');
  let before: bigint | undefined;
  for (const gram of grams) {
    if (gram !== before) hash.update(gram.toString(16).padStart(16, '0'));
    before = gram;
  }
  return hash.digest();
}

/** Matches of one text that are told at most. */
const MOST = 256;

/** Leaves the best of those that match the same lines, as near-duplicate sources do, one for each label. */
function reduceMatches(found: Weighed[]): CopyMatch[] {
  found.sort((a, b) => b.weight - a.weight || (a.match.source.id < b.match.source.id ? -1 : 1));
  const told: CopyMatch[] = [];
  for (const { match } of found) {
    if (told.length === MOST) break;
    if (!told.some((better) => better.source.label === match.source.label && covers(better, match)))
      told.push(match);
  }
  return told;
}

/** Whether half of the lines of `one` also stand in `by`. */
function covers(by: CopyMatch, one: CopyMatch): boolean {
  const shared =
    Math.min(by.lines.last, one.lines.last) - Math.max(by.lines.first, one.lines.first) + 1;
  return 2 * shared >= one.lines.last - one.lines.first + 1;
}
