import { createHmac } from 'node:crypto';
import type { Layer } from '../../content/layer.ts';
import type { Fact, SecretFact } from '../../model.ts';
import type { Detector } from '../detector.ts';

/** A layer of bytes, as the opener would hand it out. For tests. */
export function layerOf(bytes: Buffer, form: 'text' | 'binary' = 'text', whole = true): Layer {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  return {
    way: '',
    depth: 0,
    form,
    bytes: whole ? bytes : undefined,
    skip: [],
    source: {
      size: bytes.length,
      read,
      async *stream(start = 0) {
        for (let at = start; at < bytes.length; at += 65536) yield read(at, 65536);
      },
      async close() {},
    },
  };
}

/** What a detector tells of a layer. `values` are the credentials as the detector named them. */
export async function detectAll(
  detector: Detector,
  layer: Layer,
  most = Infinity,
): Promise<{ facts: Fact[]; secrets: SecretFact[]; values: string[] }> {
  const facts: Fact[] = [];
  const values: string[] = [];
  await detector.detect(layer, {
    emit: (fact) => facts.push(fact) < most,
    fingerprint(rule, value) {
      values.push(value.toString('latin1'));
      return createHmac('sha256', 'test').update(`${rule}\n`).update(value).digest('hex');
    },
    deadline: Infinity,
  });
  return { facts, secrets: facts.filter((fact) => fact.kind === 'secret'), values };
}
