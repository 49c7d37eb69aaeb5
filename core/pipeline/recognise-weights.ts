import { HEAD_BYTES, makeLayer } from '../content/make-layer.ts';
import { weightsByName, weightsDetector } from '../detect/weights/index.ts';
import type { Fact } from '../model.ts';
import type { ByteSource } from '../source/index.ts';

/** Fewer bytes than this are not worth a look: what is called weights is far larger. */
export const LEAST_WEIGHTS_BYTES = 64 * 1024;

/**
 * Whether content as it lies is a trained model's parameters, or is called so and could be anything.
 * Headers are read, nothing is unpacked: this is asked of each large file of a work tree.
 */
export async function areWeights(
  path: string,
  source: ByteSource,
  deadline: number,
): Promise<boolean> {
  if (source.size < LEAST_WEIGHTS_BYTES) return false;
  const facts: Fact[] = [];
  const head = await source.read(0, HEAD_BYTES);
  const layer = makeLayer({ name: '', content: source }, undefined, head);
  await weightsDetector.detect(layer, {
    deadline,
    emit: (fact) => facts.push(fact) > 0,
    fingerprint: () => '',
  });
  if (facts.some(({ kind }) => kind === 'weights')) return true;
  return weightsByName(path, facts, source.size) !== undefined;
}
