import type { Oid, PathName } from '../model.ts';
import { streamPaths } from './list-paths.ts';
import type { Repository } from './repository.ts';

export interface HistoryQuery {
  readonly tips: readonly Oid[];
  /** Folders or files, literal; everything by default. */
  readonly prefixes?: readonly string[];
  /** Commits already gone through, with all they reach. Ids that are gone exclude nothing. */
  readonly exclude?: readonly Oid[];
}

/** A blob and a path at which some commit had it. */
export interface PathOfBlob {
  readonly oid: Oid;
  readonly path: PathName;
  /** The commit that put it there; undefined in a tree that a tag names. */
  readonly commit?: Oid;
}

const SUBMODULE = '160000';

/**
 * Every blob with every path that the history of `tips` gives it, in groups as they come. A pair
 * comes again where history brings it again. Content that moves is known by its id through this.
 */
export async function* findPaths(
  repo: Repository,
  { tips, prefixes = [], exclude = [] }: HistoryQuery,
): AsyncGenerator<readonly PathOfBlob[], void, undefined> {
  for await (const entries of streamPaths(repo, { tips, negatives: exclude }, prefixes)) {
    yield entries
      .filter((entry) => entry.deleted !== true && entry.mode !== SUBMODULE)
      .map(({ oid, path, commit }) => ({ oid, path, ...(commit !== undefined && { commit }) }));
  }
}
