import type { Label, PathName } from '../model.ts';
import { listTree, type Repository, runGit } from '../git/index.ts';
import { toPathName } from '../git/path-name.ts';
import type { CompiledPolicy } from '../policy/index.ts';

/** What the policies say of a path for the index. */
export interface Classifier {
  /** The label of a path that is to be registered; `marked` where a marking says so, not the default. */
  ofPath(path: string): { readonly label: Label; readonly marked: boolean } | undefined;
  /** The label of what is recognised as weights, where such content is to be registered. */
  readonly weights: Label | undefined;
  /** The higher of two labels. */
  higher(a: Label, b: Label): Label;
  /** What a person registers by name carries at least this one. */
  readonly least: Label;
}

/** A path is registered where one policy labels it at or above its own `copies.from`. */
export function createClassifier(policies: readonly CompiledPolicy[]): Classifier {
  const isFrom = (one: CompiledPolicy, label: Label) =>
    one.rank(label) >= one.rank(one.policy.copies.from);
  const weights = policies
    .filter((one) => isFrom(one, one.policy.weights.label))
    .map((one) => ({ label: one.policy.weights.label, rank: one.rank(one.policy.weights.label) }));
  const highest = <T extends { readonly rank: number }>(found: readonly T[]): T | undefined =>
    found.reduce<T | undefined>(
      (best, one) => (best === undefined || one.rank > best.rank ? one : best),
      undefined,
    );
  return {
    ofPath(path) {
      const found = policies.flatMap((one) => {
        const { label, marking } = one.labelOf(path);
        return isFrom(one, label) ? [{ label, marked: marking >= 0, rank: one.rank(label) }] : [];
      });
      const best = highest(found);
      return best && { label: best.label, marked: found.some(({ marked }) => marked) };
    },
    weights: highest(weights)?.label,
    higher(a, b) {
      const rank = (label: Label) => Math.max(...policies.map((one) => one.rank(label)));
      return rank(b) > rank(a) ? b : a;
    },
    least: policies[0]?.policy.copies.from ?? '',
  };
}

/** Folders of other people's code, public as a rule: their content says nothing about a leak. */
const VENDORED =
  /(?:^|\/)(?:node_modules|site-packages|bower_components|third[_-]?party|vendor(?:ed)?|\.venv)\//i;

export const isVendored = (path: string): boolean => VENDORED.test(path);

/**
 * Paths of the work tree: all that git tracks, and what it does not. `ignored` tells whether files
 * that git ignores are among the latter: checkpoints as a rule are.
 */
export async function listWorkPaths(
  repo: Repository,
  ignored: boolean,
): Promise<{ readonly tracked: readonly PathName[]; readonly untracked: readonly PathName[] }> {
  if (repo.workTree === undefined) return { tracked: [], untracked: [] };
  const others = ['ls-files', '-z', '--others', ...(ignored ? [] : ['--exclude-standard'])];
  const [tracked, untracked] = await Promise.all([
    runGit(repo, ['ls-files', '-z', '--cached', '--deduplicate']),
    runGit(repo, others),
  ]);
  return { tracked: namesIn(tracked), untracked: namesIn(untracked) };
}

function namesIn(listed: Buffer): PathName[] {
  const names: PathName[] = [];
  for (let at = 0; at < listed.length;) {
    const end = listed.indexOf(0, at);
    // A folder is named where another repository lies in it.
    if (end > at && listed[end - 1] !== 0x2f) names.push(toPathName(listed.subarray(at, end)));
    if (end < 0) break;
    at = end + 1;
  }
  return names;
}

/** Regular files of a commit's tree. */
export async function listCommitFiles(repo: Repository, commit: string) {
  const entries = await listTree(repo, commit);
  return entries.filter(({ mode }) => mode.startsWith('100'));
}
