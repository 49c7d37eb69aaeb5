import type { PolicySource } from '../model.ts';
import { compileDestinationGlob } from '../destination/match-destination.ts';
import { compileGlob, foldPath, type PathTest } from './match-path.ts';
import { createLabelMatcher } from './label-matcher.ts';
import { fillDefaults } from './fill-defaults.ts';
import type { CompiledPolicy, Policy } from './policy.ts';

/** Makes a policy ready to be asked. Globs are compiled once, when first needed. */
export function compilePolicy(policy: Policy, source: PolicySource, hash: string): CompiledPolicy {
  const ranks = new Map(policy.labels.map((label, rank) => [label, rank]));
  const rank = (label: string) => ranks.get(label) ?? -1;
  const lowest = policy.labels[0] ?? policy.defaultLabel;
  const find = createLabelMatcher(
    policy.markings.flatMap(({ paths, label }, marking) =>
      paths.map((glob) => ({ glob, marking, rank: rank(label) })),
    ),
  );
  const tests = new Map<string, PathTest>();
  const testOf = (glob: string): PathTest => {
    const known = tests.get(glob) ?? compileGlob(glob);
    tests.set(glob, known);
    return known;
  };
  let destinations:
    | { readonly rank: number; readonly test: (normal: string) => boolean }[]
    | undefined;
  return {
    source,
    hash,
    policy,
    rank,
    labelOf(path) {
      const found = find(path);
      if (found === undefined) return { label: policy.defaultLabel, marking: -1 };
      const label = policy.labels[found.rank] ?? policy.defaultLabel;
      return { label, marking: found.marking, glob: found.glob };
    },
    matches(path, globs) {
      const folded = foldPath(path);
      return globs.some((glob) => testOf(glob)(folded));
    },
    clearanceOf(normal) {
      destinations ??= policy.destinations.map(({ url, clearance }) => ({
        rank: rank(clearance),
        test: compileDestinationGlob(url),
      }));
      const matching = destinations.filter(({ test }) => test(normal));
      if (matching.length === 0) return { clearance: lowest, listed: false };
      const highest = Math.max(...matching.map((one) => one.rank));
      return { clearance: policy.labels[highest] ?? lowest, listed: true };
    },
  };
}

/** Where there is no policy file at all: only secrets and weights are stopped. */
export function builtInPolicy(): CompiledPolicy {
  return compilePolicy(fillDefaults({ version: 1 }), 'built-in', 'built-in');
}
