import { hash } from 'node:crypto';

/**
 * A line is `{"v":1,"w":"…","n":17,"t":…,"kind":"…",…,"h":"<43 characters>"}` and a newline. The
 * bytes themselves are hashed, not an object written out again: there is no canonical form to agree on.
 */
export const HEAD_BYTES = 32;
const HEAD_CHARACTERS = 43;
const BEFORE_HEAD = ',"h":"';
const AFTER_HEAD = '"}\n';
/** From `,"h":"` to the newline. */
const TAIL_BYTES = BEFORE_HEAD.length + HEAD_CHARACTERS + AFTER_HEAD.length;

/** A line with its newline is never longer: entries of a tiled log carry a length of 16 bits. */
export const LINE_LIMIT = 65_535;

/** What the first line of a segment follows: 32 bytes of zero. */
export const NO_HEAD = 'A'.repeat(HEAD_CHARACTERS);

/** The head before, and behind it the line that is being made or checked: one at a time. */
const scratch = Buffer.allocUnsafe(HEAD_BYTES + LINE_LIMIT);

/** A line's bytes, good until the next call, and its head. */
export interface BuiltLine {
  readonly bytes: Buffer;
  readonly head: string;
}

/** Ends `body` (`{"v":1,…`, without the closing brace) with the head that follows from `before`. */
export function buildLine(before: string, body: string): BuiltLine {
  const { head, length } = putLine(before, body, NOTHING);
  return { bytes: lineRoom.subarray(0, length), head };
}

/** Where `putLine` leaves the line. */
export const lineRoom = scratch.subarray(HEAD_BYTES);
const NOTHING = Buffer.alloc(0);

/** As `buildLine`, of a body that ends with bytes that are always the same. */
export function putLine(
  before: string,
  body: string,
  ending: Buffer,
): { readonly length: number; readonly head: string } {
  scratch.write(before, 0, HEAD_BYTES, 'base64url');
  const from = HEAD_BYTES + scratch.write(body, HEAD_BYTES, 'utf8');
  const end = from + ending.length;
  if (end + TAIL_BYTES > scratch.length) throw new RangeError('a line of the record is too long');
  scratch.set(ending, from);
  const head = hash('sha256', scratch.subarray(0, end), 'base64url');
  scratch.write(`${BEFORE_HEAD}${head}${AFTER_HEAD}`, end, 'latin1');
  return { length: end + TAIL_BYTES - HEAD_BYTES, head };
}

/** What a line says of itself before it is parsed whole. */
export interface LineOpening {
  readonly n: number;
  readonly t: number;
  readonly clockBack: number;
  readonly kind: string;
}

const opening =
  /^\{"v":1,"w":"([0-9a-f-]{1,60})","n":(0|[1-9]\d{0,14}),"t":(0|[1-9]\d{0,15})(?:,"clockBack":([1-9]\d{0,15}))?,"kind":"([a-z-]{1,40})"/;
const OPENING_BYTES = 220;

/** What every body of a writer begins with. */
export const openingOf = (writer: string): string => `{"v":1,"w":"${writer}","n":`;

let lastTime = 0;
let lastText = ',"t":0,';

/** What follows `openingOf` and the number: with them, what `readOpening` reads. */
export function timeText(t: number, clockBack: number): string {
  // Events come in bursts, and a number of 13 digits takes as long to write as the rest of an opening.
  if (t !== lastTime) {
    lastText = `,"t":${t},`;
    lastTime = t;
  }
  return clockBack > 0 ? `,"t":${t},"clockBack":${clockBack},` : lastText;
}

/** Undefined where `line` does not begin as a line of `writer` does. */
export function readOpening(line: Buffer, writer: string): LineOpening | undefined {
  const text = line.toString('latin1', 0, OPENING_BYTES);
  const [, w, n, t, back, kind] = opening.exec(text) ?? [];
  if (w !== writer || kind === undefined) return undefined;
  return { n: Number(n), t: Number(t), clockBack: Number(back ?? 0), kind };
}

/** The head that a line states, undefined where it does not end as a line does. `line` has its newline. */
export function statedHead(line: Buffer): string | undefined {
  if (line.length <= TAIL_BYTES || line.length > LINE_LIMIT) return undefined;
  const text = line.toString('latin1', line.length - TAIL_BYTES);
  const head = text.slice(BEFORE_HEAD.length, BEFORE_HEAD.length + HEAD_CHARACTERS);
  return text === `${BEFORE_HEAD}${head}${AFTER_HEAD}` ? head : undefined;
}

/** True where `line` is the writer's line number `n`, whole to its last byte, and follows from `before`. */
export function isLine(line: Buffer, writer: string, n: number, before: string): boolean {
  return readOpening(line, writer)?.n === n && followsFrom(line, before);
}

/**
 * True where `line`, newline included, is whole to its last byte and follows from the head `before`.
 */
export function followsFrom(line: Buffer, before: string): boolean {
  const head = statedHead(line);
  return head !== undefined && isHeadOf(line, before, head);
}

/** The same, where `line` is known to end with `head` as a line does. */
export function isHeadOf(line: Buffer, before: string, head: string): boolean {
  const body = line.length - TAIL_BYTES;
  scratch.write(before, 0, HEAD_BYTES, 'base64url');
  scratch.set(line.subarray(0, body), HEAD_BYTES);
  return hash('sha256', scratch.subarray(0, HEAD_BYTES + body), 'base64url') === head;
}
