/** Each parser under 10,000 mutated files, and any bytes at all: no throw, no hang, facts that are sane. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../model.ts';
import {
  writeGguf,
  writeHdf5,
  writeNpy,
  writeOnnx,
  writePickledArray,
  writeSafetensors,
  writeTorchLegacy,
  writeTorchZip,
} from '../../../test/support/models.ts';
import { executableDetector } from '../executable/index.ts';
import { weightsDetector } from './detector.ts';
import { probe } from './probe.ts';

const detectors = [weightsDetector, executableDetector];
const tensors = { 'a.weight': { shape: [24, 16] }, 'b.bias': { shape: [24] } };
const files: Record<string, Buffer> = {
  safetensors: writeSafetensors({ tensors, metadata: { format: 'pt' } }),
  gguf: writeGguf({ tensors }),
  'PyTorch zip': writeTorchZip({ tensors }),
  'PyTorch legacy': writeTorchLegacy({ tensors }),
  npy: writeNpy({ tensor: { shape: [24, 16] } }),
  pickle: writePickledArray({ tensor: { shape: [40, 40] } }),
  ONNX: writeOnnx({ tensors }),
  HDF5: writeHdf5({ tensors }),
};

/** Whole numbers below `limit` from a seed, the same on every run. */
function makeRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** A copy with some bytes changed, runs filled with extremes, parts cut out, doubled, or the end lost. */
function mutate(file: Buffer, random: (limit: number) => number): Buffer {
  let bytes = Buffer.from(file);
  for (let i = random(4); i >= 0; i--) {
    // Headers are where parsers break: most changes go there.
    const at = random(random(2) === 0 ? Math.min(400, bytes.length) : bytes.length);
    const length = 1 + random(16);
    switch (random(6)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes.fill(EXTREMES[random(EXTREMES.length)] ?? 0, at, Math.min(at + length, bytes.length));
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 4:
        bytes = bytes.subarray(0, Math.max(1, bytes.length - random(bytes.length)));
        break;
      default:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    }
  }
  return bytes;
}

/** Few facts, each with a payload that can be summed. */
function areSane(facts: readonly Fact[]): boolean {
  const bytes = facts.flatMap((fact) => (fact.kind === 'weights' ? [fact.payloadBytes] : []));
  return facts.length <= 100 && bytes.every((sum) => Number.isSafeInteger(sum) && sum > 0);
}

test.each(Object.keys(files))('%s: 10,000 mutated files', async (name) => {
  const file = files[name] ?? Buffer.alloc(0);
  const random = makeRandom(name.length * 7919);
  const insane: number[] = [];
  let told = 0;
  for (let i = 0; i < 10_000; i++) {
    const large = i % 8 === 0;
    const { facts, read } = await probe(detectors, mutate(file, random), { form: 'binary', large });
    if (!areSane(facts) || read > 64 * 1024 * 1024) insane.push(i);
    if (facts.some(({ kind }) => kind === 'weights')) told += 1;
  }
  expect(insane).toEqual([]);
  // Most of them are still models, and are still told.
  expect(told).toBeGreaterThan(2500);
});

test('any bytes at all, behind any beginning that a format claims', async () => {
  const heads = Object.values(files).flatMap((file) =>
    [0, 8, 64, 256].map((n) => file.subarray(0, n)),
  );
  const content = fc
    .tuple(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 2048 }))
    .map(([head, rest]) => Buffer.concat([head, rest]));
  await fc.assert(
    fc.asyncProperty(content, fc.boolean(), async (bytes, large) => {
      const { facts } = await probe(detectors, bytes, { form: 'binary', large });
      expect(areSane(facts)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('the same bytes give the same facts, in memory or read in parts', async () => {
  const random = makeRandom(99);
  for (const file of Object.values(files)) {
    for (let i = 0; i < 300; i++) {
      const bytes = mutate(file, random);
      const whole = await probe(detectors, bytes, { form: 'binary' });
      const parts = await probe(detectors, bytes, { form: 'binary', large: true });
      expect(parts.facts).toEqual(whole.facts);
    }
  }
});
