import { expect, test } from 'vitest';
import type { WeightsFact } from '../../model.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { tensorsOf, writeGguf, writeSafetensors } from '../../../test/support/models.ts';
import { weightsDetector } from './detector.ts';
import { probe, type ProbeOptions } from './probe.ts';

async function weightsIn(content: Buffer | ByteSource, options?: ProbeOptions) {
  const { facts } = await probe(weightsDetector, content, options);
  return facts.filter((fact): fact is WeightsFact => fact.kind === 'weights');
}

const tensors = tensorsOf(256 * 1024);
const payloadBytes = 4 * 128 * 128 * 4;

for (const large of [false, true]) {
  const held = large ? 'read in parts' : 'in memory';

  test(`safetensors, ${held}: format, payload and parameters from the header`, async () => {
    const file = writeSafetensors({ tensors, metadata: { format: 'pt' } });
    expect(await weightsIn(file, { large })).toEqual([
      {
        kind: 'weights',
        rule: 'safetensors',
        at: { layer: '' },
        payloadBytes,
        tensors: 4,
        parameters: 4 * 128 * 128,
        evidence: 'content',
      },
    ]);
  });

  test(`safetensors, ${held}: a cut file counts by what its header declares`, async () => {
    const file = writeSafetensors({ tensors });
    expect(await weightsIn(file.subarray(0, 2000), { large })).toMatchObject([
      { rule: 'safetensors', payloadBytes },
    ]);
  });

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

  test(`models behind a picture's or a script's first bytes, ${held}`, async () => {
    for (const prefix of ['GIF89a;;', '#!/bin/sh\nexit 0\n'.repeat(100)]) {
      const start = Buffer.from(prefix);
      for (const file of [writeSafetensors({ tensors }), writeGguf({ tensors })]) {
        expect(await weightsIn(Buffer.concat([start, file]), { large })).toMatchObject([
          { payloadBytes, at: { offset: start.length } },
        ]);
      }
    }
  });
}

test('10 GB of safetensors are decided after reading at most 1 MiB', async () => {
  const entry = { dtype: 'F16', shape: [5_000_000_000], data_offsets: [0, 10_000_000_000] };
  const json = Buffer.from(JSON.stringify({ 'model.embed.weight': entry }));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(json.length));
  const start = Buffer.concat([head, json]);
  const source: ByteSource = {
    size: start.length + 10_000_000_000,
    read(offset, length) {
      const bytes = Buffer.alloc(Math.min(length, this.size - offset), 0x55);
      if (offset < start.length) start.copy(bytes, 0, offset);
      return bytes;
    },
    async *stream() {
      yield await Promise.reject(new Error('the whole of it must not be read'));
    },
    close: () => Promise.resolve(),
  };
  const { facts, read, skip } = await probe(weightsDetector, source, { form: 'binary' });
  expect(facts).toMatchObject([{ rule: 'safetensors', payloadBytes: 10_000_000_000 }]);
  expect(skip).toEqual([{ start: start.length, end: start.length + 10_000_000_000 }]);
  expect(read).toBeLessThanOrEqual(1024 * 1024);
});

test('text and unknown binary are no weights; the latter is opaque', async () => {
  expect((await probe(weightsDetector, Buffer.from('{"dtype":"F32"}\n'.repeat(50)))).facts).toEqual(
    [],
  );
  const noise = Buffer.alloc(4096, '\0\x01\x02');
  expect((await probe(weightsDetector, noise)).facts).toMatchObject([{ kind: 'opaque' }]);
});
