import { isAscii } from 'node:buffer';
import { createFormWriter, type PlainForm } from './plain-form.ts';

const NEWLINE = 10;
const ESCAPE = 0x1b;
const BACKSLASH = 0x5c;

/** So many lines with such characters are a disguise; one is an author's name. */
const FEWEST = 3;
/** Lines between two of them that still belong together. */
const MOST_BETWEEN = 8;

/**
 * The lines of a text whose words are written with characters that only look like theirs, or with some
 * between that nobody sees, in plain letters. Undefined where there are none.
 */
export function foldCharacters(text: Buffer): PlainForm | undefined {
  if (isPlain(text)) return undefined;
  let at = nextOdd(text, 0);
  if (at === text.length) return undefined;
  const writer = createFormWriter(text.length);
  let line = 1;
  let lineStart = 0;
  while (at < text.length) {
    const start = text.lastIndexOf(NEWLINE, at) + 1;
    line += countNewlines(text, lineStart, start);
    const block = blockFrom(text, start, at);
    if (block.odd >= FEWEST || start === 0) {
      let number = line;
      for (let from = start; from < block.end; number += 1) {
        const to = endOfLine(text, from);
        const folded = foldLine(text.subarray(from, to));
        writer.put(folded, 0, folded.length);
        writer.endLine(number);
        from = to + 1;
      }
    }
    line += countNewlines(text, start, block.end);
    lineStart = block.end;
    at = nextOdd(text, block.end);
  }
  return writer.take();
}

/** Nearly every text is, and is told so at the speed of memory. */
function isPlain(text: Buffer): boolean {
  if (!isAscii(text) || text.includes(ESCAPE) || text.includes('\\_')) return false;
  const sample = text.subarray(0, SAMPLE_BYTES);
  return nextOdd(sample, 0) === sample.length;
}

/** Control characters that cut words stand all over a text, so its beginning shows them. */
const SAMPLE_BYTES = 4096;

/** The lines from `start` on, whose first odd character stands at `at`, to the last one that has any. */
function blockFrom(text: Buffer, start: number, at: number): { end: number; odd: number } {
  let odd = 0;
  let end = start;
  for (let next = at; next < text.length;) {
    odd += 1;
    end = Math.min(text.length, endOfLine(text, next) + 1);
    next = nextOdd(text, end);
    if (next < text.length && countNewlines(text, end, next) > MOST_BETWEEN) break;
  }
  return { end, odd };
}

/** What a byte may begin: nothing odd, a character that stands for another, or a control character. */
const PLAIN = 0;
const CHARACTER = 1;
const CONTROL = 2;
const ODD = new Uint8Array(256);
// Latin letters with marks, marks, Greek, Cyrillic; general punctuation and letters in circles; fillers;
// forms of Arabic with the wide letters and the marks of variants; mathematical letters; tags.
ODD.fill(CHARACTER, 0xc2, 0xd5);
for (const byte of [0xe1, 0xe2, 0xe3, 0xef, 0xf0, 0xf3]) ODD[byte] = CHARACTER;
ODD.fill(CONTROL, 0x01, 0x09);
ODD.fill(CONTROL, 0x0e, 0x20);
ODD[0x7f] = CONTROL;
ODD[BACKSLASH] = CONTROL;

/** Where the next character stands that folding would change within a word; the length where none does. */
function nextOdd(text: Buffer, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const is = ODD[text[at] as number];
    if (is === PLAIN) continue;
    if (is === CONTROL ? isMark(text, at) : isOddCharacter(text, at)) return at;
  }
  return text.length;
}

/** A control character, or a backslash before `_`, with a letter on one side: TeX and Markdown write it. */
function isMark(text: Buffer, at: number): boolean {
  if (text[at] === BACKSLASH) return text[at + 1] === 0x5f;
  return text[at] === ESCAPE ? text[at + 1] === 0x5b : isLetter(text[at - 1]);
}

function isOddCharacter(text: Buffer, at: number): boolean {
  const first = text[at] as number;
  const second = text[at + 1] ?? 0;
  const third = text[at + 2] ?? 0;
  if (first < 0xe0) {
    // Quotes and signs of Latin-1 are none; a soft hyphen the lexer looks through.
    if (first === 0xc2) return second === 0xaa || second === 0xba;
    return isLetter(text[at - 1]) || isLetter(text[at + 2]);
  }
  switch (first) {
    case 0xe1: // Fillers of Hangul, Mongolian marks, letters with two marks.
      return (
        (second === 0x85 && (third === 0x9f || third === 0xa0)) ||
        (second === 0xa0 && third >= 0x8b && third <= 0x8f) ||
        second >= 0xb4
      );
    case 0xe2: // Joiners, directions, letters in circles.
      return (
        (second === 0x81 && third >= 0xa0 && third <= 0xaf) ||
        (second === 0x80 && third >= 0xaa && third <= 0xae) ||
        (second === 0x92 && third >= 0x9c) ||
        (second === 0x93 && third <= 0xa9)
      );
    case 0xe3:
      return second === 0x85 && third === 0xa4;
    case 0xef: // Marks of variants; wide digits and letters.
      if (second === 0xb8) return third <= 0x8f;
      if (second === 0xbe) return third === 0xa0;
      return (
        (second === 0xbc && ((third >= 0x90 && third <= 0x99) || third >= 0xa1) && third <= 0xba) ||
        (second === 0xbd && third >= 0x81 && third <= 0x9a)
      );
    case 0xf0:
      return second === 0x9d && third >= 0x90 && third <= 0x9f;
    default:
      return second === 0xa0;
  }
}

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const MARKED = /([A-Za-z])\p{M}+/gu;
// oxlint-disable-next-line no-control-regex -- what a terminal is told in the middle of a text
const TERMINAL = /\u001b\[[0-9;:?]*[A-Za-z]/gu;
// oxlint-disable-next-line no-control-regex -- what cuts words without being seen
const CONTROLS = /[\u0001-\u0008\u000e-\u001f\u007f]|\\(?=[_#&%{}$])/gu;

/** Letters of Cyrillic and Greek that look like Latin ones, and those. */
const LOOKING = 'аеорсхуѕіјһԁԛԝӏвкмнтАВЕКМНОРСТУХЅІЈοναιυρκτχγωεΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɑɡ';
const LIKE = 'aeopcxysijhdqwlbkmhtABEKMHOPCTYXSIJovaiupktxyweABEZHIKMNOPTYXiag';
const LETTERS = new Map(Array.from(LOOKING, (letter, at) => [letter, LIKE[at] ?? letter] as const));
const LOOKALIKE = new RegExp(`[${LOOKING}]`, 'gu');

function foldLine(line: Buffer): Buffer {
  const folded = line
    .toString('utf8')
    .replace(TERMINAL, '')
    .replace(CONTROLS, '')
    .replace(INVISIBLE, '')
    .normalize('NFKD')
    .replace(MARKED, '$1')
    .normalize('NFC')
    .replace(LOOKALIKE, (letter) => LETTERS.get(letter) ?? letter);
  return Buffer.from(folded, 'utf8');
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

function countNewlines(text: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf(NEWLINE, from); at >= 0 && at < to;) {
    count += 1;
    at = text.indexOf(NEWLINE, at + 1);
  }
  return count;
}

function endOfLine(text: Buffer, from: number): number {
  const end = text.indexOf(NEWLINE, from);
  return end < 0 ? text.length : end;
}
