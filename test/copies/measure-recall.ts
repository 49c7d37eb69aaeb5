import type { CopyFact } from '../../core/model.ts';
import { makeCases, type CaseSet, type CopyCase, type Size } from './make-case.ts';
import type { Recognise } from './recognise.ts';
import type { Group, Transform } from './transforms/transform.ts';

export interface Cell {
  readonly transform: string;
  readonly group: Group;
  readonly size: Size;
  readonly cases: number;
  /** Recognised surely enough to block. */
  readonly sure: number;
  /** Recognised surely enough to warn, those that block included. */
  readonly likely: number;
}

/** A case that was not recognised, for a person to read. */
export type OnMiss = (transform: Transform, size: Size, one: CopyCase, best: CopyFact[]) => void;

export async function measureCell(
  set: CaseSet,
  recognise: Recognise,
  transform: Transform,
  size: Size,
  count: number,
  onMiss?: OnMiss,
): Promise<Cell> {
  let cases = 0;
  let sure = 0;
  let likely = 0;
  for await (const one of makeCases(set, transform, size, count)) {
    const found = await recognise(one.bytes);
    cases++;
    if (found.length > 0) likely++;
    if (found.some(({ grade }) => grade === 'sure')) sure++;
    else onMiss?.(transform, size, one, found);
  }
  return { transform: transform.name, group: transform.group, size, cases, sure, likely };
}
