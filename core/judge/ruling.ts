import type { Label } from '../model.ts';
import type { Bench } from './bench.ts';
import type { Cell } from './table.ts';

export interface Allowed {
  readonly by: string;
  readonly reason: string;
}

/** What one policy makes of one thing at one place. */
export interface Ruling {
  /** `known`: the destination has it already. `observed`: would block, but the policy only watches. */
  readonly outcome: 'none' | 'allowed' | 'known' | 'observed' | 'warn' | 'block';
  readonly allowed?: Allowed;
}

const HEIGHT: Readonly<Record<Ruling['outcome'], number>> = {
  none: 0,
  allowed: 1,
  known: 2,
  observed: 3,
  warn: 4,
  block: 5,
};

export const heightOf = (ruling: Ruling): number => HEIGHT[ruling.outcome];

export const NOTHING: Ruling = { outcome: 'none' };

/** What a cell of the table asks for, for content of this label. */
export function asked(cell: Cell, bench: Bench, label: Label): 'none' | 'warn' | 'block' {
  switch (cell) {
    case 'none':
    case 'warn':
    case 'block':
      return cell;
    case 'clearance':
      return bench.isCleared(label) ? 'none' : 'block';
    case 'clearance-warn':
      return bench.isCleared(label) ? 'none' : 'warn';
    case 'anywhere':
      return bench.goesAnywhere(label) ? 'warn' : 'block';
    case 'anywhere-warn':
      return bench.goesAnywhere(label) ? 'none' : 'warn';
  }
}

/** One policy's ruling, once what is asked and who let it through are known. */
export function rule(
  bench: Bench,
  ask: 'none' | 'warn' | 'block',
  allowed: Allowed | undefined,
  known: boolean,
): Ruling {
  if (ask === 'none') return NOTHING;
  if (allowed !== undefined) return { outcome: 'allowed', allowed };
  if (known) return { outcome: 'known' };
  if (ask === 'block' && bench.observes) return { outcome: 'observed' };
  return { outcome: ask };
}
