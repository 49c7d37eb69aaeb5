import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shipThroughFaults } from './ship-faults.ts';

// At full length it runs in `npm run torture`.
const KILLS = 8;
const SEGMENTS = 20;
const EVENTS = 60;

test('every line arrives once, through faults and a shipper that is killed again and again', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'cordon-faults-'));
  const run = { kills: KILLS, segments: SEGMENTS, events: EVENTS };
  const told = await shipThroughFaults(scratch, run);
  const lines = SEGMENTS * (EVENTS + 2);
  expect(told).toMatchObject({ written: lines, arrived: lines, wrong: 0, otherCheckpoints: 0 });
  expect(told).toMatchObject({ alarms: 0, rejected: 0 });
  // Else the test would show nothing.
  expect(told.killed).toBeGreaterThan(KILLS / 2);
  expect(told.faults).toBeGreaterThan(20);
  expect(told.replays).toBeGreaterThan(0);
  rmSync(scratch, { recursive: true });
});
