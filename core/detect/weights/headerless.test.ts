import { expect, test } from 'vitest';
import { makeGaussian, tensorBytes } from '../../../test/support/models.ts';
import { weightsDetector } from './detector.ts';
import { probe } from './probe.ts';

const ELEMENTS = 64 * 1024;

async function rulesIn(content: Buffer, large = false) {
  const { facts, read } = await probe(weightsDetector, content, { form: 'binary', large });
  expect(read).toBeLessThanOrEqual(3 * 1024 * 1024);
  return facts.map(({ rule }) => rule);
}

/** f32, little endian. */
function floats(next: (i: number) => number): Buffer {
  const bytes = Buffer.alloc(ELEMENTS * 4);
  for (let i = 0; i < ELEMENTS; i++) bytes.writeFloatLE(next(i), i * 4);
  return bytes;
}

function shorts(next: (i: number) => number): Buffer {
  const bytes = Buffer.alloc(ELEMENTS * 2);
  for (let i = 0; i < ELEMENTS; i++) {
    bytes.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(next(i)))), i * 2);
  }
  return bytes;
}

for (const large of [false, true]) {
  test(`tensors without a header, ${large ? 'read in parts' : 'in memory'}`, async () => {
    for (const dtype of ['F32', 'F16', 'BF16', 'F64'] as const) {
      const raw = tensorBytes({ shape: [ELEMENTS], dtype }, makeGaussian(1));
      expect(await rulesIn(raw, large)).toEqual(['headerless-tensors']);
      // A few bytes in front move every element.
      const shifted = Buffer.concat([Buffer.from('xyz'), raw]);
      expect(await rulesIn(shifted, large)).toEqual(['headerless-tensors']);
    }
  });
}

test('big endian, and f32 that was f16', async () => {
  const raw = tensorBytes({ shape: [ELEMENTS] }, makeGaussian(1));
  expect(await rulesIn(Buffer.from(raw).swap32())).toEqual(['headerless-tensors']);
  // The low bits of the fraction are zero.
  for (let i = 0; i < raw.length; i += 4) raw.writeUInt16LE(raw.readUInt16LE(i) & 0xe000, i);
  expect(await rulesIn(raw)).toEqual(['headerless-tensors']);
});

/** llama.cpp's q8_0 and q4_0: of each 32 weights a scale in f16, and integers. */
function quantise(kind: 'q8_0' | 'q4_0'): Buffer {
  const draw = makeGaussian(7);
  const blocks: Buffer[] = [];
  for (let i = 0; i < 4096; i++) {
    const weights = Array.from({ length: 32 }, draw);
    const extreme = weights.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    const scale = kind === 'q8_0' ? Math.abs(extreme) / 127 : extreme / -8;
    const numbers = weights.map((weight) => Math.round(weight / scale));
    const bytes = tensorBytes({ shape: [1], dtype: 'F16' }, () => scale);
    if (kind === 'q8_0') {
      blocks.push(bytes, Buffer.from(numbers.map((number) => number & 0xff)));
    } else {
      const nibble = (j: number) => Math.max(0, Math.min(15, (numbers[j] ?? 0) + 8));
      blocks.push(
        bytes,
        Buffer.from(Array.from({ length: 16 }, (_, j) => nibble(j) | (nibble(j + 16) << 4))),
      );
    }
  }
  return Buffer.concat(blocks);
}

test('quantised: signed bytes, q8_0, q4_0, at any phase', async () => {
  const signed = tensorBytes({ shape: [2 * ELEMENTS], dtype: 'I8' }, makeGaussian(1));
  for (const raw of [signed, quantise('q8_0'), quantise('q4_0')]) {
    expect(await rulesIn(raw)).toEqual(['headerless-tensors']);
    expect(await rulesIn(Buffer.concat([Buffer.from('abc'), raw]))).toEqual(['headerless-tensors']);
  }
});

test('the payload is the part of the file that the places looked at stand for', async () => {
  const raw = tensorBytes({ shape: [4 * ELEMENTS] }, makeGaussian(1));
  const half = Buffer.concat([raw, Buffer.alloc(raw.length, 'text, text. ')]);
  const { facts } = await probe(weightsDetector, half, { form: 'binary' });
  const [found] = facts;
  expect(found).toMatchObject({ rule: 'headerless-tensors', at: { layer: '' } });
  expect(found?.kind === 'weights' ? found.payloadBytes / raw.length : 0).toBeCloseTo(1, 0);
});

const noise = makeGaussian(5, 1);
let walk = 0;
const negatives: Record<string, Buffer> = {
  'audio, f32': floats((i) => 0.3 * Math.sin(i / 11) + 0.1 * Math.sin(i / 3.7) + 0.01 * noise()),
  'audio, s16': shorts((i) => 9000 * Math.sin(i / 11) + 300 * noise()),
  'white noise, s16': shorts(() => 1000 * noise()),
  'a random walk': floats(() => (walk += noise() * 0.01)),
  prices: floats((i) => 100 * Math.exp(Math.sin(i / 9000) + 0.01 * noise())),
  temperatures: floats(() => 20 + 5 * noise()),
  'uniform numbers from 0 to 1': floats((i) => ((i * 7919) % 65521) / 65521),
  'an image, normalised': floats(
    (i) => Math.sin(Math.floor((i % 256) / 16)) * Math.cos(Math.floor(i / 4096)) + 0.05 * noise(),
  ),
  'vertices of a mesh': floats((i) => (i % 3 === 2 ? i / 1000 : Math.sin(i / 40 + (i % 3)))),
  magnitudes: floats(() => Math.abs(noise())),
  'log-normal sizes': floats(() => Math.exp(noise())),
  counts: floats((i) => (i * i) % 7),
  'mostly zeros': floats((i) => (i % 10 === 0 ? noise() : 0)),
  'random bytes': Buffer.from(
    Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 2654435761) >>> 13),
  ),
};

test.each(Object.keys(negatives))('no tensors: %s', async (name) => {
  expect(await rulesIn(negatives[name] ?? Buffer.alloc(0))).toEqual(['opaque']);
});
