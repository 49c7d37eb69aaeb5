import type { UninspectedFact, UninspectedRule } from '../model.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { Spool } from '../source/spool.ts';
import type { Budget } from './budget.ts';
import type { Layer } from './layer.ts';
import type { Child } from './make-layer.ts';

/** What a caller brings to the opening of one source. */
export interface OpenOptions {
  /** Of this source alone: budgets are spent. */
  readonly budget: Budget;
  /** The real bytes behind a Git LFS pointer, or undefined where nobody has them. */
  readonly resolveLfs?: (oid: string, size: number) => Promise<ByteSource | undefined>;
}

/** What an opener finds in a layer: something inside, a fact, or work that must wait for I/O. */
export type Found =
  | { readonly child: Child }
  | { readonly fact: UninspectedFact }
  | { readonly later: (help: LaterHelp) => AsyncGenerator<Found> };

/** What only work that waits may use. */
export interface LaterHelp {
  readonly spool: Spool;
}

/** The fact that something in `layer` could not be looked into. */
export function closedFact(layer: Layer, rule: UninspectedRule, detail: string, offset = 0): Found {
  return {
    fact: { kind: 'uninspected', rule, at: positionIn(layer, offset), detail },
  };
}

export function positionIn(layer: Layer, offset = 0): UninspectedFact['at'] {
  return { layer: layer.way, offset, ...layer.origin };
}
