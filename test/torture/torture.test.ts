import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flipAgainstNeighbours, flipAgainstVerify, writeRecord } from './bit-flips.ts';
import { editRecords } from './edits.ts';
import { killWriters } from './kill-writers.ts';
import { listUnnamed } from '../../core/audit/list-segments.ts';
import { readLastEvents } from '../../core/audit/read-last.ts';
import { openRecord, verifyRecord } from '../../core/audit/index.ts';
import { makeSegments } from './many-segments.ts';
import { grownBy, measureMemory } from './memory.ts';
import { cutPower } from './power-cuts.ts';
import { seeded } from './random.ts';

// The full lengths run in `npm run torture`.
let scratch = '';
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cordon-torture-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

test('four writers are killed: no acknowledged event is lost, nobody else’s is damaged', async () => {
  const told = await killWriters(join(scratch, 'record'), 12);
  expect(told).toMatchObject({ kills: 12, lost: 0, problems: 0 });
  expect(told.acknowledged).toBeGreaterThan(0);
});

test('the power goes: no synced event is lost, and the next writer goes on', async () => {
  const told = await cutPower(scratch, 30, seeded(7));
  expect(told).toMatchObject({ cuts: 30, lost: 0, problems: 0 });
  // What was not synced must really have been damaged.
  expect(told.unsyncedLost).toBeGreaterThan(0);
});

test('a flipped bit is found by the whole verify', async () => {
  const folder = join(scratch, 'record');
  const told = await flipAgainstVerify(folder, writeRecord(folder, 30).path, 101);
  expect(told.undetected).toEqual([]);
  expect(told.flips).toBeGreaterThan(500);
});

test('a flipped bit of a checkpoint is found by the whole verify', async () => {
  const folder = join(scratch, 'record');
  const { signed } = writeRecord(folder, 12, 4);
  const told = await flipAgainstVerify(folder, signed, 31);
  expect(told.undetected).toEqual([]);
  expect(told.flips).toBeGreaterThan(150);
});

test('a flipped bit is found by the check of its line and the next', () => {
  const { path, writer } = writeRecord(join(scratch, 'record'), 50);
  const told = flipAgainstNeighbours(path, writer);
  expect(told.undetected).toEqual([]);
  expect(told.flips).toBeGreaterThan(80_000);
});

test('cuts, deletions, swaps and rewrites are found locally or by heads, as stated', async () => {
  const told = await editRecords(scratch, 2, seeded(3));
  expect(told.wrong).toEqual([]);
  expect(told.locally + told.byHeads).toBe(told.edits);
});

test('a longer record takes no more memory, however it is gone through', () => {
  const short = measureMemory(join(scratch, 'short'), 20);
  const long = measureMemory(join(scratch, 'long'), 60);
  expect(long.megabytes).toBeGreaterThan(2.5 * short.megabytes);
  expect(grownBy(short, long, 35)).toEqual([]);
});

test('a thousand hooks: a new one sees few of their segments, and all of them are read and verified', async () => {
  const folder = join(scratch, 'record');
  makeSegments(folder, 1000, 20);
  for (let hook = 0; hook < 20; hook += 1) {
    const record = openRecord({ folder, identity: { actor: 'a@b', version: '0.1.0' } });
    record.append({ kind: 'commit', data: { number: 1000 + hook } });
    record.close();
  }
  expect(listUnnamed(folder, Date.now()).length).toBeLessThan(3);
  expect(await verifyRecord(folder)).toMatchObject({ ok: true, segments: 1020, events: 3060 });
  const last = await readLastEvents(folder, 90, ({ kind }) => kind === 'commit');
  const numbers = last.map(({ data }) => data?.['number']);
  expect(numbers).toEqual(Array.from({ length: 90 }, (_, at) => 930 + at));
});
