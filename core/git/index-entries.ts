import { rawDiffOptions } from './list-paths.ts';
import { toOid } from './parse-push.ts';
import { type PathEntry, rawDiffParser } from './parse-raw-diff.ts';
import { toPathName } from './path-name.ts';
import type { ObjectFormat, Repository } from './repository.ts';
import { runGit, streamGit } from './spawn.ts';

/** git knows the empty tree without having it. */
const emptyTree: Readonly<Record<ObjectFormat, string>> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** Every side of every conflict in the index: any of them may be what is committed. */
async function listConflicts(repo: Repository): Promise<PathEntry[]> {
  const output = await runGit(repo, ['ls-files', '--full-name', '-z', '--unmerged']);
  const entries: PathEntry[] = [];
  for (let at = 0; at < output.length;) {
    const tab = output.indexOf(0x09, at);
    const nul = output.indexOf(0, tab);
    const [mode = '', oid = ''] = output.toString('latin1', at, tab).split(' ');
    const path = toPathName(output.subarray(tab + 1, nul));
    entries.push({ mode, oid: toOid(oid), path, oldOids: [], unmerged: true });
    at = nul + 1;
  }
  return entries;
}

/**
 * What the index changes against HEAD (against nothing before the first commit), read through the
 * inherited GIT_INDEX_FILE: `commit -a` and `commit -- PATH` commit another file than
 * `.git/index`. Paths only announced (`add -N`) are not committed and not listed; of a conflict
 * every side is listed, as `unmerged`.
 */
export async function listStaged(repo: Repository): Promise<PathEntry[]> {
  const head = (
    await runGit(repo, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { okCodes: [1] })
  )
    .toString('latin1')
    .trim();
  const against = head === '' ? emptyTree[repo.objectFormat] : head;
  const entries: PathEntry[] = [];
  const parser = rawDiffParser();
  const args = [
    'diff-index',
    '--cached',
    '--ita-invisible-in-index',
    ...rawDiffOptions,
    against,
    '--',
  ];
  for await (const chunk of streamGit(repo, args)) entries.push(...parser.push(chunk));
  parser.end();
  const merged = entries.filter((entry) => entry.unmerged !== true);
  if (merged.length === entries.length) return entries;
  return [...merged, ...(await listConflicts(repo))];
}
