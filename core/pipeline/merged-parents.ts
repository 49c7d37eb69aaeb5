import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listTree, runGit, type PathEntry } from '../git/index.ts';
import type { Oid } from '../model.ts';
import type { Session } from './session.ts';

/**
 * Of what the index has and HEAD has not, that which no fetched commit being merged has either: a merge
 * of home's main brings what others published long ago. A branch that was never anywhere else is not
 * excused.
 */
export async function withoutMerged(
  session: Session,
  entries: readonly PathEntry[],
): Promise<readonly PathEntry[]> {
  const merged = new Set<string>();
  for (const commit of commitsBeingMerged(session)) {
    if (!(await wasFetched(session, commit))) continue;
    for (const { oid, path } of await listTree(session.repo, commit)) {
      merged.add(keyOf(oid, path));
    }
  }
  if (merged.size === 0) return entries;
  return entries.filter(({ oid, path }) => !merged.has(keyOf(oid, path)));
}

async function wasFetched({ repo }: Session, commit: Oid): Promise<boolean> {
  const refs = await runGit(repo, [
    'for-each-ref',
    '--count=1',
    '--contains',
    commit,
    'refs/remotes',
  ]);
  return refs.length > 0;
}

const keyOf = (oid: Oid, path: PathEntry['path']): string => `${oid} ${path.bytes ?? path.text}`;

/** MERGE_HEAD, or before git writes it, in pre-merge-commit, the names in GITHEAD_*. See git-merge(1). */
function commitsBeingMerged({ repo, env }: Session): Oid[] {
  const named = Object.keys(env).flatMap(
    (name) => /^GITHEAD_([0-9a-f]{40,64})$/.exec(name)?.[1] ?? [],
  );
  return [...new Set([...named, ...linesOf(join(repo.gitDir, 'MERGE_HEAD'))])] as Oid[];
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'latin1')
      .split('\n')
      .filter((line) => /^[0-9a-f]{40,64}$/.test(line));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}
