import { createRandom, type Random } from './random.ts';
import { codeLines, indentOf, isCode } from './lines.ts';
import type { Language } from './language.ts';
import type { Printer } from './printer.ts';
import type { Transform } from './transforms/transform.ts';

/** A file of a corpus, in memory. */
export interface Source {
  readonly path: string;
  readonly lines: readonly string[];
  /** Which of them are code, once asked for. */
  code?: readonly boolean[];
}

export type Size = 5 | 10 | 20 | 40 | 80 | 'file';

export const SIZES: readonly Size[] = [5, 10, 20, 40, 80, 'file'];

export interface CopyCase {
  /** The file that a person would push. */
  readonly bytes: Buffer;
  readonly from: string;
  readonly carrier: string;
  readonly snippet: readonly string[];
  readonly disguised: readonly string[];
}

export interface CaseSet {
  readonly language: Language;
  readonly indexed: readonly Source[];
  readonly carriers: readonly Source[];
  readonly printer: Printer | undefined;
}

/** Tries at a snippet that its transform applies to, before a cell is given up as short. */
const TRIES = 3000;

/** The cases of one cell, the same ones every time: fewer than asked where no more can be made. */
export async function* makeCases(
  set: CaseSet,
  transform: Transform,
  size: Size,
  count: number,
): AsyncGenerator<CopyCase> {
  const random = createRandom(`${set.language.id}/${transform.name}/${size}`);
  const changed = new Map<string, Source | undefined>();
  let misses = 0;
  for (let made = 0; made < count && misses < TRIES;) {
    const one = await makeCase(set, transform, size, random, changed);
    if (one === undefined) misses++;
    else {
      misses = 0;
      made++;
      yield one;
    }
  }
}

async function makeCase(
  set: CaseSet,
  transform: Transform,
  size: Size,
  random: Random,
  changed: Map<string, Source | undefined>,
): Promise<CopyCase | undefined> {
  const { language, printer } = set;
  const carrier = random.pick(set.carriers);
  const stranger = random.pick(set.carriers).lines;
  const other = takeSnippet(random.pick(set.indexed), size, random);
  if (other === undefined) return undefined;
  const foreign = stranger.filter(isCode);
  if (foreign.length === 0) return undefined;
  const disguise = { language, random, foreign, other, printer };
  const original = random.pick(set.indexed);
  if (transform.first !== undefined && !changed.has(original.path)) {
    const lines = await transform.first(original.lines, disguise);
    changed.set(original.path, lines && { path: original.path, lines });
  }
  const from = transform.first === undefined ? original : changed.get(original.path);
  const snippet = from && takeSnippet(from, size, random);
  if (from === undefined || snippet === undefined) return undefined;
  const disguised =
    transform.change === undefined ? snippet : await transform.change(snippet, disguise);
  if (disguised === undefined) return undefined;
  const file = paste(carrier.lines, disguised, transform.asIs === true, random).join('\n');
  const bytes = transform.wrap?.(file, disguise) ?? Buffer.from(file);
  return { bytes, from: from.path, carrier: carrier.path, snippet, disguised };
}

/**
 * So many lines of code and what stands between them: blank lines, comments and imports do not count.
 * A whole file has at least twenty.
 */
function takeSnippet(source: Source, size: Size, random: Random): readonly string[] | undefined {
  const { lines } = source;
  const code = (source.code ??= codeLines(lines));
  if (size === 'file') return code.filter(Boolean).length >= 20 ? lines : undefined;
  const start = random.below(lines.length);
  if (code[start] !== true) return undefined;
  let count = 0;
  for (let end = start; end < lines.length; end++) {
    if (code[end] === true) count++;
    // Not a snippet of code any more: a table of text, a long comment.
    if (end - start > 2 * size + 4) return undefined;
    if (count === size) return lines.slice(start, end + 1);
  }
  return undefined;
}

function paste(
  carrier: readonly string[],
  lines: readonly string[],
  asIs: boolean,
  random: Random,
): string[] {
  const at = random.below(carrier.length + 1);
  const depth = indentOf(carrier[at] ?? '');
  const least = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf));
  const placed = asIs
    ? lines
    : lines.map((line) => (line.trim() === '' ? '' : ' '.repeat(depth) + line.slice(least)));
  return [...carrier.slice(0, at), ...placed, ...carrier.slice(at)];
}
