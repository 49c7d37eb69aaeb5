import { createBudget, openBufferLayers } from '../../core/content/index.ts';
import { findCopies } from '../../core/detect/copies/find-copies.ts';
import type { CopyIndex, CopyMatch, WordTable } from '../../core/detect/copies/types.ts';

/** All that is recognised in a file, in every layer that the product opens. */
export async function recognise(
  index: CopyIndex,
  bytes: Buffer,
  words: WordTable,
): Promise<CopyMatch[]> {
  const found: CopyMatch[] = [];
  const layers = openBufferLayers(bytes, { budget: createBudget() });
  const look = (layer: Buffer | undefined): void => {
    if (layer !== undefined) found.push(...findCopies([index], layer, { words }));
  };
  let step = layers.next();
  for (; step.done !== true; step = layers.next()) {
    if ('bytes' in step.value) look(step.value.bytes);
  }
  if (step.value === undefined) return found;
  for await (const item of step.value) {
    if ('bytes' in item) look(item.bytes);
  }
  return found;
}
