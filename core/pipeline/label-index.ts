import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid, PathName, RepoPath } from '../model.ts';
import type { CompiledPolicy } from '../policy/policy.ts';
import { findPaths, runGit, type Repository } from '../git/index.ts';

/**
 * Marked content is known by its object id across the history that can be seen: moved to an unmarked
 * name, unchanged, it keeps its label.
 */
export interface LabelIndex {
  /** Marked names these bytes have, or had, somewhere in the history. */
  namesOf(oid: Oid): readonly PathName[];
  /** True where an unmarked name had these bytes no later than a marked one: a licence, a bare `__init__.py`. */
  bornUnmarked(oid: Oid): Promise<boolean>;
}

/** Content this small says nothing: an empty file, one import line. It is judged by its path alone. */
export const TELLING_BYTES = 64;

interface Kept {
  readonly tips: readonly string[];
  readonly names: Record<string, readonly PathName[]>;
}

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
  const names = new Map<string, PathName[]>();
  if (globs.length > 0) {
    const file = join(dir, `${createHash('sha256').update(globs.join('\0')).digest('hex')}.json`);
    const kept = readKept(file);
    for (const [oid, paths] of Object.entries(kept.names)) names.set(oid, [...paths]);
    const tips = await everyTip(repo, options.tips);
    const known = new Set(kept.tips);
    if (tips.some((tip) => !known.has(tip))) {
      const prefixes = staticPrefixes(globs);
      const walk = findPaths(repo, {
        tips,
        exclude: kept.tips as readonly Oid[],
        ...(prefixes !== undefined && { prefixes }),
      });
      for await (const pairs of walk) {
        for (const { oid, path } of pairs) if (isMarked(path.text)) add(names, oid, path);
      }
      keep(file, { tips, names: Object.fromEntries(names) });
    }
  }
  return {
    namesOf: (oid) => (names.get(oid) ?? []).filter(({ text }) => isMarked(text)),
    bornUnmarked: (oid) => bornUnmarked(repo, oid, options.tips, isMarked),
  };
}

function add(names: Map<string, PathName[]>, oid: string, path: PathName): void {
  const known = names.get(oid);
  if (known === undefined) names.set(oid, [path]);
  else if (!known.some(({ text }) => text === path.text)) known.push(path);
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

async function bornUnmarked(
  repo: Repository,
  oid: Oid,
  tips: readonly Oid[],
  isMarked: (path: string) => boolean,
): Promise<boolean> {
  for await (const first of firstNames(repo, oid, tips)) {
    return first.some((path) => !isMarked(path));
  }
  return false;
}

/** The names a blob got in the oldest commits that hold it, oldest first. */
async function* firstNames(
  repo: Repository,
  oid: Oid,
  tips: readonly Oid[],
): AsyncGenerator<string[]> {
  const commits = await runGit(
    repo,
    ['rev-list', '--topo-order', '--reverse', '--all', '--stdin'],
    {
      input: `${tips.join('\n')}\n`,
    },
  );
  const diff = await runGit(
    repo,
    [
      'diff-tree',
      '--stdin',
      '-r',
      '-m',
      '--root',
      '-z',
      '--no-renames',
      '--no-ext-diff',
      `--find-object=${oid}`,
    ],
    { input: commits },
  );
  // Records: a commit id ends in LF in -z output's own field; then pairs of a colon header and a path.
  const fields = diff.toString('utf8').split('\0');
  let names: string[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] ?? '';
    if (!field.startsWith(':')) {
      if (names.length > 0) yield names;
      names = [];
      continue;
    }
    const [, , , after] = field.split(' ');
    const path = fields[(at += 1)] ?? '';
    if (after === oid) names.push(path as RepoPath);
  }
  if (names.length > 0) yield names;
}

function readKept(file: string): Kept {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { tips, names } = value as Partial<Kept>;
    if (Array.isArray(tips) && typeof names === 'object' && names !== null) return { tips, names };
  } catch {
    // Not there yet or torn: the walk is made again, from the start.
  }
  return { tips: [], names: {} };
}

function keep(file: string, kept: Kept): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(kept), { mode: 0o600 });
  renameSync(fresh, file);
}
