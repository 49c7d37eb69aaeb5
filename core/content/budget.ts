import type { Position, UninspectedFact, UninspectedRule } from '../model.ts';

/** What opening one source may cost. Mutable: make one for each source. */
export interface Budget {
  /** Layers deeper than this are not opened; the outermost has depth 0. */
  readonly depth: number;
  /** Milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Decoded bytes that may still be produced. */
  readonly bytesLeft: number;
  /** Counts decoded bytes. False where that overdraws: all is spent then. */
  takeBytes(count: number): boolean;
  /** Counts bytes that are looked at again, though they are not decoded: a stored entry's. */
  takeSlice(count: number): boolean;
  /** Counts one container entry or decoded run. */
  takeEntry(): boolean;
  isLate(): boolean;
  /** True once anything was refused: what is left is not opened. */
  readonly isSpent: boolean;
  /** The fact that a budget is spent, the first time it is asked for; undefined ever after. */
  tell(rule: UninspectedRule, at: Position, detail?: string): UninspectedFact | undefined;
}

export interface BudgetLimits {
  /** Size of the source, which the defaults of `bytesOut` and `deadline` follow. */
  readonly sourceBytes?: number;
  /** Default: 8 times the source, at least 256 MiB, at most 8 GiB. */
  readonly bytesOut?: number;
  /** Default: 8. */
  readonly depth?: number;
  /** Default: 100,000. */
  readonly entries?: number;
  /** In milliseconds of `performance.now()`. Default: 30 seconds from now and one for each 16 MiB. */
  readonly deadline?: number;
}

const MIB = 1024 * 1024;

export function createBudget(limits: BudgetLimits = {}): Budget {
  const { sourceBytes = 0, depth = 8 } = limits;
  let bytesLeft = limits.bytesOut ?? Math.min(Math.max(256 * MIB, 8 * sourceBytes), 8 * 1024 * MIB);
  let entriesLeft = limits.entries ?? 100_000;
  const deadline =
    limits.deadline ?? performance.now() + 30_000 + (sourceBytes / (16 * MIB)) * 1000;
  // Stored entries that overlap cost time without costing decoded bytes.
  let slicesLeft = Math.max(256 * MIB, 8 * sourceBytes);
  let isSpent = false;
  const check = (holds: boolean) => {
    isSpent ||= !holds;
    return holds;
  };
  const told = new Set<UninspectedRule>();
  return {
    depth,
    deadline,
    get bytesLeft() {
      return bytesLeft;
    },
    takeBytes(count) {
      const holds = count <= bytesLeft;
      bytesLeft = Math.max(0, bytesLeft - count);
      return check(holds);
    },
    takeSlice: (count) => check((slicesLeft -= count) >= 0),
    takeEntry: () => check(--entriesLeft >= 0),
    isLate: () => !check(performance.now() <= deadline),
    get isSpent() {
      return isSpent;
    },
    tell(rule, at, detail) {
      // A depth that is too great only ends one branch.
      isSpent ||= rule !== 'depth-budget';
      if (told.has(rule)) return undefined;
      told.add(rule);
      return { kind: 'uninspected', rule, at, ...(detail === undefined ? {} : { detail }) };
    },
  };
}
