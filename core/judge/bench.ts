import type { Destination, Label } from '../model.ts';
import type { CompiledPolicy } from '../policy/policy.ts';

/** One policy, made ready for one act. */
export interface Bench {
  readonly compiled: CompiledPolicy;
  readonly observes: boolean;
  readonly clearance: Label;
  readonly listed: boolean;
  /**
   * True where the policy's own allow lines count. The tip's never count alone: they would be the
   * pusher's. Beside another policy they only lift what the tip itself adds, since the other one
   * judges without them; were they ignored there, every change of a policy that allows test
   * fixtures would be stopped by its own, stricter, copy.
   */
  readonly mayAllow: boolean;
  /** Higher than any label the policy names for one it does not: an unknown label goes nowhere. */
  readonly rank: (label: Label) => number;
  /** Whether the act's destination is cleared for the label. */
  readonly isCleared: (label: Label) => boolean;
  /** Globs of the destinations that are cleared for the label. */
  readonly clearedFor: (label: Label) => readonly string[];
  /** Whether any destination at all is. */
  readonly goesAnywhere: (label: Label) => boolean;
  readonly lowest: Label;
}

export function openBench(
  compiled: CompiledPolicy,
  destination: Destination | undefined,
  alone: boolean,
): Bench {
  const { policy } = compiled;
  const ranks = new Map(policy.labels.map((label, index) => [label, index]));
  const rank = (label: Label) => ranks.get(label) ?? Number.POSITIVE_INFINITY;
  const lowest = policy.labels[0] ?? policy.defaultLabel;
  const { clearance, listed } =
    destination === undefined
      ? { clearance: lowest, listed: false }
      : compiled.clearanceOf(destination.normal);
  // A clearance the policy does not name clears nothing above the lowest label.
  const height = ranks.get(clearance) ?? 0;
  const clearedFor = (label: Label) =>
    policy.destinations
      .filter((one) => (ranks.get(one.clearance) ?? 0) >= rank(label))
      .map((one) => one.url);
  const anywhere = new Map<Label, boolean>();
  return {
    compiled,
    observes: policy.mode === 'observe',
    clearance,
    listed,
    mayAllow: compiled.source !== 'tip' || !alone,
    rank,
    isCleared: (label) => rank(label) <= height,
    clearedFor,
    goesAnywhere(label) {
      const known = anywhere.get(label);
      if (known !== undefined) return known;
      const goes = (rank(label) <= 0 && !policy.isolated) || clearedFor(label).length > 0;
      anywhere.set(label, goes);
      return goes;
    },
    lowest,
  };
}
