import { CordonError } from '../../error.ts';
import { findCopies } from './find-copies.ts';
import type { PlainForm } from './plain-form.ts';
import { readStrings } from './read-strings.ts';
import { stripMarkup } from './strip-markup.ts';
import { stripPrefixes } from './strip-prefixes.ts';
import { stripStamps } from './strip-stamps.ts';
import type { CopyIndex, CopyMatch, WordTable } from './types.ts';

/** What copies are looked for with. */
export interface CopySearch {
  readonly indexes: readonly CopyIndex[];
  readonly words: WordTable;
  /** In milliseconds of `performance.now()`. Throws CordonError `time-up` past it. */
  readonly deadline: number;
}

const FORMS: readonly ((text: Buffer) => PlainForm | undefined)[] = [
  stripPrefixes,
  stripStamps,
  readStrings,
  stripMarkup,
];

/**
 * The registered content in a text, as it stands and in each of its plain forms, each piece once, its
 * lines those of `text`.
 */
export function lookAtText(text: Buffer, search: CopySearch): CopyMatch[] {
  if (search.indexes.length === 0) return [];
  const told = [...findCopies(search.indexes, text, search)];
  for (const form of FORMS) {
    if (performance.now() > search.deadline) throw new CordonError('time-up');
    const plain = form(text);
    if (plain === undefined) continue;
    for (const match of findCopies(search.indexes, plain.bytes, search)) {
      addMatch(told, { ...match, lines: linesIn(plain, match.lines) });
    }
  }
  return told;
}

function linesIn({ lines }: PlainForm, { first, last }: CopyMatch['lines']): CopyMatch['lines'] {
  const at = (line: number) => lines[Math.min(line, lines.length) - 1] ?? 1;
  return { first: at(first), last: at(last) };
}

function addMatch(told: CopyMatch[], match: CopyMatch): void {
  const at = told.findIndex((one) => isSamePiece(one, match));
  const known = told[at];
  if (known === undefined) told.push(match);
  else if (isStronger(match, known)) told[at] = match;
}

/** Whether two matches tell of the same lines of the same source. */
export function isSamePiece(one: CopyMatch, other: CopyMatch): boolean {
  return (
    one.source.id === other.source.id &&
    one.sourceLines.first <= other.sourceLines.last &&
    other.sourceLines.first <= one.sourceLines.last
  );
}

function isStronger(one: CopyMatch, than: CopyMatch): boolean {
  if (one.grade !== than.grade) return one.grade === 'sure';
  return one.bits + one.tokens > than.bits + than.tokens;
}
