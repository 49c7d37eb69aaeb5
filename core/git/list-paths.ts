import type { Oid } from '../model.ts';
import type { PushRange } from './enumerate-push.ts';
import { listTree } from './list-tree.ts';
import { type PathEntry, rawDiffParser } from './parse-raw-diff.ts';
import { checkObjects } from './read-objects.ts';
import type { Repository } from './repository.ts';
import { streamGit } from './spawn.ts';

/** Options shared by the plumbing diffs: no program of the repository's runs, nothing is hidden. */
export const rawDiffOptions: readonly string[] = [
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  // `.gitmodules` may ask that changes of submodules are not shown.
  '--ignore-submodules=none',
];

/** The commits of a range, newest first, one a line as diff-tree wants them. */
async function* commitLines(repo: Repository, range: PushRange): AsyncGenerator<Buffer> {
  const { tips, negatives, exceptRefs } = range;
  yield* streamGit(
    repo,
    ['rev-list', '--ignore-missing', '--stdin', ...(exceptRefs === true ? ['--not', '--all'] : [])],
    { input: [...tips, ...negatives.map((oid) => `^${oid}`), ''].join('\n') },
  );
}

/** The trees that tips name without a commit: a tag may point at one. */
async function bareTrees(repo: Repository, tips: readonly Oid[]): Promise<Oid[]> {
  const trees = new Set<Oid>();
  const peeled = tips.map((tip) => `${tip}^{}` as Oid);
  for await (const found of checkObjects(repo, [peeled])) {
    for (const object of found) {
      if (!('missing' in object) && object.type === 'tree') trees.add(object.oid);
    }
  }
  return [...trees];
}

/**
 * What each commit of a range puts at, or removes from, its paths, newest commit first. A merge
 * shows what it has from none of its parents (`-c`: evil merges; `-m` would repeat all the rest).
 * `prefixes` narrows to folders or files, as literal paths in any case of ASCII: markings match in
 * any case, and a narrower look would miss what they mark. Throws as git does.
 */
export async function* streamPaths(
  repo: Repository,
  range: PushRange,
  prefixes: readonly string[] = [],
): AsyncGenerator<readonly PathEntry[], void, undefined> {
  if (range.tips.length === 0) return;
  for (const tree of await bareTrees(repo, range.tips)) {
    const entries = await listTree(repo, tree);
    yield entries
      .filter(({ path: { text } }) => prefixes.length === 0 || isUnder(text, prefixes))
      .map((entry) => ({ ...entry, oldOids: [] }));
  }
  const parser = rawDiffParser();
  const specs = prefixes.map((prefix) => `:(icase,literal)${prefix}`);
  const args = ['diff-tree', '--stdin', '-r', '-c', '--root', ...rawDiffOptions, '--', ...specs];
  const env = { GIT_LITERAL_PATHSPECS: undefined };
  for await (const chunk of streamGit(repo, args, { input: commitLines(repo, range), env })) {
    yield parser.push(chunk);
  }
  parser.end();
}

const isUnder = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) =>
    `${path}/`.toLowerCase().startsWith(prefix.replace(/\/?$/, '/').toLowerCase()),
  );

/** As `streamPaths`, gathered. */
export async function listPaths(repo: Repository, range: PushRange): Promise<PathEntry[]> {
  const entries: PathEntry[] = [];
  for await (const some of streamPaths(repo, range)) entries.push(...some);
  return entries;
}
