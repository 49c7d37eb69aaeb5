import { expect, test } from 'vitest';
import type { UninspectedFact } from '../model.ts';
import { bufferSource } from '../source/buffer-source.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { createBudget } from './budget.ts';
import type { Layer } from './layer.ts';
import { openLayers } from './open-layers.ts';
import { u16, u32, zipOf } from './testing.ts';

/** Zips whose records disagree, so that what one reader extracts another never sees. */

const payload = Buffer.from(`weights ${'of a model '.repeat(20)}`);
const LOCAL = Buffer.from('PK\u0003\u0004', 'latin1');
const CENTRAL = Buffer.from('PK\u0001\u0002', 'latin1');
const END = Buffer.from('PK\u0005\u0006', 'latin1');

async function drain(
  source: ByteSource,
  budget = createBudget({ sourceBytes: source.size }),
): Promise<{ layers: Layer[]; facts: UninspectedFact[] }> {
  const layers: Layer[] = [];
  const facts: UninspectedFact[] = [];
  for await (const item of openLayers(source, { budget })) {
    if ('kind' in item) facts.push(item);
    else layers.push(item);
  }
  return { layers, facts };
}

/** The way to the layer that is the payload and begins with it. */
async function wayOf(bytes: Buffer): Promise<string | undefined> {
  const { layers } = await drain(bufferSource(bytes));
  return layers.find(
    ({ depth, bytes: content }) =>
      depth > 0 && content?.subarray(0, payload.length).equals(payload),
  )?.way;
}

function patched(bytes: Buffer, signature: Buffer, change: (record: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy.subarray(copy.indexOf(signature)));
  return copy;
}

const stored = zipOf([{ name: 'w', data: payload, method: 0 }]);
const deflated = zipOf([{ name: 'w', data: payload }]);

test.each([0, 1, 7])('a directory that tells %i stored bytes hides none', async (size) => {
  const lying = patched(stored, CENTRAL, (record) => record.writeUInt32LE(size, 20));
  expect(await wayOf(lying)).toBe('w');
});

test.each([0, 1, 7])('a local header that tells %i stored bytes hides none', async (size) => {
  const lying = patched(stored, LOCAL, (record) => record.writeUInt32LE(size, 18));
  expect(await wayOf(lying)).toBe('w');
});

test('the second record for one place is believed as well as the first', async () => {
  // Python's zipfile inflates `second`, and never compares the method with the local header's.
  const at = deflated.indexOf(CENTRAL);
  const second = deflated.subarray(at, deflated.indexOf(END));
  const first = Buffer.from(second);
  first.writeUInt16LE(0, 10);
  first.write('a', first.length - 1);
  const local = patched(deflated.subarray(0, at), LOCAL, (record) => record.writeUInt16LE(0, 8));
  const end = [END, u16(0, 0, 2, 2), u32(first.length * 2, at), u16(0)];
  expect(await wayOf(Buffer.concat([local, first, second, ...end]))).toBe('a|w');
});

test('an entry goes by all its names', async () => {
  const two = zipOf([{ name: 'weights.bin', centralName: 'notes.txt', data: payload }]);
  expect(await wayOf(two)).toBe('notes.txt|weights.bin');
});

test.each([0x80, 0x100, 0x4000, 0x8000])('an orphan with flag %i is opened', async (flag) => {
  const orphan = patched(deflated, LOCAL, (record) => record.writeUInt16LE(flag, 6));
  expect(await wayOf(orphan.subarray(0, orphan.indexOf(CENTRAL)))).toBe('w');
});

test('a folder that is called deflated and has no data is nothing to tell', async () => {
  const folder = patched(
    zipOf([{ name: 'd/', data: Buffer.alloc(0), method: 0 }]),
    LOCAL,
    (record) => record.writeUInt16LE(8, 8),
  );
  expect((await drain(bufferSource(folder))).facts).toEqual([]);
});

/** Counts what is read, so that reading again shows. */
function counted(bytes: Buffer): { source: ByteSource; readBytes: () => number } {
  let read = 0;
  const inner = bufferSource(bytes);
  return {
    source: {
      ...inner,
      read: (offset, length) => {
        const given = bytes.subarray(offset, offset + length);
        read += given.length;
        return given;
      },
    },
    readBytes: () => read,
  };
}

test('signatures without end are read a few times, not once each', async () => {
  // A search that began anew behind each of them read 1 MiB for every four bytes.
  const { source, readBytes } = counted(Buffer.alloc(5 * 1024 * 1024, LOCAL));
  await drain(source);
  expect(readBytes()).toBeLessThan(64 * source.size);
});

test('a listing that runs out of time says so', async () => {
  const source = bufferSource(Buffer.alloc(5 * 1024 * 1024, LOCAL));
  const { facts } = await drain(source, createBudget({ deadline: performance.now() - 1 }));
  expect(facts).toMatchObject([{ rule: 'time-budget' }]);
});
