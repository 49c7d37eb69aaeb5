import { createHash } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { UninspectedFact } from '../model.ts';
import { bufferSource } from '../source/buffer-source.ts';
import { createBudget } from './budget.ts';
import type { Layer } from './layer.ts';
import { openBufferLayers, openLayers } from './open-layers.ts';
import { tarOf, zipOf } from './testing.ts';

const secret = `TOKEN=${'hf_'}${'abcdefghij'.repeat(3)}wxyz`;
const payload = Buffer.from(`export ${secret}\n`);

interface Opened {
  readonly layers: Layer[];
  readonly facts: UninspectedFact[];
  readonly waited: boolean;
}

async function open(bytes: Buffer, options: object = {}): Promise<Opened> {
  const layers: Layer[] = [];
  const facts: UninspectedFact[] = [];
  for await (const item of openLayers(bufferSource(bytes), {
    budget: createBudget(),
    ...options,
  })) {
    if ('kind' in item) facts.push(item);
    else layers.push(item);
  }
  return { layers, facts, waited: false };
}

async function waysTo(bytes: Buffer, needle: Buffer | string = secret): Promise<string[]> {
  const { layers } = await open(bytes);
  return layers.filter((layer) => layer.bytes?.includes(needle)).map(({ way }) => way);
}

test('plain text is one layer and needs no promise', () => {
  const opened = openBufferLayers(payload, { budget: createBudget() });
  const first = opened.next();
  expect(first.value).toMatchObject({ way: '', depth: 0, form: 'text' });
  expect(opened.next()).toEqual({ done: true, value: undefined });
});

test.each([
  ['gzip', gzipSync(payload)],
  ['gzip', Buffer.concat([gzipSync(payload.subarray(0, 20)), gzipSync(payload.subarray(20))])],
  ['gzip', Buffer.concat([Buffer.from('\x89PNG and more'), gzipSync(payload)])],
  ['a/b.txt', zipOf([{ name: 'a/b.txt', data: payload }])],
  ['b', tarOf([{ name: 'b', data: payload }])],
  ['base64', Buffer.from(`key: ${payload.toString('base64')}`)],
  ['base64', Buffer.from(`key: ${payload.toString('base64url')}`)],
  ['base64', Buffer.from(payload.toString('base64').replace(/.{24}/gu, '$&\n  '))],
  ['hex', Buffer.from(`key: ${payload.toString('hex')}`)],
  ['utf-16le', Buffer.from(payload.toString(), 'utf16le')],
  ['utf-16be', Buffer.from(payload.toString(), 'utf16le').swap16()],
  ['base64!gzip', Buffer.from(`x = "${gzipSync(payload).toString('base64')}"`)],
  ['a.zip!b.txt', zipOf([{ name: 'a.zip', data: zipOf([{ name: 'b.txt', data: payload }]) }])],
])('%s is opened', async (way, bytes) => {
  expect(await waysTo(bytes)).toContain(way);
});

test('a zip entry that only has a local header is opened', async () => {
  const hidden = zipOf([{ name: 'hidden', data: payload }]).subarray(
    0,
    30 + 6 + deflateRawSync(payload).length,
  );
  const seen = zipOf([{ name: 'seen', data: Buffer.from('nothing') }]);
  expect(await waysTo(Buffer.concat([hidden, seen]))).toContain('hidden');
});

test('an LFS pointer is text, and its bytes a layer', async () => {
  const oid = createHash('sha256').update(payload).digest('hex');
  const pointer = Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${payload.length}\n`,
  );
  const found = await open(pointer, { resolveLfs: async () => bufferSource(payload) });
  expect(found.layers.map(({ way }) => way)).toEqual(['', 'lfs']);
  expect(found.facts).toEqual([]);
  const other = await open(pointer, { resolveLfs: async () => bufferSource(Buffer.from('other')) });
  expect(other.facts).toMatchObject([{ rule: 'malformed' }]);
  const none = await open(pointer);
  expect(none.facts).toMatchObject([{ rule: 'missing', detail: `${oid} ${payload.length}` }]);
});

test('a bomb stops at its budget', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const { facts } = await open(bomb, { budget: createBudget({ bytesOut: 20 * 1024 * 1024 }) });
  expect(facts).toMatchObject([{ rule: 'bytes-budget' }]);
});
