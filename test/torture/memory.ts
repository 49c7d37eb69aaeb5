import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments, openRecord } from '../../core/audit/index.ts';

export const WALKS = ['verify', 'read', 'export', 'tail', 'ship'] as const;
export type Walk = (typeof WALKS)[number];

export interface Memory {
  readonly megabytes: number;
  readonly events: number;
  /** The most memory, in MB, that a process held which did only this. */
  readonly peak: Readonly<Record<Walk, number>>;
}

/** Writes a record of about `megabytes` and goes through it in every way, each in a process of its own. */
export function measureMemory(folder: string, megabytes: number): Memory {
  const record = openRecord({
    folder,
    identity: { actor: 'a', version: '0' },
    limits: { segmentBytes: 16_000_000 },
  });
  const path = `src/${'p'.repeat(3000)}`;
  const events = Math.ceil((megabytes * 1e6) / 3300);
  for (let number = 0; number < events; number += 1) record.append({ kind: 'copy', path });
  record.close();
  const bytes = listSegments(folder).reduce((sum, one) => sum + statSync(one.path).size, 0);
  const walk = join(import.meta.dirname, 'walk-process.ts');
  const peaks = WALKS.map((what) => {
    // Else the young generation grows with what passes through, whether or not anything of it is kept.
    const flags = ['--max-semi-space-size=2'];
    const output = execFileSync(process.execPath, [...flags, walk, folder, what], {
      encoding: 'utf8',
    });
    const { peak, seen } = JSON.parse(output) as { peak: number; seen: number };
    if (seen < (what === 'tail' ? 20 : events)) throw new Error(`${what}: ${seen} of ${events}`);
    return [what, Math.round(peak / 1024)] as const;
  });
  const peak = Object.fromEntries(peaks) as Record<Walk, number>;
  return { megabytes: Math.round(bytes / 1e6), events, peak };
}

/** Ways whose memory grew by more than `megabytes` from the short record to the long one. */
export function grownBy(short: Memory, long: Memory, megabytes: number): Walk[] {
  return WALKS.filter((what) => long.peak[what] > short.peak[what] + megabytes);
}
