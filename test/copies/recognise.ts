import { createBudget, openBufferLayers, type Layer } from '../../core/content/index.ts';
import { copiesDetector } from '../../core/detect/copies/index.ts';
import type { CopyIndex, WordTable } from '../../core/detect/copies/types.ts';
import type { CopyFact } from '../../core/model.ts';

/** Says what of an index is in a file, in every layer that the product opens. */
export type Recognise = (bytes: Buffer) => Promise<CopyFact[]>;

/** Without the exact tier: that a file is the same byte for byte is no measure. */
export function createRecognise(index: CopyIndex, words: WordTable): Recognise {
  const exact = { hasSize: () => false, bySha256: () => [], byBlob: () => [] };
  const detector = copiesDetector({ indexes: [index], exact }, words);
  return async (bytes) => {
    const found: CopyFact[] = [];
    const context = {
      emit: (fact: { readonly kind: string }) => {
        if (isCopy(fact)) found.push(fact);
        else throw new Error(`not looked at: ${JSON.stringify(fact)}`);
        return true;
      },
      fingerprint: () => '',
      deadline: Infinity,
    };
    const layers = openBufferLayers(bytes, { budget: createBudget() });
    let step = layers.next();
    for (; step.done !== true; step = layers.next()) {
      if (isLayer(step.value)) await detector.detect(step.value, context);
    }
    if (step.value === undefined) return found;
    for await (const item of step.value) {
      if (isLayer(item)) await detector.detect(item, context);
    }
    return found;
  };
}

const isLayer = (item: object): item is Layer => 'way' in item;
const isCopy = (fact: { readonly kind: string }): fact is CopyFact => fact.kind === 'copy';
