/**
 * The record under everything that may happen to it, at full length:
 *
 *     npm run torture                 all of it, about 20 minutes
 *     node test/torture/torture.ts kills power flips edits memory segments ship
 *
 * Ends with 1 where one acknowledged event is lost or one edit is not found.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flipAgainstNeighbours, flipAgainstVerify, writeRecord } from './bit-flips.ts';
import { editRecords } from './edits.ts';
import { killWriters } from './kill-writers.ts';
import { listUnnamed } from '../../core/audit/list-segments.ts';
import { openRecord, verifyRecord } from '../../core/audit/index.ts';
import { shipThroughFaults } from '../record/ship-faults.ts';
import { makeSegments } from './many-segments.ts';
import { grownBy, measureMemory } from './memory.ts';
import { cutPower } from './power-cuts.ts';
import { seeded } from './random.ts';

interface Outcome {
  readonly held: boolean;
  readonly told: object;
}

const seed = Number(process.env['TORTURE_SEED'] ?? 1);

const parts: Readonly<Record<string, (scratch: string) => Promise<Outcome>>> = {
  kills: async (scratch) => {
    const told = await killWriters(join(scratch, 'record'), 1000);
    return { held: told.lost === 0 && told.problems === 0, told };
  },
  power: async (scratch) => {
    const told = await cutPower(scratch, 1000, seeded(seed));
    return { held: told.lost === 0 && told.problems === 0, told };
  },
  flips: async (scratch) => {
    const folder = join(scratch, 'whole');
    const whole = await flipAgainstVerify(folder, writeRecord(folder, 30).path);
    const signedFolder = join(scratch, 'signed');
    const { signed } = writeRecord(signedFolder, 30, 8);
    const checkpoints = await flipAgainstVerify(signedFolder, signed);
    const long = writeRecord(join(scratch, 'long'), 6000);
    const lines = flipAgainstNeighbours(long.path, long.writer);
    const missed = [whole, checkpoints, lines].flatMap(({ undetected }) => undetected).length;
    return { held: missed === 0, told: { whole, checkpoints, lines } };
  },
  edits: async (scratch) => {
    const told = await editRecords(scratch, 15, seeded(seed));
    return { held: told.wrong.length === 0 && told.edits >= 240, told };
  },
  memory: (scratch) => {
    const short = measureMemory(join(scratch, 'short'), 100);
    const long = measureMemory(join(scratch, 'long'), 1000);
    const grown = grownBy(short, long, 64);
    return Promise.resolve({ held: grown.length === 0, told: { short, long, grown } });
  },
  segments: async (scratch) => {
    const folder = join(scratch, 'record');
    makeSegments(folder, 50_000);
    const began = process.cpuUsage();
    for (let hook = 0; hook < 20; hook += 1) {
      const record = openRecord({ folder, identity: { actor: 'a@b', version: '0.1.0' } });
      record.append({ kind: 'commit' });
      record.close();
    }
    const { user, system } = process.cpuUsage(began);
    const seen = listUnnamed(folder, Date.now()).length;
    const { ok, segments, events } = await verifyRecord(folder);
    const told = { segments, events, seen, hookCpuMs: (user + system) / 20_000 };
    return { held: ok && seen < 3 && events === 3 * 50_020, told };
  },
  ship: async (scratch) => {
    const told = await shipThroughFaults(scratch, { kills: 60, segments: 240, events: 300 });
    const { wrong, otherCheckpoints, alarms, rejected, killed } = told;
    return {
      held: wrong + otherCheckpoints + alarms + rejected === 0 && killed > 40,
      told,
    };
  },
};

const asked = process.argv.slice(2);
let held = true;
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const part = parts[name];
  if (part === undefined) throw new Error(`there are ${Object.keys(parts).join(', ')}`);
  const scratch = mkdtempSync(join(tmpdir(), 'cordon-torture-'));
  const began = performance.now();
  try {
    const outcome = await part(scratch);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const word = outcome.held ? 'held' : 'FAILED';
    process.stdout.write(`${name}: ${word} in ${seconds} s ${JSON.stringify(outcome.told)}\n`);
    held &&= outcome.held;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
process.exitCode = held ? 0 : 1;
