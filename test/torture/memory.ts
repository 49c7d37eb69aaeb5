import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments, openRecord } from '../../core/audit/index.ts';

export interface Memory {
  readonly megabytes: number;
  readonly events: number;
  /** By how much the resident memory of a process grew at most while it verified and read all of it. */
  readonly grownMegabytes: number;
}

/** Writes a record of about `megabytes` and goes through it in a process of its own. */
export async function measureMemory(folder: string, megabytes: number): Promise<Memory> {
  const record = openRecord({
    folder,
    identity: { actor: 'a', version: '0' },
    limits: { segmentBytes: 16_000_000 },
  });
  const path = `src/${'p'.repeat(3000)}`;
  const events = Math.ceil((megabytes * 1e6) / 3300);
  for (let number = 0; number < events; number += 1) record.append({ kind: 'copy', path });
  record.close();
  const walk = join(import.meta.dirname, 'walk-process.ts');
  const output = execFileSync(process.execPath, [walk, folder], { encoding: 'utf8' });
  const { grown, seen } = JSON.parse(output) as { grown: number; seen: number };
  if (seen < events) throw new Error(`${seen} of ${events} events were read`);
  const bytes = listSegments(folder).reduce((sum, one) => sum + statSync(one.path).size, 0);
  return { megabytes: bytes / 1e6, events: seen, grownMegabytes: grown / 1e6 };
}
