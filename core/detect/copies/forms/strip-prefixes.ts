import { createFormWriter, type PlainForm } from './plain-form.ts';

const NONE = 0;
/** `> ` of a quote, `>>> ` and `... ` of a prompt, `| ` of a table. */
const QUOTE = 1;
/** `+` and `-` of a patch. */
const PATCH = 2;
const COMMENT = 3;
/** `12`, `12:`, `12|`, as listings number their lines. */
const NUMBER = 4;
/** `path:12:`, as a search gives its hits. */
const HIT = 5;

/** So many lines with one prefix are a form; fewer are how the text is written. */
const FEWEST = 3;
/** Lines of context between two changed ones in a patch. */
const MOST_CONTEXT = 7;
/** A path in a search's hit is looked for no further than this. */
const LONGEST_PATH = 160;

/**
 * The lines of a text that carry a prefix as patches, quotes, listings and commented-out code do,
 * without it. Undefined where nothing of the kind stands there.
 */
export function stripPrefixes(text: Buffer): PlainForm | undefined {
  const writer = createFormWriter(text.length);
  let line = 1;
  for (let at = 0; at < text.length;) {
    const first = prefixOf(text, at);
    const end = endOfLine(text, at);
    if (first.kind === NONE) {
      at = end + 1;
      line += 1;
      continue;
    }
    const run = runFrom(text, at, first.kind);
    if (run.count >= FEWEST) {
      for (let from = at, number = line; from < run.end; number += 1) {
        const to = endOfLine(text, from);
        writer.put(text, contentStart(text, from, to), to);
        writer.endLine(number);
        from = to + 1;
      }
    }
    at = run.end;
    line += run.lines;
  }
  return writer.take();
}

interface Run {
  /** Where the line after the run begins. */
  readonly end: number;
  readonly lines: number;
  readonly count: number;
}

/** Lines that begin alike; blank lines, and the context of a patch, do not end the run. */
function runFrom(text: Buffer, start: number, kind: number): Run {
  let run: Run = { end: start, lines: 0, count: 0 };
  let lines = 0;
  let count = 0;
  let since = 0;
  for (let at = start; at < text.length;) {
    const end = endOfLine(text, at);
    const is = prefixOf(text, at).kind;
    lines += 1;
    if (is === kind) {
      count += 1;
      since = 0;
      run = { end: end + 1, lines, count };
    } else {
      since += 1;
      const blank = firstInk(text, at, end) === end;
      const context = kind === PATCH && (text[at] === 0x20 || text[at] === 0x40);
      if (!(blank || context) || since > MOST_CONTEXT) break;
    }
    at = end + 1;
  }
  return run;
}

/** Behind all prefixes of a line: a quoted patch has two. Each kind is taken off once. */
function contentStart(text: Buffer, from: number, to: number): number {
  let at = from;
  let seen = 0;
  for (let depth = 0; depth < 3; depth += 1) {
    const { kind, end } = prefixOf(text, at);
    if (kind === NONE || ((seen >> kind) & 1) === 1 || end > to) break;
    seen |= 1 << kind;
    at = end;
  }
  return at;
}

const found = { kind: NONE, end: 0 };

/** The prefix at the beginning of a line. One object is used again: this is asked of every line. */
function prefixOf(text: Buffer, start: number): { readonly kind: number; readonly end: number } {
  let at = start;
  while (text[at] === 0x20 || text[at] === 0x09) at += 1;
  const byte = text[at] ?? 0;
  const next = text[at + 1] ?? 0;
  switch (byte) {
    case 0x3e: // >
    case 0x7c: // |
      return give(
        QUOTE,
        skip(text, at, (one) => one === byte || one === 0x20),
      );
    case 0x2e: // ...
      return next === 0x2e && text[at + 2] === 0x2e ? give(QUOTE, at + 3) : give(NONE, at);
    case 0x2b: // +
      return next === byte ? give(NONE, at) : give(PATCH, at + 1);
    case 0x2d: // -
      return next === byte
        ? give(
            COMMENT,
            skip(text, at, (one) => one === byte),
          )
        : give(PATCH, at + 1);
    case 0x2f: // /
      return next === byte
        ? give(
            COMMENT,
            skip(text, at, (one) => one === byte),
          )
        : give(NONE, at);
    case 0x23: // #
    case 0x25: // %
    case 0x2a: // *
    case 0x3b: // ;
      return give(
        COMMENT,
        skip(text, at, (one) => one === byte),
      );
    default:
      return byte >= 0x30 && byte <= 0x39 ? numberAt(text, at) : hitAt(text, at);
  }
}

function numberAt(text: Buffer, start: number): { readonly kind: number; readonly end: number } {
  const at = skip(text, start, isDigit);
  const after = text[at] ?? 0;
  if (after === 0x20 || after === 0x09) {
    // `12 | code`, as tracebacks and compilers show it.
    const ink = skip(text, at, (one) => one === 0x20 || one === 0x09);
    return give(NUMBER, text[ink] === 0x7c ? ink + 1 : at + 1);
  }
  return isMark(after) ? give(NUMBER, at + 1) : give(NONE, at);
}

function hitAt(text: Buffer, start: number): { readonly kind: number; readonly end: number } {
  for (let at = start; at < start + LONGEST_PATH; at += 1) {
    const byte = text[at];
    if (byte === undefined || byte === 0x0a || byte === 0x20) break;
    if ((byte !== 0x3a && byte !== 0x2d) || !isDigit(text[at + 1])) continue;
    const end = skip(text, at + 1, isDigit);
    if (text[end] === byte) return give(HIT, end + 1);
  }
  return give(NONE, start);
}

function give(kind: number, end: number): typeof found {
  found.kind = kind;
  found.end = end;
  return found;
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** What may stand between a line's number and its text. */
const isMark = (byte: number): boolean =>
  byte === 0x3a ||
  byte === 0x7c ||
  byte === 0x29 ||
  byte === 0x2e ||
  byte === 0x2d ||
  byte === 0x5d;

function skip(text: Buffer, from: number, goesOn: (byte: number | undefined) => boolean): number {
  let at = from;
  while (at < text.length && goesOn(text[at])) at += 1;
  return at;
}

function endOfLine(text: Buffer, from: number): number {
  const end = text.indexOf(10, from);
  return end < 0 ? text.length : end;
}

function firstInk(text: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (text[at] as number) <= 0x20) at += 1;
  return at;
}
