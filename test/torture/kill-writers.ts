import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readRecord, verifyRecord } from '../../core/audit/index.ts';

export interface Kills {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged, and not in the record. */
  readonly lost: number;
  /** What `verify` finds wrong: of the killed writer or of any other. */
  readonly problems: number;
  readonly torn: number;
  readonly events: number;
}

const WRITERS = 4;

/** `kills` writers killed with SIGKILL at random moments, four at a time in one folder. */
export async function killWriters(folder: string, kills: number): Promise<Kills> {
  const acknowledged = new Map<string, number[]>();
  let started = 0;
  const lane = async (): Promise<void> => {
    while (started < kills) {
      started += 1;
      const name = `w${started}`;
      acknowledged.set(name, await killOne(folder, name));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, lane));
  let events = 0;
  const seen = new Map<string, Set<number>>();
  for await (const { actor, data } of readRecord(folder)) {
    events += 1;
    const number = data?.['number'];
    if (typeof number !== 'number') continue;
    const numbers = seen.get(actor) ?? new Set();
    seen.set(actor, numbers.add(number));
  }
  let lost = 0;
  let count = 0;
  for (const [name, numbers] of acknowledged) {
    count += numbers.length;
    // An append writes the queued reads before itself: those before the last one told are acknowledged.
    const last = numbers.at(-1) ?? -1;
    for (let number = 0; number <= last; number += 1) {
      if (seen.get(name)?.has(number) !== true) lost += 1;
    }
  }
  const report = await verifyRecord(folder);
  const torn = report.remarks.filter(({ what }) => what === 'torn').length;
  return { kills: started, acknowledged: count, lost, problems: report.problemCount, torn, events };
}

/** The numbers that a writer had acknowledged before it died. */
function killOne(folder: string, name: string): Promise<number[]> {
  const program = join(import.meta.dirname, 'writer-process.ts');
  const writer = spawn(process.execPath, [program, folder, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  // Some die as they begin: no key yet, no folder, half a genesis.
  if (Math.random() < 0.2) setTimeout(() => writer.kill('SIGKILL'), 40 + Math.random() * 160);
  writer.stdout.on('data', (bytes: Buffer) => {
    if (output === '') setTimeout(() => writer.kill('SIGKILL'), 1 + Math.random() * 40);
    output += bytes.toString('latin1');
  });
  return new Promise((resolve, reject) => {
    writer.on('error', reject);
    writer.on('close', (code) => {
      if (code !== null) return reject(new Error(`a writer ended by itself: ${code}`));
      // The last line told may be cut as well.
      resolve(output.split('\n').slice(0, -1).map(Number));
    });
  });
}
