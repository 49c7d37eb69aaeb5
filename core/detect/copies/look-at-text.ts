import { CordonError } from '../../error.ts';
import { findCopies } from './query/find-copies.ts';
import type { PlainForm } from './forms/plain-form.ts';
import { foldCharacters } from './forms/fold-characters.ts';
import { joinStrings } from './forms/join-strings.ts';
import { readPdf } from './forms/read-pdf.ts';
import { readStrings } from './forms/read-strings.ts';
import { stripMarkup } from './forms/strip-markup.ts';
import { stripPrefixes } from './forms/strip-prefixes.ts';
import { stripRows } from './forms/strip-rows.ts';
import { stripStamps } from './forms/strip-stamps.ts';
import type { CopyIndex, CopyMatch, WordTable } from './types.ts';

/** What copies are looked for with. */
export interface CopySearch {
  readonly indexes: readonly CopyIndex[];
  readonly words: WordTable;
  /** In milliseconds of `performance.now()`. Throws CordonError `time-up` past it. */
  readonly deadline: number;
}

type Form = (text: Buffer) => PlainForm | undefined;

const FORMS: readonly Form[] = [
  stripPrefixes,
  stripStamps,
  stripRows,
  readStrings,
  joinStrings,
  stripMarkup,
  readPdf,
];

/** Of forms, their own: a page numbers its lines, a notebook shows pages. */
const FORMS_OF = new Map<Form, readonly Form[]>([
  [stripMarkup, [stripPrefixes, stripRows]],
  [readStrings, [stripMarkup]],
]);

/**
 * The registered content in a text, as it stands and in each of its plain forms, each piece once, its
 * lines those of `text`.
 */
export function lookAtText(text: Buffer, search: CopySearch): CopyMatch[] {
  if (search.indexes.length === 0) return [];
  const told = [...findCopies(search.indexes, text, search)];
  for (const plain of formsOf({ bytes: text }, search)) addForm(told, plain, search);
  const folded = foldCharacters(text);
  if (folded === undefined) return told;
  // Only the lines that have such characters: they may be rows or strings as well.
  addForm(told, folded, search);
  for (const plain of formsOf(folded, search)) addForm(told, plain, search);
  return told;
}

function addForm(told: CopyMatch[], plain: PlainForm, search: CopySearch): void {
  for (const match of findCopies(search.indexes, plain.bytes, search)) {
    addMatch(told, { ...match, lines: linesIn(plain, match.lines) });
  }
}

interface Text {
  readonly bytes: Buffer;
  /** The lines that they stand for, where they are not the text's own. */
  readonly lines?: Uint32Array;
}

/** Each plain form of a text, one after the other: only one is held. */
function* formsOf(text: Text, { deadline }: CopySearch): Generator<PlainForm> {
  for (const form of FORMS) {
    const plain = formIn(text, form, deadline);
    if (plain === undefined) continue;
    yield plain;
    for (const again of FORMS_OF.get(form) ?? []) {
      const inner = formIn(plain, again, deadline);
      if (inner !== undefined) yield inner;
    }
  }
}

/** A form of a form has the lines of the text that the first was taken from. */
function formIn({ bytes, lines }: Text, form: Form, deadline: number): PlainForm | undefined {
  if (performance.now() > deadline) throw new CordonError('time-up');
  const plain = form(bytes);
  if (plain === undefined || lines === undefined) return plain;
  return { bytes: plain.bytes, lines: plain.lines.map((line) => lines[line - 1] ?? line) };
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
