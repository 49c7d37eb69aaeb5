import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  op,
  pickleOf,
  writeGguf,
  writeHdf5,
  writeNpy,
  writeNpz,
  writeOnnx,
  writePickledArray,
  writeSafetensors,
  writeStateDict,
  writeStoredZip,
  writeTorchLegacy,
  writeTorchZip,
} from '../../test/support/models.ts';
import { CordonError } from '../error.ts';
import type { Inspection } from '../model.ts';
import { bufferSource } from '../source/index.ts';
import { createInspector } from './inspector.ts';

const secret = `token = ${'hf_' + 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}\n`;
const spec = { tensors: { 'layer.weight': { shape: [24, 16] }, 'layer.bias': { shape: [16] } } };
const notebook = Buffer.from(
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      {
        cell_type: 'code',
        source: ['import torch\n', secret],
        metadata: {},
        execution_count: 1,
        outputs: [
          {
            output_type: 'display_data',
            data: { 'image/png': gzipSync(secret).toString('base64') },
            metadata: {},
          },
        ],
      },
    ],
  }),
);

/** A tar of one file, as POSIX lays it out. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((all, byte) => all + byte, 0) - 0x30 + 0x20;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([
    header,
    content,
    Buffer.alloc(1024 + ((512 - (content.length % 512)) % 512)),
  ]);
}

const zipped = writeStoredZip([{ name: 'a.txt', bytes: Buffer.from(secret) }], { torch: false });
const seeds: readonly Buffer[] = [
  writeSafetensors(spec),
  writeGguf(spec),
  writeOnnx(spec),
  writeHdf5(spec),
  writeTorchZip(spec),
  writeTorchLegacy(spec),
  writeNpz(spec),
  writeNpy({ tensor: { shape: [24, 16] } }),
  writePickledArray({ tensor: { shape: [48, 32] } }),
  writeStateDict([]),
  pickleOf(
    op.proto(2),
    op.global('os', 'system'),
    op.mark,
    op.text('id'),
    op.tuple,
    op.reduce,
    op.stop,
  ),
  zipped,
  tarOf('a.txt', Buffer.from(secret)),
  gzipSync(tarOf('w.safetensors', writeSafetensors(spec))),
  gzipSync(writeStoredZip([{ name: 'b.gz', bytes: gzipSync(zipped) }], { torch: false })),
  deflateSync(Buffer.from(secret)),
  notebook,
  Buffer.from(`key: ${Buffer.from(secret).toString('base64')}\n`),
  Buffer.from(`\uFEFF${secret}`, 'utf16le'),
  Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`,
  ),
];

/** The same numbers in each run, so that a failure can be made again. */
function createDraw(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const telling = [0, 1, 0x7f, 0x80, 0xff, 0x2e, 0x50, 0x4b, 0x1f, 0x8b];

function mutate(bytes: Buffer, other: Buffer, draw: (below: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + draw(4); times > 0; times -= 1) {
    const at = draw(result.length + 1);
    const count = draw(64);
    switch (draw(7)) {
      case 0:
        result[draw(Math.max(1, Math.min(result.length, 256)))] =
          telling[draw(telling.length)] ?? 0;
        break;
      case 1:
        result[at] = draw(256);
        break;
      case 2:
        result = result.subarray(0, at);
        break;
      case 3:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + count)]);
        break;
      case 4:
        result = Buffer.concat([
          result.subarray(0, at),
          other.subarray(0, draw(other.length)),
          result.subarray(at),
        ]);
        break;
      case 5:
        if (result.length >= 8) {
          result.writeBigUInt64LE(
            2n ** BigInt(draw(64)) - BigInt(draw(2)),
            draw(result.length - 7),
          );
        }
        break;
      case 6:
        result = Buffer.concat([
          result.subarray(0, at),
          Buffer.alloc(count, draw(256)),
          result.subarray(at),
        ]);
        break;
    }
    if (result.length === 0) result = Buffer.from([draw(256)]);
  }
  return result;
}

const PATIENCE_MS = 60_000;

const isInspection = ({ facts, bytes, skippedBytes }: Inspection): boolean =>
  facts.every(
    ({ kind, rule, at }) => kind !== undefined && rule !== '' && typeof at.layer === 'string',
  ) &&
  facts.length <= 201 &&
  Number.isSafeInteger(bytes) &&
  Number.isSafeInteger(skippedBytes) &&
  skippedBytes >= 0;

describe('10,000 mutated inputs', () => {
  const perPart = 1000;
  test.each(Array.from({ length: 10 }, (_, part) => part))(
    'part %i: each gives an inspection',
    async (part) => {
      const draw = createDraw(part + 1);
      const wrong: string[] = [];
      for (let index = 0; index < perPart; index += 1) {
        const seed = seeds[draw(seeds.length)] ?? zipped;
        const input = mutate(seed, seeds[draw(seeds.length)] ?? zipped, draw);
        const inspector = createInspector({ salt: 's', deadline: performance.now() + PATIENCE_MS });
        try {
          const inspection = await (index % 2 === 0
            ? inspector.inspectBytes(input)
            : inspector.inspectSource(bufferSource(input)));
          if (!isInspection(inspection))
            wrong.push(`${part}/${index}: ${JSON.stringify(inspection)}`);
        } catch (error) {
          wrong.push(`${part}/${index}: ${String((error as Error).stack)}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});

test('bytes in memory and bytes from a source tell the same', async () => {
  const draw = createDraw(99);
  const inspector = createInspector({ salt: 's', deadline: performance.now() + PATIENCE_MS });
  for (let index = 0; index < 300; index += 1) {
    const input = mutate(seeds[index % seeds.length] ?? zipped, zipped, draw);
    const [one, other] = [
      await inspector.inspectBytes(input),
      await inspector.inspectSource(bufferSource(input)),
    ];
    expect({ index, ...one }).toEqual({ index, ...other });
  }
});

test('past its deadline nothing passes for looked at', async () => {
  const inspector = createInspector({ salt: 's', deadline: performance.now() - 1 });
  for (const seed of [seeds[13], seeds[14], notebook]) {
    const { facts } = await inspector.inspectSource(bufferSource(seed ?? zipped));
    expect(facts.map(({ rule }) => rule)).toContain('time-budget');
  }
});

test('whatever a seed is, its untouched form is not clean', async () => {
  const inspector = createInspector({ salt: 's', deadline: performance.now() + PATIENCE_MS });
  const silent: number[] = [];
  for (const [index, seed] of seeds.entries()) {
    const { facts } = await inspector.inspectBytes(seed);
    if (facts.length === 0) silent.push(index);
  }
  // The state dict of nothing alone.
  expect(silent).toEqual([9]);
});

test('a source that cannot be read is told, not thrown', async () => {
  const inspector = createInspector({ salt: 's', deadline: performance.now() + PATIENCE_MS });
  const source = bufferSource(zipped);
  await source.close();
  const closed = {
    ...source,
    read: () => Promise.reject(new CordonError('source.unreadable', { reason: 'EIO' })),
    stream: async function* () {
      yield await Promise.reject<Buffer>(new CordonError('source.unreadable', { reason: 'EIO' }));
    },
  };
  const { facts } = await inspector.inspectSource(closed);
  expect(facts).toMatchObject([{ kind: 'uninspected', rule: 'unreadable' }]);
});
