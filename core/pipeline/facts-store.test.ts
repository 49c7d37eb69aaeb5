import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Inspection, Oid } from '../model.ts';
import { mayBeKept, openFactsStore } from './facts-store.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cordon-facts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const oidOf = (digit: string, rest = '0'): Oid => (digit + rest.repeat(40 - digit.length)) as Oid;
const found: Inspection = {
  facts: [{ kind: 'uninspected', rule: 'encrypted', at: { layer: 'a.zip' } }],
  bytes: 12,
  skippedBytes: 3,
};
const clean: Inspection = { facts: [], bytes: 5, skippedBytes: 0 };

function fill(): void {
  const store = openFactsStore(dir, 'key');
  store.put(oidOf('aa'), found);
  store.put(oidOf('aa', '1'), clean);
  store.flush();
}

test('what was put is there for the next process, whole', () => {
  fill();
  const store = openFactsStore(dir, 'key');
  expect(store.get(oidOf('aa'))).toEqual(found);
  expect(store.get(oidOf('aa', '1'))).toEqual(clean);
  expect(store.get(oidOf('ab'))).toBeUndefined();
});

test('other detectors, and other salts, never see it', () => {
  fill();
  expect(openFactsStore(dir, 'other').get(oidOf('aa'))).toBeUndefined();
});

test.each(['time-budget', 'missing', 'unreadable'] as const)('%s is looked at again', (rule) => {
  const inspection: Inspection = {
    facts: [{ kind: 'uninspected', rule, at: { layer: '' } }],
    bytes: 0,
    skippedBytes: 0,
  };
  expect(mayBeKept(inspection)).toBe(false);
  const store = openFactsStore(dir, 'key');
  store.put(oidOf('aa'), inspection);
  store.flush();
  expect(openFactsStore(dir, 'key').get(oidOf('aa'))).toBeUndefined();
});

test('nothing is written before the flush, and nothing where nothing was put', () => {
  const store = openFactsStore(dir, 'key');
  store.flush();
  expect(readdirSync(dir)).toEqual([]);
});

test('whatever one byte of a line becomes, it is not believed', () => {
  fill();
  const file = join(dir, 'key', 'aa');
  const whole = readFileSync(file);
  let believed = 0;
  for (let at = 0; at < whole.length; at += 1) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const store = openFactsStore(dir, 'key');
    for (const [oid, kept] of [
      [oidOf('aa'), found],
      [oidOf('aa', '1'), clean],
    ] as const) {
      const got = store.get(oid);
      if (got === undefined) continue;
      believed += 1;
      expect(got).toEqual(kept);
    }
  }
  expect(believed).toBeGreaterThan(0);
});

test('a line torn at any byte is passed over, and what is written next is not lost with it', () => {
  fill();
  const file = join(dir, 'key', 'aa');
  const whole = readFileSync(file);
  for (let size = 0; size < whole.length; size += 7) {
    writeFileSync(file, whole);
    truncateSync(file, size);
    const store = openFactsStore(dir, 'key');
    store.put(oidOf('aa', '2'), clean);
    store.flush();
    const next = openFactsStore(dir, 'key');
    expect(next.get(oidOf('aa', '2'))).toEqual(clean);
    expect([undefined, found]).toContainEqual(next.get(oidOf('aa')));
  }
});

test.each<[string, (file: string) => void]>([
  ['bytes that are no text', (file) => writeFileSync(file, Buffer.alloc(1 << 20, 0xfe))],
  ['one line of 32 MB', (file) => writeFileSync(file, 'x'.repeat(32 << 20))],
  ['lines of spaces', (file) => writeFileSync(file, ' \n'.repeat(100_000))],
  ['facts of no shape', (file) => appendFileSync(file, `${oidOf('aa')} 0 {"b":1,"f":[null]}\n`)],
  ['null', (file) => writeFileSync(file, 'null')],
  [
    'a folder',
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
])('a file of %s knows nothing wrong', (_, spoil) => {
  fill();
  spoil(join(dir, 'key', 'aa'));
  const store = openFactsStore(dir, 'key');
  expect([undefined, found]).toContainEqual(store.get(oidOf('aa')));
  expect(store.get(oidOf('aa', '3'))).toBeUndefined();
});
