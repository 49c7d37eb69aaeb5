import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followRecord, listSegments, openRecord, readRecord, verifyRecord } from './index.ts';
import type { RecordFilter, StoredEvent } from './index.ts';
import { buildLine } from './line.ts';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cordon-read-')), 'record');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const DAY = 86_400_000;
const identity = { actor: 'a', version: '0' };

async function paths(filter?: RecordFilter): Promise<string[]> {
  const all: string[] = [];
  for await (const { path } of readRecord(folder, filter)) if (path !== undefined) all.push(path);
  return all;
}

/** Two writers side by side: ten events each, in turns, an hour between them. */
function writeInTurns(): number {
  const start = Date.UTC(2026, 10, 1);
  let clock = start;
  const now = () => clock;
  const writers = [openRecord({ folder, identity, now }), openRecord({ folder, identity, now })];
  for (let number = 0; number < 20; number += 1) {
    writers[number % 2]?.append({ kind: 'copy', path: `${number}` });
    clock += 3_600_000;
  }
  for (const writer of writers) writer.close();
  return start;
}
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`);

test('the events of all writers come in the order of their time', async () => {
  writeInTurns();
  expect(await paths()).toEqual(numbers(0, 19));
});

test('from one time to another, both included, and by what is asked for', async () => {
  const start = writeInTurns();
  const since = start + 5 * 3_600_000;
  expect(await paths({ since, until: start + 9 * 3_600_000 })).toEqual(numbers(5, 9));
  expect(await paths({ since: start + 30 * DAY })).toEqual([]);
  expect(await paths({ until: start - 30 * DAY })).toEqual([]);
  expect(await paths({ where: ({ path }) => path === '3' })).toEqual(['3']);
});

test('a segment is read as far as its lines hold', async () => {
  writeInTurns();
  for (const { path } of listSegments(folder)) appendFileSync(path, '{"v":1,"w":"torn');
  expect(await paths()).toEqual(numbers(0, 19));
});

test('no record is an empty one', async () => {
  expect(await paths()).toEqual([]);
});

test('who stops reading early holds no file open', async () => {
  writeInTurns();
  for await (const { path } of readRecord(folder)) if (path === '2') break;
  const [segment] = listSegments(folder);
  renameSync(segment?.path ?? '', `${segment?.path}.gone`);
  expect((await paths()).length).toBeLessThan(20);
});

test('follows what several writers add, and ends when told to', async () => {
  const before = openRecord({ folder, identity });
  before.append({ kind: 'copy', path: 'before' });
  const stop = new AbortController();
  const seen: StoredEvent[] = [];
  const following = (async () => {
    for await (const event of followRecord(folder, { signal: stop.signal, everyMs: 10 })) {
      seen.push(event);
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 300));
  before.append({ kind: 'copy', path: 'one' });
  const other = openRecord({ folder, identity });
  other.append({ kind: 'copy', path: 'two' });
  before.close();
  const count = (path: string) => seen.filter((event) => event.path === path).length;
  await expect.poll(() => [count('one'), count('two')], { timeout: 20_000 }).toEqual([1, 1]);
  await expect.poll(() => seen.some(({ kind }) => kind === 'seal'), { timeout: 20_000 }).toBe(true);
  other.close();
  stop.abort();
  await following;
  expect(count('before')).toBe(0);
});

test.each([
  ['a path that is no text', '"path":{"toString":1}'],
  ['a fact that is no plain one', '"data":{"names":{"toString":1}}'],
  ['findings that are no list', '"findings":"many"'],
  ['a ref without a name', '"refs":[{"tip":"a"}]'],
])('a chained line with %s ends its segment alone, and verify tells it', async (_what, field) => {
  const writer = openRecord({ folder, identity });
  writer.append({ kind: 'copy', path: 'before' });
  const open = listSegments(folder)[0];
  if (open === undefined) throw new Error('no segment');
  const last = readFileSync(open.path, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const { w, n, t, h } = JSON.parse(last) as StoredEvent;
  const body = `{"v":1,"w":"${w}","n":${n + 1},"t":${t},"kind":"copy",${field},"host":"h","actor":"a","version":"0"`;
  appendFileSync(open.path, buildLine(h, body).bytes);
  const other = openRecord({ folder, identity });
  other.append({ kind: 'copy', path: 'other' });
  other.close();
  expect((await paths()).toSorted()).toEqual(['before', 'other']);
  expect((await verifyRecord(folder)).problems).toMatchObject([{ what: 'changed', n: n + 1 }]);
});

test('a time beyond any calendar is no event', async () => {
  const writer = openRecord({ folder, identity });
  writer.append({ kind: 'copy', path: 'before' });
  const open = listSegments(folder)[0];
  if (open === undefined) throw new Error('no segment');
  const last = readFileSync(open.path, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const { w, n, h } = JSON.parse(last) as StoredEvent;
  const body = `{"v":1,"w":"${w}","n":${n + 1},"t":9007199254740991,"kind":"copy","path":"late","host":"h","actor":"a","version":"0"`;
  appendFileSync(open.path, buildLine(h, body).bytes);
  expect(await paths()).toEqual(['before']);
});
