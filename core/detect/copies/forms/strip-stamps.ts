import { createFormWriter, type PlainForm } from './plain-form.ts';

/** So many lines whose beginnings have one shape are a form. */
const FEWEST = 3;
/** Lines that are compared with one another at once. */
const MOST_LINES = 4096;
/** Words before the text that are compared: date, time, zone, level, host, process, module. */
const WORDS = 8;
/** A word that long is no stamp. */
const LONGEST = 64;
/** Share of the lines that agree on a word for it to be part of the stamp. */
const AGREE = 0.8;

interface Line {
  readonly number: number;
  readonly end: number;
  readonly shapes: readonly number[];
  /** Where what follows each of these words begins. */
  readonly after: readonly number[];
  /** Whether its first words are written by a machine. */
  readonly isStamped: boolean;
}

/**
 * The lines of a text that begin with a stamp as logs, prompts and listings of authors have it, without
 * it. What a stamp says is not looked at: three lines in a row whose first words have one shape are
 * enough, digits and capitals taken for one another. Undefined where nothing of the kind stands there.
 */
export function stripStamps(text: Buffer): PlainForm | undefined {
  const writer = createFormWriter(text.length);
  let run: Line[] = [];
  let number = 1;
  const close = (): void => {
    if (run.length >= FEWEST) {
      const words = sharedWords(run);
      for (const { after, end, number: line } of run) {
        const from = after[Math.min(words, after.length) - 1] ?? end;
        writer.put(text, Math.min(from, end), end);
        writer.endLine(line);
      }
    }
    run = [];
  };
  for (let at = 0; at < text.length; number += 1) {
    const newline = text.indexOf(10, at);
    const end = newline < 0 ? text.length : newline;
    const line = readLine(text, at, end, number);
    at = end + 1;
    if (line === undefined) continue;
    const [before] = run;
    if (!line.isStamped || before?.shapes[0] !== line.shapes[0] || run.length === MOST_LINES) {
      close();
    }
    if (line.isStamped) run.push(line);
  }
  close();
  return writer.take();
}

/** How many words at the beginning of the lines have one shape in most of them. */
function sharedWords(run: readonly Line[]): number {
  for (let word = 1; word < WORDS; word += 1) {
    const counts = new Map<number, number>();
    let lines = 0;
    let most = 0;
    for (const { shapes } of run) {
      const shape = shapes[word];
      // A blank line of the text has its stamp alone.
      if (shape === undefined) continue;
      lines += 1;
      const count = (counts.get(shape) ?? 0) + 1;
      counts.set(shape, count);
      most = Math.max(most, count);
    }
    if (most < FEWEST || most < AGREE * lines) return word;
  }
  return WORDS;
}

/** The first words of a line; undefined for a blank one. */
function readLine(text: Buffer, start: number, end: number, number: number): Line | undefined {
  const shapes: number[] = [];
  const after: number[] = [];
  let isStamped = false;
  let at = start;
  while (shapes.length < WORDS) {
    while (at < end && isSpace(text[at])) at += 1;
    if (at === end) break;
    const from = at;
    while (at < end && !isSpace(text[at])) at += 1;
    if (at - from > LONGEST) break;
    shapes.push(shapeOf(text, from, at));
    after.push(Math.min(end, at + 1));
    const place = shapes.length;
    if (place === 1) {
      if (!isPrompt(text, from, at) && !hasDigit(text, from, at) && !isShort(at - from)) break;
      isStamped = isPrompt(text, from, at) || hasDigit(text, from, at);
    } else if (place <= 3 && !isStamped) isStamped = isTime(text, from, at);
    if (place === 3 && !isStamped) break;
  }
  if (at === end && shapes.length === 0) return undefined;
  return { number, end, shapes, after, isStamped };
}

/** The name of a month or a level may come before the time. */
const isShort = (length: number): boolean => length <= 10;
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** Ends as a prompt does: $ # % > | */
function isPrompt(text: Buffer, from: number, to: number): boolean {
  const last = text[to - 1] ?? 0;
  return to - from > 1 && (last === 0x24 || last === 0x23 || last === 0x25 || last === 0x3e);
}

function hasDigit(text: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (isDigit(text[i] ?? 0)) return true;
  return false;
}

/** Digits, a colon, slash or dash, digits. */
function isTime(text: Buffer, from: number, to: number): boolean {
  for (let i = from + 1; i < to - 1; i += 1) {
    const byte = text[i] ?? 0;
    const mark = byte === 0x3a || byte === 0x2f || byte === 0x2d;
    if (mark && isDigit(text[i - 1] ?? 0) && isDigit(text[i + 1] ?? 0)) return true;
  }
  return false;
}

const DIGITS = 1;
const CAPITALS = 2;
/** A name of a commit: letters and digits in any order. */
const HEXADECIMAL = 3;

/** A hash of a word in which any digits are as any others, and any capitals. */
function shapeOf(text: Buffer, from: number, to: number): number {
  if (to - from >= 7 && isHexadecimal(text, from, to)) return HEXADECIMAL;
  let shape = 17;
  let last = 0;
  for (let i = from; i < to; i += 1) {
    const byte = text[i] ?? 0;
    const is = isDigit(byte) ? DIGITS : byte >= 0x41 && byte <= 0x5a ? CAPITALS : byte;
    if (is === last && is <= CAPITALS) continue;
    last = is;
    shape = Math.imul(shape ^ is, 0x01000193);
  }
  return shape;
}

function isHexadecimal(text: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) {
    const byte = text[i] ?? 0;
    if (!isDigit(byte) && (byte < 0x61 || byte > 0x66)) return false;
  }
  return hasDigit(text, from, to);
}
