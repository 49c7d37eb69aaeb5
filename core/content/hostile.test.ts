import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import { bufferSource } from '../source/buffer-source.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { createBudget } from './budget.ts';
import type { Layer } from './layer.ts';
import { parseLfsPointer } from './lfs-pointer.ts';
import { openBufferLayers, openLayers } from './open-layers.ts';
import { tarOf, u16, u32, zipOf } from './testing.ts';

const MUTANTS = 10_000;
const KIB = 1024;
const MIB = 1024 * KIB;

/** Numbers below `limit`, the same in every run. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** A few bytes changed, a piece cut out, doubled or moved, the end cut off. */
function mutate(bytes: Buffer, random: (limit: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = random(6); count >= 0; count -= 1) {
    const value = [0, 0xff, 0x80, 0x7f, random(256)][random(5)] ?? 0;
    copy[random(copy.length)] = value;
  }
  const a = random(copy.length);
  const b = a + random(copy.length - a);
  switch (random(5)) {
    case 0:
      return copy.subarray(0, a);
    case 1:
      return Buffer.concat([copy.subarray(0, a), copy.subarray(b)]);
    case 2:
      return Buffer.concat([copy.subarray(0, b), copy.subarray(a)]);
    default:
      return copy;
  }
}

const text = Buffer.from('the quick brown fox jumps over the lazy dog '.repeat(8));
const zip = zipOf([
  { name: 'a.txt', data: text },
  { name: 'b/c.bin', data: Buffer.alloc(300, 7), method: 0 },
  { name: 'd.gz', data: gzipSync(text) },
]);
const tar = tarOf([
  { name: '././@LongLink', data: Buffer.from('long/name\0'), type: 'L' },
  { name: 'x', data: text },
  { name: 'pax', data: Buffer.from('16 path=pax/name\n12 size=40\n'), type: 'x' },
  { name: 'y', data: Buffer.alloc(40, 1) },
]);
const gzip = Buffer.concat([gzipSync(text), gzipSync(Buffer.alloc(500, 3)), Buffer.from('tail')]);
const base64 = Buffer.from(
  `k: |\n  ${text.toString('base64').replace(/.{60}/gu, '$&\n  ')}\n"${gzipSync(text).toString('base64')}" + "${text.toString('hex')}" 0x41, 0x42 \\x41\\u0041 %41 &#65; =3D`,
);
const ar = Buffer.from(`!<arch>\n${'a.o/'.padEnd(48)}${'20'.padEnd(10)}\`\n${'x'.repeat(20)}`);
const wide = Buffer.from(text.toString('latin1'), 'utf16le');

test.each([
  ['zip', zip],
  ['tar', tar],
  ['gzip', gzip],
  ['zlib', deflateSync(text)],
  ['base64', base64],
  ['ar', ar],
  ['utf-16', wide],
])('10,000 mutants of %s are opened within their budget', { timeout: 60_000 }, async (_, bytes) => {
  const random = createRandom(bytes.length);
  for (let count = 0; count < MUTANTS; count += 1) {
    const mutant = mutate(bytes, random);
    const budget = createBudget({ bytesOut: 64 * KIB, entries: 200, depth: 4 });
    const opened = openBufferLayers(mutant, { budget });
    let step = opened.next();
    let decoded = 0;
    for (; step.done !== true; step = opened.next()) {
      if (!('kind' in step.value) && step.value.depth > 0) decoded += step.value.source.size;
    }
    // Draining what waits costs streams; each tenth mutant shows that it ends.
    if (step.value !== undefined && count % 10 === 0) {
      for await (const item of step.value) {
        if (!('kind' in item)) decoded += item.source.size;
      }
    }
    expect(decoded).toBeLessThan(8 * MIB);
  }
});

test('10,000 mutants of a pointer are pointers or not', () => {
  const pointer = Buffer.from(
    `version https://git-lfs.github.com/spec/v1\next-0-a sha256:${'a'.repeat(64)}\noid sha256:${'b'.repeat(64)}\nsize 1234\n`,
  );
  const random = createRandom(3);
  let pointers = 0;
  for (let count = 0; count < MUTANTS; count += 1) {
    const parsed = parseLfsPointer(mutate(pointer, random));
    if (parsed === undefined) continue;
    pointers += 1;
    expect(parsed.oid).toMatch(/^[0-9a-f]{64}$/u);
    expect(parsed.size).toMatch(/^[0-9]+$/u);
  }
  expect(pointers).toBeGreaterThan(0);
});

async function rulesOf(source: ByteSource, limits: object = {}): Promise<string[]> {
  const rules: string[] = [];
  const budget = createBudget({ sourceBytes: source.size, ...limits });
  for await (const item of openLayers(source, { budget }))
    if ('kind' in item) rules.push(item.rule);
  return rules;
}

test('300 MB from 290 KB stop at the budget, once', async () => {
  const bomb = zipOf([{ name: 'bomb', data: Buffer.alloc(300 * MIB) }]);
  expect(await rulesOf(bufferSource(bomb))).toEqual(['bytes-budget']);
});

test('bombs in bombs stop at the budget', async () => {
  let bomb: Buffer = Buffer.alloc(8 * MIB);
  for (let level = 0; level < 3; level += 1) {
    bomb = zipOf(Array.from({ length: 12 }, (_, index) => ({ name: `${index}`, data: bomb })));
  }
  expect(await rulesOf(bufferSource(bomb), { bytesOut: 64 * MIB })).toEqual(['bytes-budget']);
});

test('entries that overlap stop at the budget', async () => {
  // After D. Fifield, "A better zip bomb": many records of one directory name the same data.
  const one = zipOf([{ name: 'a', data: Buffer.alloc(4 * MIB - 1) }]);
  const end = one.length - 22;
  const start = one.readUInt32LE(end + 16);
  const record = one.subarray(start, end);
  const copies = Array.from({ length: 5000 }, (_, index) => {
    const copy = Buffer.from(record);
    // A header of its own for each, inside the one before, so that no offset repeats.
    copy.writeUInt32LE(0, 42);
    copy[46] = 0x61 + (index % 26);
    return copy;
  });
  const directory = Buffer.concat(copies);
  const bomb = Buffer.concat([
    one.subarray(0, start),
    directory,
    Buffer.from('PK\u0005\u0006', 'latin1'),
    u16(0, 0, copies.length, copies.length),
    u32(directory.length, start),
    u16(0),
  ]);
  // The same data is opened once, whatever the directory says.
  expect(await rulesOf(bufferSource(bomb))).toEqual([]);
});

test('stored entries inside one another stop at the budget', async () => {
  let inner: Buffer = Buffer.from('end');
  for (let level = 0; level < 12; level += 1)
    inner = zipOf([{ name: 'z', data: inner, method: 0 }]);
  expect(await rulesOf(bufferSource(inner))).toEqual(['depth-budget']);
});

test('too many entries stop at the budget', async () => {
  const many = zipOf(
    Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, data: Buffer.from(`${index}`) })),
  );
  expect(await rulesOf(bufferSource(many), { entries: 20 })).toEqual(['entries-budget']);
});

test('late is a fact', async () => {
  const budget = { deadline: performance.now() - 1 };
  expect(await rulesOf(bufferSource(zip), budget)).toEqual(['time-budget']);
});

test('a source that cannot be read is a fact', async () => {
  const broken = { ...bufferSource(text), size: 5 * MIB };
  const read = () => {
    throw new CordonError('source.unreadable', { reason: 'EIO' });
  };
  expect(await rulesOf({ ...broken, read })).toEqual(['unreadable']);
});

test('a long chain of escapes ends', () => {
  let code = 'x';
  for (let level = 0; level < 12; level += 1) {
    code = Array.from(Buffer.from(code), (byte) => `%${byte.toString(16)}`).join('');
    if (code.length > 100_000) break;
  }
  const layers: Layer[] = [];
  for (const item of openBufferLayers(Buffer.from(code), { budget: createBudget() })) {
    if (!('kind' in item)) layers.push(item);
  }
  expect(layers.length).toBeLessThan(40);
});
