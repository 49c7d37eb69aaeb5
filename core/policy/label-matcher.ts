import { compilePaths } from './compile-paths.ts';

/** A marking's glob with its place in the policy and its label's rank. */
export interface RankedGlob {
  readonly glob: string;
  readonly marking: number;
  readonly rank: number;
}

/** Finds the highest-ranked glob that matches a path; of equals, the first in the policy. */
export type LabelMatcher = (path: string) => RankedGlob | undefined;

export function createLabelMatcher(globs: readonly RankedGlob[]): LabelMatcher {
  const ordered = [...globs].sort((a, b) => b.rank - a.rank || a.marking - b.marking);
  const first = compilePaths(ordered.map(({ glob }) => glob));
  return (path) => ordered[first(path)];
}
