import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flipAgainstNeighbours, flipAgainstVerify, writeRecord } from './bit-flips.ts';
import { editRecords } from './edits.ts';
import { killWriters } from './kill-writers.ts';
import { measureMemory } from './memory.ts';
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

test('a long record is verified and read in bounded memory', async () => {
  const told = await measureMemory(join(scratch, 'record'), 60);
  expect(told.megabytes).toBeGreaterThan(55);
  expect(told.grownMegabytes).toBeLessThan(200);
});
