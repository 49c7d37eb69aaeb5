/**
 * The record under everything that may happen to it, at full length:
 *
 *     npm run torture                 all of it, about 20 minutes
 *     node test/torture/torture.ts kills power flips edits memory
 *
 * Ends with 1 where one acknowledged event is lost or one edit is not found.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flipAgainstNeighbours, flipAgainstVerify, writeRecord } from './bit-flips.ts';
import { editRecords } from './edits.ts';
import { killWriters } from './kill-writers.ts';
import { measureMemory } from './memory.ts';
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
    const long = writeRecord(join(scratch, 'long'), 6000);
    const lines = flipAgainstNeighbours(long.path, long.writer);
    const missed = whole.undetected.length + lines.undetected.length;
    return { held: missed === 0, told: { whole, lines } };
  },
  edits: async (scratch) => {
    const told = await editRecords(scratch, 15, seeded(seed));
    return { held: told.wrong.length === 0 && told.edits >= 240, told };
  },
  memory: async (scratch) => {
    const told = await measureMemory(join(scratch, 'record'), 300);
    return { held: told.grownMegabytes < 200, told };
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
