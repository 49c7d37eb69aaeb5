import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listSegments, openRecord } from '../../core/audit/index.ts';
import { checkpointsPath } from '../../core/audit/list-segments.ts';
import { shipRecord } from '../../core/audit/ship.ts';
import { httpTransport } from '../../hooks/ship-transport.ts';
import { startReceiver, type Fault } from './receiver.ts';

export interface FaultRun {
  readonly kills: number;
  readonly segments: number;
  /** Events of each segment, beside its genesis and its seal. */
  readonly events: number;
}

export interface ShippedThroughFaults {
  readonly written: number;
  readonly arrived: number;
  /** Written and not there, or there and never written, or there twice. */
  readonly wrong: number;
  /** Segments whose checkpoints are not those that stand here. */
  readonly otherCheckpoints: number;
  readonly alarms: number;
  readonly rejected: number;
  readonly killed: number;
  readonly requests: number;
  readonly faults: number;
  readonly replays: number;
}

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

/** Ships a record through faults (40 of 100 requests) with a shipper that is killed again and again. */
export async function shipThroughFaults(
  scratch: string,
  { kills, segments, events }: FaultRun,
): Promise<ShippedThroughFaults> {
  const folder = join(scratch, 'record');
  const random = seeded(4);
  await using receiver = await startReceiver({ fault: faults(random), slowMs: 300 });
  for (let segment = 0; segment < segments; segment += 1) {
    const record = openRecord({
      folder,
      identity: { actor: 'ada@wks', version: '1.0.0' },
      limits: { checkpointEvents: 20 },
    });
    for (let n = 0; n < events; n += 1) record.append({ kind: 'commit', path: `src/${n}.py` });
    record.close();
  }
  const script = resolve(import.meta.dirname, 'ship-child.ts');
  let killed = 0;
  for (let kill = 0; kill < kills; kill += 1) {
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
  let alarms = 0;
  for (let run = 0; run < 20; run += 1) {
    const options = { receiver: receiver.url, attempts: 12, baseMs: 1, timeoutMs: 150 };
    const report = await shipRecord(folder, httpTransport(receiver.url), options);
    alarms += report.alarms.length;
    if (report.stopped === undefined) break;
  }
  const here = listSegments(folder);
  const written = here.flatMap(({ path }) => readFileSync(path, 'utf8').split(/(?<=\n)/));
  const arrived = receiver.lines();
  const left = new Set(written);
  let wrong = 0;
  for (const line of arrived) if (!left.delete(line)) wrong += 1;
  const others = here.filter((segment) => {
    const kept = receiver.segments.get(segment.writer)?.checkpoints;
    return kept?.equals(readFileSync(checkpointsPath(segment))) !== true;
  });
  const { rejected, requests, faults: met, replays } = receiver.counts;
  return {
    written: written.length,
    arrived: arrived.length,
    wrong: wrong + left.size,
    otherCheckpoints: others.length,
    alarms,
    rejected,
    killed,
    requests,
    faults: met,
    replays,
  };
}
