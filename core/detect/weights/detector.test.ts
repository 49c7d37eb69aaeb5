import { expect, test } from 'vitest';
import type { WeightsFact } from '../../model.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import {
  tensorsOf,
  writeGguf,
  writeHdf5,
  writeNpy,
  writeNpz,
  writeOnnx,
  writePickledArray,
  writeSafetensors,
  writeStoredZip,
  writeTorchLegacy,
  writeTorchZip,
} from '../../../test/support/models.ts';
import { weightsDetector } from './detector.ts';
import { probe, type ProbeOptions } from './probe.ts';

async function weightsIn(content: Buffer | ByteSource, options?: ProbeOptions) {
  const { facts } = await probe(weightsDetector, content, options);
  return facts.filter((fact): fact is WeightsFact => fact.kind === 'weights');
}

const tensors = tensorsOf(256 * 1024);
const payloadBytes = 4 * 128 * 128 * 4;
const tensor = { shape: [256, 256] };

const files: Record<string, { file: Buffer; expected: Partial<WeightsFact> }> = {
  safetensors: {
    file: writeSafetensors({ tensors, metadata: { format: 'pt' } }),
    expected: { rule: 'safetensors', payloadBytes, tensors: 4, parameters: 4 * 128 * 128 },
  },
  gguf: {
    file: writeGguf({ tensors }),
    expected: { rule: 'gguf', payloadBytes, tensors: 4, parameters: 4 * 128 * 128 },
  },
  'PyTorch zip': {
    file: writeTorchZip({ tensors }),
    expected: { rule: 'pytorch-zip', payloadBytes, tensors: 4, parameters: 4 * 128 * 128 },
  },
  'a row of PyTorch zips': {
    file: Buffer.concat([1, 2, 3].map((seed) => writeTorchZip({ tensors, seed }))),
    expected: { rule: 'pytorch-zip', payloadBytes: 3 * payloadBytes, tensors: 12 },
  },
  'PyTorch legacy': {
    file: writeTorchLegacy({ tensors }),
    expected: { rule: 'pytorch-legacy', payloadBytes, tensors: 4 },
  },
  npy: { file: writeNpy({ tensor }), expected: { rule: 'npy', payloadBytes, tensors: 1 } },
  'pickled array': {
    file: writePickledArray({ tensor }),
    expected: { rule: 'pickle', payloadBytes },
  },
  HDF5: { file: writeHdf5({ tensors }), expected: { rule: 'hdf5', payloadBytes, tensors: 4 } },
  ONNX: { file: writeOnnx({ tensors }), expected: { rule: 'onnx', payloadBytes, tensors: 4 } },
};

for (const large of [false, true]) {
  const held = large ? 'read in parts' : 'in memory';

  test.each(Object.keys(files))(
    `%s, ${held}: one fact, with the payload it declares`,
    async (name) => {
      const { file, expected } = files[name] ?? { file: Buffer.alloc(0), expected: {} };
      const found = await weightsIn(file, { large });
      expect(found).toMatchObject([
        { kind: 'weights', at: { layer: '' }, evidence: 'content', ...expected },
      ]);
      expect(found).toHaveLength(1);
    },
  );

  test(`ONNX with its weights in Constant nodes, ${held}`, async () => {
    const found = await weightsIn(writeOnnx({ tensors, constants: true }), { large });
    expect(found).toMatchObject([{ rule: 'onnx' }]);
    expect(found[0]?.payloadBytes).toBeGreaterThan(payloadBytes - 4 * 512);
  });

  test.each([
    ['safetensors', 3000, payloadBytes],
    ['gguf', 3000, payloadBytes],
    ['PyTorch zip', 3000, payloadBytes],
    ['npy', 3000, payloadBytes],
    // These tell tensor by tensor, before each.
    ['ONNX', 3000, payloadBytes / 4],
    ['HDF5', 70_000, payloadBytes / 2],
  ])(
    `%s cut short, ${held}: counts by what its header declares`,
    async (name, length, declared) => {
      const { file, expected } = files[name] ?? { file: Buffer.alloc(0), expected: {} };
      expect(await weightsIn(file.subarray(0, length), { large })).toMatchObject([
        { rule: expected.rule, payloadBytes: declared },
      ]);
    },
  );

  test(`GGUF of every version and both byte orders, ${held}`, async () => {
    for (const version of [1, 2, 3] as const) {
      for (const bigEndian of [false, true]) {
        const file = writeGguf({ tensors, version, bigEndian });
        expect(await weightsIn(file, { large })).toMatchObject([
          { rule: 'gguf', payloadBytes, tensors: 4, parameters: 4 * 128 * 128 },
        ]);
      }
    }
  });

  test.each(['safetensors', 'gguf', 'PyTorch legacy', 'HDF5', 'PyTorch zip'])(
    `%s behind a picture's or a script's first bytes, ${held}`,
    async (name) => {
      const { file, expected } = files[name] ?? { file: Buffer.alloc(0), expected: {} };
      for (const prefix of ['GIF89a;;', '#!/bin/sh\nexit 0\n'.repeat(100)]) {
        const start = Buffer.from(prefix);
        const found = await weightsIn(Buffer.concat([start, file]), { large });
        expect(found).toMatchObject([
          { rule: expected.rule, payloadBytes, at: { offset: start.length } },
        ]);
      }
    },
  );
}

test('a second model behind the first is told as well', async () => {
  const small = writeSafetensors({ tensors: { a: { shape: [8] } } });
  const both = Buffer.concat([small, writeGguf({ tensors })]);
  expect(await weightsIn(both)).toMatchObject([
    { rule: 'safetensors', payloadBytes: 32 },
    { rule: 'gguf', payloadBytes },
  ]);
});

test('10 GB of safetensors are decided after reading at most 1 MiB', async () => {
  const entry = { dtype: 'F16', shape: [5_000_000_000], data_offsets: [0, 10_000_000_000] };
  const start = headerOf({ 'model.embed.weight': entry });
  const source = sparse(start, start.length + 10_000_000_000);
  const { facts, read, skip } = await probe(weightsDetector, source, { form: 'binary' });
  expect(facts).toMatchObject([{ rule: 'safetensors', payloadBytes: 10_000_000_000 }]);
  expect(skip).toEqual([{ start: start.length, end: start.length + 10_000_000_000 }]);
  expect(read).toBeLessThanOrEqual(1024 * 1024);
});

test('a safetensors header of 20 MB is enough of itself after 1 MiB', async () => {
  const entries: Record<string, unknown> = {};
  for (let i = 0; i < 200_000; i++) {
    const offsets = [i * 4000, (i + 1) * 4000];
    entries[`model.layers.${i}.weight`] = { dtype: 'F32', shape: [1000], data_offsets: offsets };
  }
  const start = headerOf(entries);
  const source = sparse(start, start.length + 800_000_000);
  const { facts, read } = await probe(weightsDetector, source, { form: 'binary' });
  expect(facts).toMatchObject([{ rule: 'safetensors', payloadBytes: 800_000_000 }]);
  expect(read).toBeLessThanOrEqual(1.25 * 1024 * 1024);
  // The payload is not there, so that all of the header has to be asked.
  expect(await weightsIn(start)).toMatchObject([{ payloadBytes: 800_000_000, tensors: 200_000 }]);
});

test('storages of a PyTorch archive count once, in the archive', async () => {
  const { file } = files['PyTorch zip'] ?? { file: Buffer.alloc(0) };
  const storage = { way: 'archive/data/0', bytes: file.subarray(10_000, 210_000) };
  const { facts } = await probe(weightsDetector, file, { inside: [storage] });
  expect(facts.filter(({ kind }) => kind === 'weights')).toHaveLength(1);
  // Alone it is a raw dump.
  expect(await weightsIn(storage.bytes, { way: 'x.zip!a/data/0' })).toMatchObject([
    { rule: 'headerless-tensors' },
  ]);
});

test('archives of models are left to their members', async () => {
  const zip = writeStoredZip(
    [{ name: 'model.safetensors', bytes: files['safetensors']?.file ?? Buffer.alloc(0) }],
    { torch: false },
  );
  expect(await weightsIn(zip)).toEqual([]);
  expect(await weightsIn(writeNpz({ tensors }))).toEqual([]);
  // A small archive does not hide what stands behind it.
  const hidden = Buffer.concat([
    writeSafetensors({ tensors }),
    writeStoredZip([], { torch: false }),
  ]);
  expect(await weightsIn(hidden)).toMatchObject([{ rule: 'safetensors' }]);
});

test('a PyTorch archive: storages from 4 MiB on are left out, and no member behind them', async () => {
  const big = { w: { shape: [1200, 1024] }, b: { shape: [8] } };
  const file = writeTorchZip({ tensors: big });
  const { skip } = await probe(weightsDetector, file);
  const [region] = skip;
  expect(skip).toHaveLength(1);
  expect((region?.end ?? 0) - (region?.start ?? 0)).toBe(1200 * 1024 * 4);
  // A directory that tells ten times the size.
  const lying = Buffer.from(file);
  const directory = lying.lastIndexOf('archive/data/0') - 46;
  for (const at of [20, 24]) lying.writeUInt32LE(1200 * 1024 * 40, directory + at);
  const after = lying.indexOf('archive/data/1') - 30;
  const lied = await probe(weightsDetector, lying);
  expect(lied.skip[0]?.end).toBe(after);
});

test('a directory that lies does not cover a dump in front of it', async () => {
  const dump = (files['safetensors']?.file ?? Buffer.alloc(0)).subarray(600);
  const zip = writeStoredZip([{ name: 'a', bytes: Buffer.from('b') }], { torch: false });
  zip.writeUInt32LE(0x7000_0000, zip.indexOf('PK\x01\x02') + 20);
  const found = await weightsIn(Buffer.concat([dump, zip]));
  expect(found).toMatchObject([{ rule: 'headerless-tensors' }]);
});

test('text and unknown binary are no weights; the latter is opaque', async () => {
  const text = Buffer.from('{"dtype":"F32","shape":[1],"data_offsets":[0,4]}\n'.repeat(50));
  expect((await probe(weightsDetector, text)).facts).toEqual([]);
  const noise = Buffer.alloc(4096, '\0\x01\x02');
  expect((await probe(weightsDetector, noise)).facts).toMatchObject([{ kind: 'opaque' }]);
  expect((await probe(weightsDetector, noise, { way: 'a.gz' })).facts).toEqual([]);
});

test('a spent budget is told, not passed over', async () => {
  const { file } = files['gguf'] ?? { file: Buffer.alloc(0) };
  const { facts } = await probe(weightsDetector, file, { large: true, deadline: 0 });
  expect(facts).toMatchObject([{ kind: 'uninspected', rule: 'time-budget' }]);
});

/** The first bytes of a safetensors file. */
function headerOf(entries: Record<string, unknown>): Buffer {
  const json = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json]);
}

/** `size` bytes that begin with `start`; never held in full. */
function sparse(start: Buffer, size: number): ByteSource {
  return {
    size,
    read(offset, length) {
      const bytes = Buffer.alloc(Math.min(length, size - offset), 0x55);
      if (offset < start.length) start.copy(bytes, 0, offset);
      return bytes;
    },
    async *stream() {
      yield await Promise.reject(new Error('the whole of it must not be read'));
    },
    close: () => Promise.resolve(),
  };
}
