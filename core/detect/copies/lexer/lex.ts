import { SEED_HIGH, SEED_LOW, STEP_HIGH, STEP_LOW, mix } from './hash.ts';
import { importEnd } from './import-lines.ts';
import { isKeyword } from './keywords.ts';
import { kind, type Lexed } from '../types.ts';
import { createSink, type Sink } from './token-sink.ts';

const SPACE = 1;
const NEWLINE = 2;
const WORD = 3;
const DIGIT = 4;
const QUOTE = 5;
const HASH = 6;
const SLASH = 7;
const OPERATOR = 8;
const OPENING = 9;
const CLOSING = 10;
const COMMA = 11;
/** Bytes from 0x80 on: part of a letter, of an ideograph, or of punctuation. */
const WIDE = 12;

const classes = makeClasses();

function makeClasses(): Uint8Array {
  // Whatever is not named here separates tokens and is no token: ; \ ` $ and control characters.
  const table = new Uint8Array(256).fill(SPACE);
  const put = (characters: string, value: number) => {
    for (const byte of Buffer.from(characters, 'latin1')) table[byte] = value;
  };
  put('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', WORD);
  put('0123456789', DIGIT);
  put('\n', NEWLINE);
  put('"\'', QUOTE);
  put('#', HASH);
  put('/', SLASH);
  put('+-*%=<>!&|^~?:@.', OPERATOR);
  put('([{', OPENING);
  put(')]}', CLOSING);
  put(',', COMMA);
  table.fill(WIDE, 0x80);
  return table;
}

const CODE = 0;
const LINE_COMMENT = 1;
const BLOCK_COMMENT = 2;
const TRIPLE = 3;

const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/**
 * Cuts text of any language into the tokens of its code and of its comments. Nothing but the bytes is
 * looked at, and every state but a block comment and a triple quote ends with its line, so a piece of a
 * file gives the tokens that the file gives there. Never throws; linear in time.
 */
export function lex(bytes: Buffer): Lexed {
  const first = lexFrom(bytes, 0);
  // An odd number of triple quotes: the text was cut inside one.
  return first.open === 0 ? first.lexed : lexFrom(bytes, first.open).lexed;
}

function lexFrom(bytes: Buffer, insideTriple: number): { lexed: Lexed; open: number } {
  const size = bytes.length;
  const code = createSink(size);
  const prose = createSink(size >> 1);
  let mode = insideTriple === 0 ? CODE : TRIPLE;
  let triple = insideTriple;
  let sink: Sink = insideTriple === 0 ? code : prose;
  let line = 1;
  /** End of the string the scan is in; -1 outside. */
  let stringEnd = -1;
  let inBraces = false;
  /** No string of this quote closes before this offset: a line is looked through once for each quote. */
  let noDouble = 0;
  let noSingle = 0;
  let noBlockEnd = false;
  let at = size > 0 ? skipImport(0) : 0;

  function skipImport(from: number): number {
    let start = from;
    for (;;) {
      const end = importEnd(bytes, start);
      if (end < 0) return start;
      for (let i = start; i < end; i++) if (bytes[i] === 10) line++;
      start = end;
    }
  }

  while (at < size) {
    const byte = bytes[at] ?? 0;
    switch (classes[byte] ?? SPACE) {
      case WORD:
      case WIDE:
        at = word(at);
        break;
      case DIGIT:
        at = numeral(at);
        break;
      case NEWLINE:
        line++;
        stringEnd = -1;
        if (mode === LINE_COMMENT) {
          mode = CODE;
          sink = code;
        }
        at = skipImport(at + 1);
        break;
      case QUOTE:
        at = quote(at, byte);
        break;
      case HASH:
        if (mode === CODE && stringEnd < 0 && opensHashComment(bytes, at)) {
          mode = LINE_COMMENT;
          sink = prose;
        }
        at++;
        break;
      case SLASH:
        at = slash(at);
        break;
      case OPERATOR:
        if (mode === BLOCK_COMMENT && byte === 0x2a && bytes[at + 1] === 0x2f) {
          mode = CODE;
          sink = code;
          stringEnd = -1;
          at += 2;
          break;
        }
        if (stringEnd < 0) punctuate(byte, kind.operator);
        at++;
        break;
      case OPENING:
        if (stringEnd < 0) punctuate(byte, kind.bracket);
        else if (byte === 0x7b) inBraces = true;
        at++;
        break;
      case CLOSING:
        if (stringEnd < 0) {
          sink.dropComma();
          punctuate(byte, kind.bracket);
        } else if (byte === 0x7d) inBraces = false;
        at++;
        break;
      case COMMA:
        if (stringEnd < 0) punctuate(byte, kind.bracket);
        at++;
        break;
      default:
        // An escape inside a string: \n is no word.
        at += byte === 0x5c && stringEnd > at + 1 ? 2 : 1;
    }
  }
  return {
    lexed: { code: code.take(), prose: prose.take(), lines: line },
    open: mode === TRIPLE && insideTriple === 0 ? triple : 0,
  };

  function punctuate(byte: number, as: number): void {
    sink.put(mix(byte), mix(byte ^ 0x5bd1e995), as, line);
  }

  function word(from: number): number {
    let high = SEED_HIGH;
    let low = SEED_LOW;
    let i = from;
    for (; i < size; i++) {
      const byte = bytes[i] ?? 0;
      const is = classes[byte];
      if (is === WORD || is === DIGIT) {
        high = Math.imul(high ^ byte, STEP_HIGH);
        low = Math.imul(low ^ byte, STEP_LOW);
      } else if (is === WIDE) {
        const length = wideLength(bytes, i);
        if (length === LETTER) {
          high = Math.imul(high ^ byte, STEP_HIGH);
          low = Math.imul(low ^ byte, STEP_LOW);
        } else if (length === INVISIBLE_2) i += 1;
        else if (length === INVISIBLE_3) i += 2;
        else break;
      } else break;
    }
    if (high === SEED_HIGH && low === SEED_LOW) {
      if (i > from) return i;
      return wide(from);
    }
    const last = bytes[i];
    if (
      (last === DOUBLE_QUOTE || last === SINGLE_QUOTE) &&
      isPrefix(bytes, from, i) &&
      stringEnd < 0
    )
      return i;
    const h = mix(high);
    const l = mix(low ^ (high >>> 7));
    const inString = stringEnd >= 0 && !inBraces;
    const as = inString ? kind.string : isKeyword(h, l) ? kind.keyword : kind.identifier;
    sink.put(h, l, as, line);
    return i;
  }

  /** An ideograph is a token of its own; other wide punctuation is none. */
  function wide(from: number): number {
    const what = wideLength(bytes, from);
    if (what === SEPARATOR_2) return from + 2;
    if (what === SEPARATOR_3) return from + 3;
    const length = what === IDEOGRAPH_4 ? 4 : 3;
    let high = SEED_HIGH;
    let low = SEED_LOW;
    for (let i = from; i < from + length; i++) {
      high = Math.imul(high ^ (bytes[i] ?? 0), STEP_HIGH);
      low = Math.imul(low ^ (bytes[i] ?? 0), STEP_LOW);
    }
    sink.put(mix(high), mix(low ^ (high >>> 7)), kind.ideograph, line);
    return from + length;
  }

  function numeral(from: number): number {
    let high = SEED_HIGH;
    let low = SEED_LOW;
    let i = from;
    for (; i < size; i++) {
      const byte = bytes[i] ?? 0;
      const is = classes[byte];
      if (is !== DIGIT && is !== WORD && !(byte === 0x2e && classes[bytes[i + 1] ?? 0] === DIGIT))
        break;
      high = Math.imul(high ^ byte, STEP_HIGH);
      low = Math.imul(low ^ byte, STEP_LOW);
    }
    sink.put(mix(high), mix(low ^ (high >>> 7)), kind.number, line);
    return i;
  }

  function quote(from: number, byte: number): number {
    if (stringEnd >= 0) {
      if (from >= stringEnd) stringEnd = -1;
      return from + 1;
    }
    const tripled = bytes[from + 1] === byte && bytes[from + 2] === byte;
    if (mode === TRIPLE && byte === triple) {
      if (!tripled) return from + 1;
      mode = CODE;
      sink = code;
      return from + 3;
    }
    if (tripled && mode === CODE) {
      mode = TRIPLE;
      triple = byte;
      sink = prose;
      return from + 3;
    }
    if (byte === SINGLE_QUOTE && isApostrophe(bytes, from)) return from + 1;
    if (from < (byte === DOUBLE_QUOTE ? noDouble : noSingle)) return from + 1;
    let i = from + 1;
    for (; i < size; i++) {
      const c = bytes[i];
      if (c === 10 || c === byte) break;
      if (c === 0x5c) i++;
      else if (mode === TRIPLE && c === triple && bytes[i + 1] === c && bytes[i + 2] === c) break;
    }
    if (i < size && bytes[i] === byte) {
      stringEnd = i;
      inBraces = false;
    } else if (byte === DOUBLE_QUOTE) noDouble = i;
    else noSingle = i;
    return from + 1;
  }

  function slash(from: number): number {
    const next = bytes[from + 1];
    if (stringEnd >= 0) return from + 1;
    if (mode === CODE && next === 0x2f && bytes[from - 1] !== 0x3a) {
      mode = LINE_COMMENT;
      sink = prose;
      return from + 2;
    }
    if (mode === CODE && next === 0x2a && !noBlockEnd && !follows(bytes, from)) {
      if (bytes.indexOf('*/', from + 2, 'latin1') < 0) noBlockEnd = true;
      else {
        mode = BLOCK_COMMENT;
        sink = prose;
        return from + 2;
      }
    }
    punctuate(0x2f, kind.operator);
    return from + 1;
  }
}

const LETTER = 0;
const SEPARATOR_2 = 1;
const SEPARATOR_3 = 2;
const IDEOGRAPH_3 = 3;
const IDEOGRAPH_4 = 4;
const INVISIBLE_2 = 5;
const INVISIBLE_3 = 6;

/** What begins at this byte of 0x80 or more. Bytes that are no UTF-8 count as letters. */
function wideLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  if (second < 0x80 || second > 0xbf) return LETTER;
  if (first === 0xc2) return second === 0xad ? INVISIBLE_2 : SEPARATOR_2;
  if (first < 0xe2) return LETTER;
  const third = bytes[at + 2] ?? 0;
  if (third < 0x80 || third > 0xbf) return LETTER;
  // Zero-width characters hide a word from a reader of bytes; they are looked through.
  if (first === 0xe2)
    return second === 0x80 && third >= 0x8b && third <= 0x8f ? INVISIBLE_3 : SEPARATOR_3;
  if (first === 0xe3 && second === 0x80) return SEPARATOR_3;
  if (first <= 0xed) return IDEOGRAPH_3;
  if (first === 0xef) return second === 0xbb && third === 0xbf ? INVISIBLE_3 : SEPARATOR_3;
  if (first >= 0xf0 && first <= 0xf4) {
    const fourth = bytes[at + 3] ?? 0;
    return fourth >= 0x80 && fourth <= 0xbf ? IDEOGRAPH_4 : LETTER;
  }
  return LETTER;
}

/** The letters before a string, as in rb"…": style, not a word. */
function isPrefix(bytes: Buffer, from: number, to: number): boolean {
  if (to - from > 2) return false;
  for (let i = from; i < to; i++) {
    const letter = (bytes[i] ?? 0) | 0x20;
    if (letter !== 0x72 && letter !== 0x62 && letter !== 0x66 && letter !== 0x75 && letter !== 0x6c)
      return false;
  }
  return true;
}

/** In don't and in a lifetime, 'a: no string begins. */
function isApostrophe(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1] ?? 0;
  if (before === 0x3c || before === 0x26) return true;
  if (!follows(bytes, at)) return false;
  let from = at;
  while (from > 0 && at - from < 4 && follows(bytes, from)) from--;
  return !isPrefix(bytes, from, at);
}

/** Whether a letter or digit stands before. */
function follows(bytes: Buffer, at: number): boolean {
  if (at === 0) return false;
  const before = classes[bytes[at - 1] ?? 0];
  return before === WORD || before === DIGIT || before === WIDE;
}

/**
 * # begins a comment, but for a preprocessor line, an attribute, a private field, and where it is glued
 * to what stands before it.
 */
function opensHashComment(bytes: Buffer, at: number): boolean {
  const before = at === 0 ? 10 : (bytes[at - 1] ?? 0);
  if (before > 0x20 && before !== 0x3b && before !== 0x29) return false;
  const next = bytes[at + 1] ?? 0;
  if (next === 0x5b || (next === 0x21 && bytes[at + 2] === 0x5b)) return false;
  return !isDirective(bytes, at + 1);
}

const DIRECTIVES = [
  'define',
  'ifdef',
  'ifndef',
  'if',
  'elif',
  'else',
  'endif',
  'undef',
  'pragma',
  'error',
].map((word) => Buffer.from(word, 'latin1'));

function isDirective(bytes: Buffer, at: number): boolean {
  const first = bytes[at] ?? 0;
  if (first < 0x64 || first > 0x75) return false;
  return DIRECTIVES.some((word) => {
    if (first !== word[0]) return false;
    for (let i = 1; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
    const next = classes[bytes[at + word.length] ?? 0];
    return next !== WORD && next !== DIGIT;
  });
}
