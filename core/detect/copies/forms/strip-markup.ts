import { createFormWriter, type PlainForm } from './plain-form.ts';

const NEWLINE = 10;
const LESS = 0x3c;
const AMPERSAND = 0x26;
/** A tag with more attributes than this is none. */
const LONGEST_TAG = 2000;
const LONGEST_ENTITY = 12;

const ENTITIES = ['&lt;', '&gt;', '&amp;', '&quot;', '&#'].map((text) => Buffer.from(text));
/** So many entities are a page; one or two are a program that writes one. */
const FEWEST_ENTITIES = 3;

/** Elements that end a line of what is shown: of HTML, and of office documents. */
const BREAKS = /^\/?(?:br|p|div|li|tr|pre|text|w:p|w:br|a:p|a:br|text:p|text:line-break)[\s/>]/;

/** Elements within a word or a line: a highlighter's, or the runs that an office program cuts lines into. */
const INLINE =
  /^\/?(?:[abiqsu]|em|strong|span|font|code|tt|mark|small|big|su[bp]|tspan|w:[a-z]+|a:[a-z]+|text:span)[\s/>]/i;

/**
 * The text of a page or of an office document's XML: tags gone, entities read. Undefined where the text
 * is neither.
 */
export function stripMarkup(text: Buffer): PlainForm | undefined {
  if (!isMarkup(text)) return undefined;
  const writer = createFormWriter(text.length * 2);
  let line = 1;
  let at = 0;
  for (let from = 0; at < text.length;) {
    const byte = text[at] as number;
    if (byte === NEWLINE) {
      writer.put(text, from, at);
      writer.endLine(line);
      line += 1;
      from = at += 1;
    } else if (byte === LESS && isTagStart(text[at + 1])) {
      const end = endOfTag(text, at);
      if (end < 0) {
        at += 1;
        continue;
      }
      writer.put(text, from, at);
      const name = text.toString('latin1', at + 1, Math.min(end + 1, at + 20));
      if (BREAKS.test(name)) writer.endLine(line);
      else if (!INLINE.test(name) || isNumberEnd(text, at, end)) writer.putByte(0x20);
      for (let i = at; i < end; i += 1) if (text[i] === NEWLINE) line += 1;
      from = at = end + 1;
    } else if (byte === AMPERSAND) {
      const entity = readEntity(text, at);
      if (entity === undefined) {
        at += 1;
        continue;
      }
      writer.put(text, from, at);
      writer.put(entity.text, 0, entity.text.length);
      from = at = entity.end;
    } else at += 1;
    if (at >= text.length) {
      writer.put(text, from, text.length);
      writer.endLine(line);
    }
  }
  return writer.take();
}

function isMarkup(text: Buffer): boolean {
  let at = text[0] === 0xef ? 3 : 0;
  while (at < text.length && (text[at] as number) <= 0x20) at += 1;
  if (text[at] === LESS && isTagStart(text[at + 1])) return true;
  if (!text.includes(AMPERSAND)) return false;
  let count = 0;
  for (const entity of ENTITIES) {
    for (let found = text.indexOf(entity); found >= 0; found = text.indexOf(entity, found + 2)) {
      count += 1;
      if (count === FEWEST_ENTITIES) return true;
    }
  }
  return false;
}

/** Between a number and what begins behind it: the number of a line. */
const isNumberEnd = (text: Buffer, start: number, end: number): boolean =>
  isDigit(text[start - 1]) && !isDigit(text[end + 1]);

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** A letter, `/`, `!` or `?`. */
const isTagStart = (byte: number | undefined): boolean =>
  byte !== undefined &&
  (byte === 0x2f ||
    byte === 0x21 ||
    byte === 0x3f ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a));

function endOfTag(text: Buffer, from: number): number {
  const most = Math.min(text.length, from + LONGEST_TAG);
  for (let at = from + 1; at < most; at += 1) {
    if (text[at] === 0x3e) return at;
    if (text[at] === LESS) return -1;
  }
  return -1;
}

const NAMED = new Map(
  Object.entries({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' }).map(
    ([name, text]) => [name, Buffer.from(text)] as const,
  ),
);

function readEntity(
  text: Buffer,
  at: number,
): { readonly text: Buffer; readonly end: number } | undefined {
  const close = text.subarray(at, at + LONGEST_ENTITY).indexOf(0x3b);
  if (close < 0) return undefined;
  const name = text.toString('latin1', at + 1, at + close);
  const end = at + close + 1;
  const named = NAMED.get(name);
  if (named !== undefined) return { text: named, end };
  const digits = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
  if (digits === null) return undefined;
  const [, hex, decimal = ''] = digits;
  const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
  return code > 0x10ffff ? undefined : { text: Buffer.from(String.fromCodePoint(code)), end };
}
