import { HEX_VALUES, NOT_IN } from './alphabets.ts';

/**
 * `text` with every escape that findEscapes knows replaced by what it stands for, and literals that
 * are put together joined. One level only: what comes out may hold escapes again. Never longer than
 * `text`.
 */
export function unescapeText(text: Buffer): Buffer {
  const out = Buffer.allocUnsafe(text.length);
  let size = 0;
  for (let at = 0; at < text.length;) {
    const byte = text[at] as number;
    const escape = INTERESTING[byte] === 1 ? readEscape(text, at, byte) : undefined;
    if (escape === undefined) {
      out[size++] = byte;
      at += 1;
    } else {
      size += escape.text.copy(out, size);
      at = escape.end;
    }
  }
  return out.subarray(0, size);
}

interface Escape {
  readonly text: Buffer;
  readonly end: number;
}

const BACKSLASH = 0x5c;
const INTERESTING = new Uint8Array(256);
for (const char of '\\%&="\'`') INTERESTING[char.charCodeAt(0)] = 1;

const NOTHING = Buffer.alloc(0);
const SIMPLE = new Map<number, Buffer>(
  Object.entries({
    n: '\n',
    r: '\r',
    t: '\t',
    '"': '"',
    "'": "'",
    '`': '`',
    '/': '/',
    '\\': '\\',
  }).map(([char, text]) => [char.charCodeAt(0), Buffer.from(text)]),
);

function readEscape(text: Buffer, at: number, byte: number): Escape | undefined {
  switch (byte) {
    case BACKSLASH:
      return readBackslash(text, at);
    case 0x25:
      return readDigits(text, at + 1, 2);
    case 0x26:
      return readEntity(text, at);
    case 0x3d:
      return readQuotedPrintable(text, at);
    default:
      return readJoin(text, at);
  }
}

function readBackslash(text: Buffer, at: number): Escape | undefined {
  const next = text[at + 1] ?? 0;
  switch (next) {
    case 0x78: // x
      return readDigits(text, at + 2, 2);
    case 0x75: // u
      return text[at + 2] === 0x7b ? readBraced(text, at + 3) : readDigits(text, at + 2, 4);
    case 0x55: // U
      return readDigits(text, at + 2, 8);
    case 0x0a:
      return { text: NOTHING, end: skipBlanks(text, at + 2) };
    case 0x0d:
      return text[at + 2] === 0x0a ? { text: NOTHING, end: skipBlanks(text, at + 3) } : undefined;
    default: {
      const simple = SIMPLE.get(next);
      return simple === undefined ? readOctal(text, at + 1) : { text: simple, end: at + 2 };
    }
  }
}

/** `count` hexadecimal digits as a character. */
function readDigits(text: Buffer, at: number, count: number): Escape | undefined {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = HEX_VALUES[text[index] ?? 0] as number;
    if (digit === NOT_IN) return undefined;
    value = value * 16 + digit;
  }
  return character(value, at + count, count === 2);
}

function readBraced(text: Buffer, at: number): Escape | undefined {
  const close = text.subarray(at, at + 9).indexOf(0x7d);
  return close < 1 ? undefined : withEnd(readDigits(text, at, close), at + close + 1);
}

const withEnd = (escape: Escape | undefined, end: number): Escape | undefined =>
  escape && { text: escape.text, end };

function readOctal(text: Buffer, at: number): Escape | undefined {
  let value = 0;
  for (let index = at; index < at + 3; index += 1) {
    const digit = (text[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value < 256 ? character(value, at + 3, true) : undefined;
}

/** A code point in UTF-8, or (`isByte`) the byte that was escaped. */
function character(value: number, end: number, isByte: boolean): Escape | undefined {
  if (value > 0x10ffff) return undefined;
  const text = isByte ? Buffer.from([value]) : Buffer.from(String.fromCodePoint(value), 'utf8');
  return { text, end };
}

const NAMED = new Map(
  Object.entries({ quot: '"', amp: '&', lt: '<', gt: '>', apos: "'", nbsp: ' ' }).map(
    ([name, text]) => [name, Buffer.from(text)] as const,
  ),
);

const MOST_ENTITY = 12;

function readEntity(text: Buffer, at: number): Escape | undefined {
  const close = text.subarray(at, at + MOST_ENTITY).indexOf(0x3b);
  const end = close < 0 ? numberEnd(text, at) : at + close;
  const name = text.toString('latin1', at + 1, end);
  const after = close < 0 ? end : end + 1;
  if (name.startsWith('#')) {
    const hex = name[1] === 'x' || name[1] === 'X';
    const digits = name.slice(hex ? 2 : 1);
    if (!(hex ? /^[0-9a-fA-F]{1,6}$/u : /^[0-9]{1,7}$/u).test(digits)) return undefined;
    return character(Number.parseInt(digits, hex ? 16 : 10), after, false);
  }
  const named = NAMED.get(name);
  return named === undefined ? undefined : { text: named, end: after };
}

/** Browsers take a numeric entity without its semicolon. */
function numberEnd(text: Buffer, at: number): number {
  let end = at + 2;
  if (text[end] === 0x78 || text[end] === 0x58) end += 1;
  while (end < at + MOST_ENTITY && HEX_VALUES[text[end] ?? 0] !== NOT_IN) end += 1;
  return end;
}

/** `=3D`, a soft line break. Lower case digits are left: `a=bad` is no escape. */
function readQuotedPrintable(text: Buffer, at: number): Escape | undefined {
  const a = text[at + 1] ?? 0;
  const b = text[at + 2] ?? 0;
  if (a === 0x0a) return { text: NOTHING, end: at + 2 };
  if (a === 0x0d && b === 0x0a) return { text: NOTHING, end: at + 3 };
  if (a < 0x32 || a > 0x37 || b >= 0x61) return undefined;
  return readDigits(text, at + 1, 2);
}

/** From a quote that closes a literal to the one that opens the next: nothing, where they join. */
function readJoin(text: Buffer, at: number): Escape | undefined {
  let next = skipBlanks(text, at + 1);
  if (text[next] === 0x2b) next = skipBlanks(text, next + 1);
  for (let prefix = 0; prefix < 2 && isPrefix(text[next]); prefix += 1) next += 1;
  const opens = text[next] === 0x22 || text[next] === 0x27 || text[next] === 0x60;
  return opens && next < text.length ? { text: NOTHING, end: next + 1 } : undefined;
}

function isPrefix(byte: number | undefined): boolean {
  return byte !== undefined && 'fFrRbBuUL@$'.includes(String.fromCharCode(byte));
}

function skipBlanks(text: Buffer, from: number): number {
  let at = from;
  while (text[at] === 0x20 || text[at] === 0x09 || text[at] === 0x0a || text[at] === 0x0d) at += 1;
  return at;
}
