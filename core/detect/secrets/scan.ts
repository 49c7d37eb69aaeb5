import type { Engine } from './engine.ts';
import { type Candidate, findCandidates } from './find-candidates.ts';
import { MARKER_REACH } from './marker.ts';
import { hides, resolveOverlaps } from './resolve-overlaps.ts';

/** A search that moves through a layer step by step, whole in memory or not, with the same result. */
export interface Scan {
  readonly engine: Engine;
  readonly binary: boolean;
  readonly deadline: number;
  /** Found but not yet settled: a keyword further on may belong to a better candidate. */
  held: Candidate[];
}

/** Bytes of context a step needs before its first byte, for values that begin in earlier steps. */
export function leftContext(engine: Engine): number {
  return engine.before + engine.after + MARKER_REACH;
}

/** Bytes of context a step needs after its last byte. */
export function rightContext(engine: Engine): number {
  return engine.after + MARKER_REACH;
}

function moved(candidate: Candidate, by: number): Candidate {
  if (by === 0) return candidate;
  const shift = (range: { start: number; end: number }) => ({
    start: range.start + by,
    end: range.end + by,
  });
  return { ...candidate, ...shift(candidate), also: candidate.also.map(shift) };
}

const reach = (one: Candidate) => one.also.reduce((end, part) => Math.max(end, part.end), one.end);

/**
 * Searches the keywords that begin in `bytes[from .. to)` and returns what is settled by then, in
 * offsets of the layer: `bytes` begins at its offset `base`. `last`: no step follows.
 */
export function step(
  scan: Scan,
  bytes: Buffer,
  base: number,
  from: number,
  to: number,
  last: boolean,
): Candidate[] {
  const { engine, binary, deadline } = scan;
  const found = findCandidates({ engine, bytes, binary, deadline }, from, to);
  if (found.length === 0 && scan.held.length === 0) return [];
  const all = [...scan.held, ...found.map((one) => moved(one, base))];
  const kept = resolveOverlaps(all);
  const settled = last ? Infinity : base + to - engine.before;
  const done = kept.filter((one) => reach(one) <= settled);
  scan.held = all.filter((one) => reach(one) > settled && !done.some((other) => hides(other, one)));
  return done;
}
