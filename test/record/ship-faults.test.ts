import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { listSegments, openRecord } from '../../core/audit/index.ts';
import { shipRecord } from '../../core/audit/ship.ts';
import { httpTransport } from '../../hooks/ship-transport.ts';
import { startReceiver, type Fault } from './receiver.ts';

const KILLS = 8;
const SEGMENTS = 20;
const EVENTS = 60;

/** The same faults in the same order each time, whatever the machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function faults(random: () => number): () => Fault | undefined {
  return () => {
    const drawn = random();
    if (drawn < 0.15) return 'busy';
    if (drawn < 0.25) return 'dropped';
    if (drawn < 0.35) return 'lost';
    return drawn < 0.4 ? 'slow' : undefined;
  };
}

test('every line arrives once, through faults and a shipper that is killed again and again', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'cordon-faults-')), 'record');
  const random = seeded(4);
  await using receiver = await startReceiver({ fault: faults(random), slowMs: 300 });
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const record = openRecord({ folder, identity: { actor: 'ada@wks', version: '1.0.0' } });
    for (let n = 0; n < EVENTS; n += 1) record.append({ kind: 'commit', path: `src/${n}.py` });
    record.close();
  }
  const script = resolve(import.meta.dirname, 'ship-child.ts');
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = spawn(process.execPath, [script, folder, receiver.url], { stdio: 'ignore' });
    const gone = once(child, 'exit');
    // Dies in the middle of its work, at a moment that differs each time.
    const seen = receiver.counts.requests;
    while (receiver.counts.requests < seen + 1 + Math.floor(random() * 12)) {
      await new Promise((next) => setTimeout(next, 5));
      if (child.exitCode !== null) break;
    }
    child.kill('SIGKILL');
    await gone;
    if (child.signalCode === 'SIGKILL') killed += 1;
  }
  for (let run = 0; run < 20; run += 1) {
    const options = { receiver: receiver.url, attempts: 12, baseMs: 1, timeoutMs: 150 };
    const report = await shipRecord(folder, httpTransport(receiver.url), options);
    expect(report.alarms).toEqual([]);
    if (report.stopped === undefined) break;
  }
  const written = listSegments(folder).flatMap(({ path }) =>
    readFileSync(path, 'utf8').split('\n').slice(0, -1),
  );
  const arrived = receiver.lines().map((line) => line.slice(0, -1));
  expect(arrived.length).toBe(SEGMENTS * (EVENTS + 2));
  expect(arrived.sort()).toEqual(written.sort());
  expect(receiver.counts.rejected).toBe(0);
  // Else the test would show nothing.
  expect(killed).toBeGreaterThan(KILLS / 2);
  expect(receiver.counts.faults).toBeGreaterThan(20);
  expect(receiver.counts.replays).toBeGreaterThan(0);
  rmSync(join(folder, '..'), { recursive: true });
});
