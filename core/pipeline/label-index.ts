import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Oid, PathName } from '../model.ts';
import type { CompiledPolicy } from '../policy/policy.ts';
import { findPaths, listTree, runGit, type PathOfBlob, type Repository } from '../git/index.ts';

/**
 * Marked content is known by its object id across the history that can be seen: moved to an unmarked
 * name, unchanged, it keeps its label.
 */
export interface LabelIndex {
  /** Marked names these bytes have, or had, somewhere in the history. */
  namesOf(oid: Oid): readonly PathName[];
  /** True where an unmarked name had these bytes beside every marked one: a licence, a bare `__init__.py`. */
  bornUnmarked(oid: Oid): Promise<boolean>;
}

/** Content this small says nothing: an empty file, one import line. It is judged by its path alone. */
export const TELLING_BYTES = 64;

/** What gave a blob its label: marked names, and commits that put it there. */
interface Marked {
  readonly names: PathName[];
  readonly commits: Oid[];
}

interface Kept {
  readonly tips: readonly string[];
  readonly marked: Record<string, Marked>;
}

/** Part of the kept file's name, raised when its shape changes. */
const SHAPE = '2';

/**
 * Indexes what the policies mark above their lowest label, in everything reachable from `tips` and
 * all refs. What an earlier call indexed is kept under `dir` and not walked again.
 */
export async function indexLabels(
  repo: Repository,
  options: {
    readonly policies: readonly CompiledPolicy[];
    readonly tips: readonly Oid[];
    readonly dir: string;
  },
): Promise<LabelIndex> {
  const { policies, dir } = options;
  const globs = policies.flatMap((one) =>
    one.policy.markings.filter(({ label }) => one.rank(label) > 0).flatMap(({ paths }) => paths),
  );
  const isMarked = (path: string) =>
    policies.some((policy) => {
      const { label, marking } = policy.labelOf(path);
      return marking >= 0 && policy.rank(label) > 0;
    });
  const marked = new Map<string, Marked>();
  if (globs.length > 0) {
    const file = join(
      dir,
      `${createHash('sha256')
        .update([SHAPE, ...globs].join('\0'))
        .digest('hex')}.json`,
    );
    const kept = readKept(file);
    for (const [oid, one] of Object.entries(kept.marked)) marked.set(oid, one);
    const tips = await everyTip(repo, options.tips);
    const known = new Set(kept.tips);
    if (tips.some((tip) => !known.has(tip))) {
      const prefixes = staticPrefixes(globs);
      const walk = findPaths(repo, {
        tips,
        exclude: kept.tips as readonly Oid[],
        ...(prefixes !== undefined && { prefixes }),
      });
      for await (const found of walk) {
        for (const one of found) if (isMarked(one.path.text)) add(marked, one);
      }
      keepQuietly(file, { tips, marked: Object.fromEntries(marked) });
    }
  }
  return {
    namesOf: (oid) => (marked.get(oid)?.names ?? []).filter(({ text }) => isMarked(text)),
    bornUnmarked: (oid) => bornUnmarked(repo, oid, marked.get(oid)?.commits ?? [], isMarked),
  };
}

function add(marked: Map<string, Marked>, { oid, path, commit }: PathOfBlob): void {
  const known = marked.get(oid) ?? { names: [], commits: [] };
  marked.set(oid, known);
  if (!known.names.some(({ text }) => text === path.text)) known.names.push(path);
  const isNew = commit !== undefined && !known.commits.includes(commit);
  if (isNew && known.commits.length <= MOST_INTRODUCTIONS) known.commits.push(commit);
}

async function everyTip(repo: Repository, tips: readonly Oid[]): Promise<Oid[]> {
  const listed = await runGit(repo, ['for-each-ref', '--format=%(objectname)']);
  const refs = listed.toString('latin1').split('\n').filter(Boolean) as Oid[];
  return [...new Set([...refs, ...tips])];
}

/** The directories below which all matches lie; none where a glob may match anywhere. */
export function staticPrefixes(globs: readonly string[]): string[] | undefined {
  const prefixes = new Set<string>();
  for (const glob of globs) {
    const parts = glob.normalize('NFC').split('/');
    const magic = parts.findIndex((part) => /[*?[\]{}()!@+\\]/.test(part));
    const fixed = magic === -1 ? parts : parts.slice(0, magic);
    const prefix = fixed.filter((part) => part !== '' && part !== '.').join('/');
    if (prefix === '' || /[^\x20-\x7e]/.test(prefix)) return undefined;
    prefixes.add(prefix);
  }
  return [...prefixes];
}

/** Marked names got some content more often than this: then it keeps its label unasked. */
const MOST_INTRODUCTIONS = 32;

/**
 * Asked of each commit that gave a marked name these bytes, whether an unmarked name beside it has
 * them too. That commit's tree cannot be made up afterwards, while a commit with an old date and
 * the content under a harmless name can: whichever name is older proves nothing. A file that was
 * unmarked once and was then moved is marked: the old name is gone.
 */
async function bornUnmarked(
  repo: Repository,
  oid: Oid,
  commits: readonly Oid[],
  isMarked: (path: string) => boolean,
): Promise<boolean> {
  if (commits.length === 0 || commits.length > MOST_INTRODUCTIONS) return false;
  for (const commit of commits) {
    const entries = await listTree(repo, commit);
    if (!entries.some((entry) => entry.oid === oid && !isMarked(entry.path.text))) return false;
  }
  return true;
}

/** What an earlier call kept, or nothing: not there yet, torn, or changed by a failing disk. */
function readKept(file: string): Kept {
  try {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (end > 0 && text.slice(0, end) === sumOf(body)) return JSON.parse(body) as Kept;
  } catch {
    // Then the walk is made again, from the start.
  }
  return { tips: [], marked: {} };
}

/** Keeps it for the next time. A read-only or full disk costs the next act its speed, no more. */
function keepQuietly(file: string, kept: Kept): void {
  const fresh = `${file}.${process.pid}`;
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    const body = JSON.stringify(kept);
    writeFileSync(fresh, `${sumOf(body)}\n${body}`, { mode: 0o600 });
    renameSync(fresh, file);
  } catch {
    removeQuietly(fresh);
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It could not be made either.
  }
}

const sumOf = (text: string): string => crc32(text).toString(16);
