import type { Region } from '../../content/layer.ts';
import type { Candidate } from './find-candidates.ts';

const weight = { file: 3, token: 2, named: 1, generic: 0 } as const;
/** Kept ranges are filed under the stretches of 4 KiB that they touch. */
const STRETCH = 12;

function outranks(a: Candidate, b: Candidate): number {
  return (
    weight[b.compiled.rule.rank] - weight[a.compiled.rule.rank] ||
    Number(b.proven) - Number(a.proven) ||
    b.also.length - a.also.length ||
    b.end - b.start - (a.end - a.start) ||
    a.start - b.start ||
    a.compiled.index - b.compiled.index
  );
}

function* stretchesOf(range: Region): Iterable<number> {
  for (let at = range.start >> STRETCH; at <= (range.end - 1) >> STRETCH; at++) yield at;
}

/** Whether two candidates share bytes. */
export function meets(a: Region, b: Region): boolean {
  return a.start < b.end && b.start < a.end;
}

/**
 * One finding for each place: where candidates share bytes the more specific one stands. Returned in
 * order of their start. Near linear: hostile input may hold a token every twenty bytes.
 */
export function resolveOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const taken = new Map<number, Region[]>();
  const isTaken = (range: Region) => {
    for (const stretch of stretchesOf(range)) {
      if (taken.get(stretch)?.some((other) => meets(range, other)) === true) return true;
    }
    return false;
  };
  const take = (range: Region) => {
    for (const stretch of stretchesOf(range)) {
      const there = taken.get(stretch);
      if (there === undefined) taken.set(stretch, [range]);
      else there.push(range);
    }
  };
  const kept: Candidate[] = [];
  for (const one of [...candidates].sort(outranks)) {
    if (isTaken(one) || one.also.some(isTaken)) continue;
    take(one);
    one.also.forEach(take);
    kept.push(one);
  }
  return kept.sort((a, b) => a.start - b.start || a.end - b.end);
}
