import { expect, test } from 'vitest';
import { weightsDetector } from './detector.ts';
import { probe } from './probe.ts';

const u32 = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, i * 4);
  return bytes;
};

/** A flatbuffer with a root table whose fifth field is a vector of one Buffer of `size` bytes. */
function writeFlatbuffer(identifier: string, size: number): Buffer {
  const vtable = Buffer.alloc(16);
  vtable.writeUInt16LE(14, 0);
  vtable.writeUInt16LE(8, 2);
  vtable.writeUInt16LE(4, 4 + 2 * 4);
  // 8: vtable, 24: root, 32: vector, 40: vtable of Buffer, 48: Buffer, 56: its bytes.
  const bufferTable = Buffer.from([6, 0, 8, 0, 4, 0, 0, 0]);
  return Buffer.concat([
    u32(24),
    Buffer.from(identifier),
    vtable,
    u32(24 - 8, 32 - 28),
    u32(1, 48 - 36),
    bufferTable,
    u32(48 - 40, 56 - 52),
    u32(size),
    Buffer.alloc(size, 7),
  ]);
}

test('TFLite: the buffers that the model lists', async () => {
  const { facts } = await probe(weightsDetector, writeFlatbuffer('TFL3', 5000), { form: 'binary' });
  expect(facts).toMatchObject([{ rule: 'tflite', payloadBytes: 5000, tensors: 1 }]);
});

test('ONNX Runtime and ExecuTorch: all of the file', async () => {
  for (const [identifier, rule] of [
    ['ORTM', 'ort'],
    ['ET12', 'executorch'],
  ] as const) {
    const file = writeFlatbuffer(identifier, 5000);
    const { facts } = await probe(weightsDetector, file, { form: 'binary' });
    expect(facts).toMatchObject([{ rule, payloadBytes: file.length - 24 }]);
  }
});

test('the identifier alone is no model', async () => {
  const { facts } = await probe(
    weightsDetector,
    Buffer.from('\xff\xff\xff\0TFL3\0\0\0\0\0\0\0\0', 'latin1'),
    { form: 'binary' },
  );
  expect(facts).toMatchObject([{ kind: 'opaque' }]);
});

test('GGML as it lies on disk, with sane hyperparameters', async () => {
  const body = Buffer.alloc(8192, 3);
  const file = Buffer.concat([Buffer.from('lmgg'), u32(32000, 4096, 256, 32, 32, 128, 2), body]);
  const { facts } = await probe(weightsDetector, file, { form: 'binary' });
  expect(facts).toMatchObject([{ rule: 'ggml', payloadBytes: file.length - 48 }]);
  const text = Buffer.from('lmgg is no word, but it can begin a text all the same.\0');
  expect((await probe(weightsDetector, text, { form: 'binary' })).facts).toMatchObject([
    { kind: 'opaque' },
  ]);
});
