import { GRAM } from '../lexer/grams.ts';
import { mix } from '../lexer/hash.ts';
import type { Looked } from './look.ts';
import { kind, type View, type WordTable } from '../types.ts';

/** Bits of a character of a script without spaces, which no table counts. */
const IDEOGRAPH_BITS = 5;
/** What a word of a string counts, of its rarity in code: messages are sentences too. */
const MESSAGE = 0.5;
/** What a number counts of its rarity: tables of small ones are alike everywhere. */
const NUMBER = 0.5;
/** Bits from which a number is a word like any other: 0.0647 was measured, 0.5 was not. */
const RARE = 12;
/** What a word, a number and a shape count of what they counted the time before. */
const WORD_AGAIN = 0.5;
const NUMBER_AGAIN = 0.25;
const SHAPE_AGAIN = 0.5;
/** Times that one small number counts. */
const NUMBER_TIMES = 2;
/** The least that a word counts, however often it was counted. */
const LEAST_WORD = 0.06;
/** The least that an identifier, keyword or operator counts in the rename view. */
const LEAST_TOKEN = 0.1;
/** Tokens of a shape: about a short statement. */
const SHAPE = 6;

/** Adds up what hits cover. It remembers what it has counted: what repeats itself is no more evidence. */
export interface Tally {
  /** Bits or tokens of what the grams at these positions, in ascending order, cover and say anew. */
  add(hits: readonly number[]): number;
}

/** How often each thing was counted; tallies that share one add up to what is distinct. */
export type Times = Map<number, number>;

/** Covered words count in bits of their rarity, covered tokens at most one each. */
export function createTally(looked: Looked, view: View, words: WordTable, times: Times): Tally {
  const worth = view === 'text' ? wordBits(looked, words, times) : tokenWorth(looked, times);
  return { add: (hits) => cover(hits, GRAM[view], worth) };
}

type Worth = (position: number) => number;

function cover(hits: readonly number[], k: number, worth: Worth): number {
  let score = 0;
  let covered = 0;
  for (const hit of hits) {
    for (let at = Math.max(hit, covered); at < hit + k; at++) score += worth(at);
    covered = hit + k;
  }
  return score;
}

/** Getters, annotations and tables say one word many times: each counts half of the time before. */
function wordBits({ stream, text }: Looked, words: WordTable, times: Times): Worth {
  const { halves, kinds } = stream;
  const { tokens } = text;
  return (position) => {
    const token = tokens[position] ?? 0;
    const high = halves[2 * token] ?? 0;
    const low = halves[2 * token + 1] ?? 0;
    const is = kinds[token];
    const before = countAgain(times, low);
    const bits = is === kind.ideograph ? IDEOGRAPH_BITS : words.bits(high, low);
    if (is === kind.number && bits < RARE) {
      return before < NUMBER_TIMES ? NUMBER * bits * NUMBER_AGAIN ** before : 0;
    }
    return (
      (is === kind.string ? MESSAGE * bits : bits) * Math.max(LEAST_WORD, WORD_AGAIN ** before)
    );
  };
}

/**
 * A token counts less each time the same shape leads up to it: assignments field by field and lists of
 * constants are alike whatever their names are, and each of their lines is one more gram.
 */
function tokenWorth({ stream, rename }: Looked, times: Times): Worth {
  const { halves, kinds } = stream;
  const { tokens } = rename;
  const classOf = (position: number): number => {
    const token = tokens[position] ?? 0;
    const is = kinds[token] ?? 0;
    return isSyntax(is) ? (halves[2 * token + 1] ?? 0) : is;
  };
  return (position) => {
    let shape = 0;
    for (let i = Math.max(0, position - SHAPE + 1); i <= position; i++) {
      shape = mix(shape ^ classOf(i));
    }
    const again = Math.max(LEAST_TOKEN, SHAPE_AGAIN ** countAgain(times, shape));
    const token = tokens[position] ?? 0;
    const is = kinds[token] ?? 0;
    if (isSyntax(is) || is === kind.identifier) return again;
    const before = countAgain(times, halves[2 * token + 1] ?? 0);
    if (before >= NUMBER_TIMES) return 0;
    return (is === kind.number ? NUMBER : again) * 0.5 ** before;
  };
}

const isSyntax = (is: number): boolean => is === kind.operator || is === kind.keyword;

function countAgain(times: Times, what: number): number {
  const before = times.get(what) ?? 0;
  times.set(what, before + 1);
  return before;
}
