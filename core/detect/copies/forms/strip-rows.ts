import { unescapeText } from '../../../content/unescape.ts';
import { createFormWriter, type PlainForm } from './plain-form.ts';

const NEWLINE = 10;

/** So many rows of one make are a wrapping; fewer are how code is written. */
const FEWEST = 5;
/** Of rows that others stand between, always as many, some more are wanted. */
const FEWEST_APART = 6;
const FURTHEST = 8;
/** Tokens of a row's beginning or end that are compared, and how far into a line they are looked for. */
const MOST_TOKENS = 40;
const LONGEST_KEY = 120;

/** So many makes are followed at a time; one that comes upon another's place ends it. */
const SLOTS = 1024;

/**
 * What the rows of a listing, a log, a table or of statements say that differ in one place: each line
 * without the beginning and the end that it shares with the others, numbers and names with digits
 * taken for the same. Undefined where there are no such lines.
 */
export function stripRows(text: Buffer): PlainForm | undefined {
  const begins = createRuns();
  const ends = createRuns();
  let number = 1;
  let count = 0;
  for (let start = 0; start < text.length; number += 1) {
    const newline = text.indexOf(NEWLINE, start);
    const end = newline < 0 ? text.length : newline;
    const begin = keyOfBegin(text, start, end);
    if (begin !== 0) {
      count += 1;
      begins.follow(begin, start, number, count);
      const last = keyOfEnd(text, start, end);
      if (last !== 0) ends.follow(last, start, number, count);
    }
    start = end + 1;
  }
  const runs = [...begins.take(), ...ends.take()];
  return runs.length === 0 ? undefined : writeRuns(text, runs);
}

/** Where rows of one make begin, and the numbers of their lines. */
interface Run {
  readonly starts: number[];
  readonly numbers: number[];
}

interface Open extends Run {
  readonly stride: number;
  isTold: boolean;
}

/** Follows lines of one make: those with the same key, one as far from the next as the other. */
function createRuns(): {
  readonly follow: (key: number, start: number, number: number, count: number) => void;
  readonly take: () => readonly Run[];
} {
  const keys = new Int32Array(SLOTS);
  const lasts = new Int32Array(SLOTS);
  const lastStarts = new Int32Array(SLOTS);
  const lastNumbers = new Int32Array(SLOTS);
  // Most lines are the only ones of their make: a run is made for the second.
  const open = new Map<number, Open>();
  const told: Run[] = [];
  const follow = (key: number, start: number, number: number, count: number): void => {
    const slot = (key ^ (key >>> 11) ^ (key >>> 22)) & (SLOTS - 1);
    const last = lasts[slot] as number;
    const stride = count - last;
    if (keys[slot] === key && last > 0 && stride <= FURTHEST) {
      let run = open.get(slot);
      if (run === undefined || run.stride !== stride) {
        const starts = [lastStarts[slot] as number];
        run = { starts, numbers: [lastNumbers[slot] as number], stride, isTold: false };
        open.set(slot, run);
      }
      run.starts.push(start);
      run.numbers.push(number);
      if (!run.isTold && run.starts.length >= (stride === 1 ? FEWEST : FEWEST_APART)) {
        run.isTold = true;
        told.push(run);
      }
    } else if (last > 0) open.delete(slot);
    keys[slot] = key;
    lasts[slot] = count;
    lastStarts[slot] = start;
    lastNumbers[slot] = number;
  };
  return { follow, take: () => told };
}

function writeRuns(text: Buffer, runs: readonly Run[]): PlainForm | undefined {
  let most = 0;
  for (const { starts } of runs) {
    for (const start of starts) most += endOfLine(text, start) - start + 1;
  }
  // A line may stand in a run by its beginning and in one by its end.
  const writer = createFormWriter(most);
  for (const { starts, numbers } of runs) {
    const rows = starts.map((start) => tokensOf(text, start, trimmedEnd(text, start)));
    const [first] = rows;
    if (first === undefined) continue;
    let before = first.length;
    let after = first.length;
    for (const row of rows) {
      before = sharedBegin(first, row, before);
      after = sharedEnd(first, row, after);
    }
    if (before === 0 && after === 0) continue;
    for (const [at, row] of rows.entries()) {
      const start = starts[at] ?? 0;
      const from = row.ends[before - 1] ?? start;
      const to = after === 0 ? trimmedEnd(text, start) : (row.starts[row.length - after] ?? from);
      if (to > from) {
        const line = text.subarray(from, to);
        const said = line.includes(0x5c) || line.includes(0x26) ? unescapeText(line) : line;
        writer.put(said, 0, said.length);
      }
      writer.endLine(numbers[at] ?? 1);
    }
  }
  return writer.take();
}

interface Row {
  readonly hashes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly length: number;
}

function sharedBegin(one: Row, other: Row, most: number): number {
  const limit = Math.min(most, other.length, MOST_TOKENS);
  let count = 0;
  while (count < limit && one.hashes[count] === other.hashes[count]) count += 1;
  return count;
}

function sharedEnd(one: Row, other: Row, most: number): number {
  const limit = Math.min(most, other.length, MOST_TOKENS);
  let count = 0;
  while (
    count < limit &&
    one.hashes[one.length - 1 - count] === other.hashes[other.length - 1 - count]
  ) {
    count += 1;
  }
  return count;
}

/** Words, those with a digit all alike, and single other characters that are no blanks. */
function tokensOf(text: Buffer, from: number, end: number): Row {
  const hashes: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = from; at < end;) {
    const byte = text[at] as number;
    if (byte <= 0x20) {
      at += 1;
      continue;
    }
    const to = isWord(byte) ? wordEnd(text, at, end) : at + 1;
    hashes.push(hashOf(text, at, to));
    starts.push(at);
    ends.push(to);
    at = to;
  }
  return { hashes, starts, ends, length: hashes.length };
}

const WITH_DIGIT = 1;
const SEED = 0x811c9dc5;
const STEP = 0x01000193;

function hashOf(text: Buffer, from: number, to: number): number {
  let hash = SEED;
  for (let at = from; at < to; at += 1) {
    const byte = text[at] as number;
    if (byte >= 0x30 && byte <= 0x39) return WITH_DIGIT;
    hash = Math.imul(hash ^ byte, STEP);
  }
  return hash;
}

/** What a line begins with up to its first word, that one with it; 0 for none. */
function keyOfBegin(text: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + LONGEST_KEY);
  let key = SEED;
  for (let at = start; at < limit; at += 1) {
    const byte = text[at] as number;
    if (byte <= 0x20) continue;
    if (isWord(byte)) return Math.imul(key, STEP) ^ hashOf(text, at, wordEnd(text, at, end)) || 1;
    key = Math.imul(key ^ byte, STEP);
  }
  return 0;
}

/** The word that a line ends with, where one does and others stand before it. */
function keyOfEnd(text: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && (text[at - 1] as number) <= 0x20) at -= 1;
  const to = at;
  while (at > start && isWord(text[at - 1] as number)) at -= 1;
  return at === to || at === start ? 0 : hashOf(text, at, to) || 1;
}

const WORD = new Uint8Array(256);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_') {
  WORD[char.charCodeAt(0)] = 1;
}
WORD.fill(1, 0x80);

const isWord = (byte: number): boolean => WORD[byte] === 1;

function wordEnd(text: Buffer, from: number, end: number): number {
  let at = from + 1;
  while (at < end && isWord(text[at] as number)) at += 1;
  return at;
}

function endOfLine(text: Buffer, from: number): number {
  const end = text.indexOf(NEWLINE, from);
  return end < 0 ? text.length : end;
}

function trimmedEnd(text: Buffer, from: number): number {
  let end = endOfLine(text, from);
  while (end > from && (text[end - 1] as number) <= 0x20) end -= 1;
  return end;
}
