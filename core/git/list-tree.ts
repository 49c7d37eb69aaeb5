import { CordonError } from '../error.ts';
import type { Oid, PathName } from '../model.ts';
import { toOid } from './parse-push.ts';
import { toPathName } from './path-name.ts';
import type { Repository } from './repository.ts';
import { runGit } from './spawn.ts';

export interface TreeEntry {
  readonly oid: Oid;
  /** Six octal digits, as in `PathEntry`; `040000` for a folder. */
  readonly mode: string;
  readonly path: PathName;
}

/** Reads the output of `git ls-tree -z`. Throws `git.protocol`. */
function parseTree(output: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < output.length) {
    const tab = output.indexOf(0x09, at);
    const nul = output.indexOf(0, tab);
    const [mode = '', , oid = ''] = output.toString('latin1', at, tab).split(' ');
    if (tab < 0 || nul <= tab || !/^[0-7]{6}$/.test(mode)) {
      throw new CordonError('git.protocol', { what: 'ls-tree' });
    }
    entries.push({ oid: toOid(oid), mode, path: toPathName(output.subarray(tab + 1, nul)) });
    at = nul + 1;
  }
  return entries;
}

const lsTree = ['ls-tree', '-z', '--full-tree'];

/** Every file, symlink and submodule under a commit, tag or tree. Throws `git.failed` if it is none. */
export async function listTree(repo: Repository, treeish: string): Promise<TreeEntry[]> {
  return parseTree(await runGit(repo, [...lsTree, '-r', '--end-of-options', treeish]));
}

/** What stands at `path` (no pattern) in a commit, tag or tree; undefined where nothing does. */
export async function treeEntry(
  repo: Repository,
  treeish: string,
  path: string,
): Promise<TreeEntry | undefined> {
  const output = await runGit(repo, [...lsTree, '--end-of-options', treeish, '--', path]);
  return parseTree(output).find((entry) => entry.path.text === path);
}
