import { WHOLE_LAYER_BYTES } from '../content/index.ts';
import { makeLayer } from '../content/make-layer.ts';
import type { CopyFact, Fact } from '../model.ts';
import { CordonError } from '../error.ts';
import type { CopiesHere } from './copies.ts';

/**
 * The registered content in a text that is open in an editor, at once: nothing is waited for and nothing
 * packed is opened, which a scan does. Ask `openCopies` again whenever something may have been
 * registered; it reads only what changed.
 *
 * @param ms the longest it may take. Throws CordonError `time-up` past it, and for more than 4 MiB: those
 *   belong to a worker.
 */
export function lookAtBuffer({ detector }: CopiesHere, bytes: Buffer, ms: number): CopyFact[] {
  if (detector === undefined) return [];
  if (bytes.length > WHOLE_LAYER_BYTES) throw new CordonError('time-up', { ms });
  const facts: Fact[] = [];
  void detector.detect(makeLayer({ name: '', content: bytes }), {
    emit: (fact) => facts.push(fact) > 0,
    fingerprint: () => '',
    deadline: performance.now() + ms,
  });
  if (facts.some(({ kind }) => kind === 'uninspected')) throw new CordonError('time-up', { ms });
  return facts.filter((fact) => fact.kind === 'copy');
}
