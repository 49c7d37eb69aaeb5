import { HEX_VALUES, NOT_IN, PRINTABLE } from './alphabets.ts';
import type { Layer, Region } from './layer.ts';

/**
 * Where `text` holds characters that were written in some other way than as themselves, and that
 * could be part of a credential: `\x41`, `\u0041`, `\101`, `%41`, `&#65;`, quoted-printable, and
 * string literals that are put together again (`"a" + "b"`, `"a" "b"`, a line that goes on after a
 * backslash). Regions of whole lines, or of what is around the place where lines are long; sorted,
 * apart from one another.
 *
 * Every family is found by a search for one byte or a short word, so that source without any of it
 * pays a fraction of a pass.
 */
export function findEscapes(text: Buffer, form: Layer['form']): readonly Region[] {
  const hits: Hit[] = [];
  const json = beginsAsJson(text);
  each(text, BACKSLASH, (at) => backslashHit(text, at, json), hits);
  each(text, PERCENT, (at) => percentHit(text, at), hits);
  each(text, ENTITY, (at) => entityHit(text, at), hits);
  each(text, QUOTE_ENTITY, (at) => at + 6, hits);
  each(text, PLUS, (at) => plusHit(text, at), hits);
  for (const needle of ADJACENT) each(text, needle, (at) => adjacentHit(text, at), hits);
  each(text, SOFT_BREAK, (at) => softBreakHit(text, at, at + 2), hits);
  each(text, QUOTED_EQUALS, (at) => (text[at - 1] === EQUALS ? at + 2 : -1), hits);
  if (text.includes(13)) {
    each(text, SOFT_BREAK_CRLF, (at) => softBreakHit(text, at, at + 3), hits);
    for (const needle of ADJACENT_CRLF) each(text, needle, (at) => adjacentHit(text, at), hits);
  }
  if (text.includes(QUOTED_PRINTABLE)) each(text, EQUALS, (at) => quotedHit(text, at), hits);
  if (hits.length === 0) return NONE;
  return regionsAround(hits, (hit) =>
    form === 'text' ? linesAround(text, hit) : stringAround(text, hit),
  );
}

const NONE: readonly Region[] = [];

/** Where an escape begins, and the end of all that it joins. */
type Hit = Region;

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const PLUS = 0x2b;
const EQUALS = 0x3d;
const ENTITY = Buffer.from('&#');
const QUOTE_ENTITY = Buffer.from('&quot;');
const SOFT_BREAK = Buffer.from('=\n');
const SOFT_BREAK_CRLF = Buffer.from('=\r\n');
// A search for a rare first byte is the faster one: every `=` of a program would stop the other.
const QUOTED_EQUALS = Buffer.from('3D');
const QUOTED_PRINTABLE = Buffer.from('-printable');
const ADJACENT = ['"\n', "'\n", '" "', "' '", '""', "''"].map((text) => Buffer.from(text));
const ADJACENT_CRLF = ['"\r\n', "'\r\n"].map((text) => Buffer.from(text));

/** Adds a hit for each place of `needle` where `endOf` gives more than -1. */
function each(
  text: Buffer,
  needle: number | Buffer,
  endOf: (at: number) => number,
  hits: Hit[],
): void {
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const end = endOf(at);
    if (end >= 0) hits.push({ start: at, end });
  }
}

/** 1 for the characters that credentials are made of. */
const TOKEN = new Uint8Array(256);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+=:@~') {
  TOKEN[char.charCodeAt(0)] = 1;
}

const isToken = (byte: number | undefined): boolean => byte !== undefined && TOKEN[byte] === 1;

function backslashHit(text: Buffer, at: number, json: boolean): number {
  switch (text[at + 1] ?? 0) {
    case 0x78: // x
      return isToken(readHex(text, at + 2, 2)) ? at + 4 : -1;
    case 0x75: // u
      if (text[at + 2] === 0x7b) return at + 8;
      return isToken(readHex(text, at + 2, 4)) ? at + 6 : -1;
    case 0x55: // U
      return isToken(readHex(text, at + 2, 8)) ? at + 10 : -1;
    case 0x30: // octal
    case 0x31:
      return isToken(readOctal(text, at + 1)) ? at + 4 : -1;
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return startsToken(text, at + 2, json) ? at + 2 : -1;
    case 0x22: // "
      return json || text[at + 2] === 0x3a ? at + 2 : -1;
    case 0x2f: // /
      return json || text[at - 1] === 0x3a ? at + 2 : -1;
    case 0x0a:
      return isToken(text[at - 1]) ? continuedAt(text, at + 2) : -1;
    case 0x0d:
      return isToken(text[at - 1]) && text[at + 2] === 0x0a ? continuedAt(text, at + 3) : -1;
    default:
      return -1;
  }
}

const LEAST_TOKEN = 8;

/** Whether a token stands glued to an escape: a letter before it hides it from every rule. */
function startsToken(text: Buffer, at: number, json: boolean): boolean {
  let special = false;
  let end = at;
  while (end < at + 40 && isToken(text[end])) {
    const byte = text[end] as number;
    special ||= byte < 0x41 || byte === 0x5f;
    end += 1;
  }
  return end - at >= LEAST_TOKEN && (json || special);
}

function continuedAt(text: Buffer, lineStart: number): number {
  let at = lineStart;
  while (text[at] === 0x20 || text[at] === 0x09) at += 1;
  return isToken(text[at]) ? at : -1;
}

function percentHit(text: Buffer, at: number): number {
  const value = readHex(text, at + 1, 2);
  if (!isToken(value)) return -1;
  const second = text[at + 2] as number;
  // `%2d` and `%4f` are formats of printf far more often than characters.
  const format = second >= 0x61;
  return format && text[at + 3] !== PERCENT ? -1 : at + 3;
}

function entityHit(text: Buffer, at: number): number {
  const next = text[at + 2] ?? 0;
  return next === 0x78 || next === 0x58 || isDigit(next) ? at + 3 : -1;
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isQuote = (byte: number | undefined) => byte === 0x22 || byte === 0x27 || byte === 0x60;
const isBlank = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

function plusHit(text: Buffer, at: number): number {
  let before = at - 1;
  while (isBlank(text[before]) && at - before < MOST_BLANKS) before -= 1;
  if (!isQuote(text[before]) || !isToken(text[before - 1])) return -1;
  return openingQuote(text, at + 1);
}

const MOST_BLANKS = 200;

/** Behind the quote (and its prefix, as in `f"`) that opens a literal at `at`, or -1. */
function openingQuote(text: Buffer, from: number): number {
  let at = from;
  while (isBlank(text[at]) && at - from < MOST_BLANKS) at += 1;
  for (let prefix = 0; prefix < 2 && isPrefix(text[at]); prefix += 1) at += 1;
  return isQuote(text[at]) && isToken(text[at + 1]) ? at + 1 : -1;
}

function isPrefix(byte: number | undefined): boolean {
  return byte !== undefined && 'fFrRbBuUL@$'.includes(String.fromCharCode(byte));
}

function adjacentHit(text: Buffer, at: number): number {
  return isToken(text[at - 1]) ? openingQuote(text, at + 1) : -1;
}

function softBreakHit(text: Buffer, at: number, next: number): number {
  const before = text[at - 1];
  return isToken(before) && before !== EQUALS && isToken(text[next]) ? next : -1;
}

/** In a file that says it is quoted-printable. */
function quotedHit(text: Buffer, at: number): number {
  return isToken(readHex(text, at + 1, 2)) ? at + 3 : -1;
}

/** The number that `count` hexadecimal digits at `at` write, or 256 where they do not. */
function readHex(text: Buffer, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = HEX_VALUES[text[index] ?? 0] as number;
    if (digit === NOT_IN) return 256;
    value = value * 16 + digit;
  }
  return value;
}

function readOctal(text: Buffer, at: number): number {
  let value = 0;
  for (let index = at; index < at + 3; index += 1) {
    const digit = (text[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return 256;
    value = value * 8 + digit;
  }
  return value;
}

/** JSON, JSON lines and notebooks are written by programs, which escape what people do not. */
function beginsAsJson(text: Buffer): boolean {
  let at = text[0] === 0xef ? 3 : 0;
  while (isBlank(text[at]) && at < 64) at += 1;
  return text[at] === 0x7b || text[at] === 0x5b;
}

const LONG_LINE = 1024;
const NEAR = 256;
const MOST_REGION = 8192;

/** The lines around the hits; those near to one another as one. */
function regionsAround(hits: Hit[], around: (hit: Hit) => Region | undefined): readonly Region[] {
  hits.sort((a, b) => a.start - b.start);
  const regions: { start: number; end: number }[] = [];
  let last: { start: number; end: number } | undefined;
  for (const hit of hits) {
    const region = around(hit);
    if (region === undefined) continue;
    const { start, end } = region;
    const near = last !== undefined && start <= last.end + NEAR;
    // What overlaps must stay one, or a literal put together from many lines would be cut.
    if (last !== undefined && near && (start < last.end || end - last.start <= MOST_REGION)) {
      last.end = Math.max(last.end, end);
    } else {
      last = { start, end };
      regions.push(last);
    }
  }
  return regions;
}

function linesAround(text: Buffer, hit: Hit): Region {
  const lineStart = hit.start === 0 ? 0 : text.lastIndexOf(10, hit.start - 1) + 1;
  const newline = text.indexOf(10, hit.end);
  const lineEnd = newline < 0 ? text.length : newline;
  return {
    start: Math.max(lineStart, hit.start - LONG_LINE),
    end: Math.min(lineEnd, hit.end + LONG_LINE),
  };
}

const LEAST_STRING = 16;

/** In binary content: the printable string that holds the hit, where it is long enough for one. */
function stringAround(bytes: Buffer, hit: Hit): Region | undefined {
  let { start, end } = hit;
  for (let at = start; at < end; at += 1) {
    if (PRINTABLE[bytes[at] as number] !== 1) return undefined;
  }
  while (start > 0 && hit.start - start < LONG_LINE && PRINTABLE[bytes[start - 1] ?? 0] === 1) {
    start -= 1;
  }
  while (end - hit.end < LONG_LINE && PRINTABLE[bytes[end] ?? 0] === 1) end += 1;
  return end - start < LEAST_STRING ? undefined : { start, end };
}
