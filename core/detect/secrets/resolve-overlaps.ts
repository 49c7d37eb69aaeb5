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

/** A token this far into another one is not the same token read twice. */
const APART = 24;

/**
 * Whether `other`, which ranks higher, makes `one` redundant. A warning never hides what blocks, and
 * a token deep inside another is told as well: else a leaker would put his key into the signature of
 * an expired JWT, or of one that a policy lets through.
 */
export function hides(other: Candidate, one: Candidate): boolean {
  if (other.severity === 'warn' && one.severity === 'block') return false;
  const tokens = other.compiled.rule.rank === 'token' && one.compiled.rule.rank === 'token';
  if (tokens && one.start - other.start >= APART) return false;
  return [other, ...other.also].some((a) => [one, ...one.also].some((b) => meets(a, b)));
}

function meets(a: Region, b: Region): boolean {
  return a.start < b.end && b.start < a.end;
}

/**
 * One finding for each place: where candidates share bytes the more specific one stands. Returned in
 * order of their start. Near linear: hostile input may hold a token every twenty bytes.
 */
export function resolveOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const taken = new Map<number, Candidate[]>();
  const kept: Candidate[] = [];
  for (const one of [...candidates].sort(outranks)) {
    const stretches = [one, ...one.also].flatMap((range) => [...stretchesOf(range)]);
    const isHidden = stretches.some((at) => taken.get(at)?.some((other) => hides(other, one)));
    if (isHidden) continue;
    for (const at of stretches) {
      const there = taken.get(at);
      if (there === undefined) taken.set(at, [one]);
      else there.push(one);
    }
    kept.push(one);
  }
  return kept.sort((a, b) => a.start - b.start || a.end - b.end);
}
