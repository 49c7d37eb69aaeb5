import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments, openRecord, readRecord, verifyRecord } from '../../core/audit/index.ts';
import type { NewEvent } from '../../core/audit/index.ts';
import { checkpointsPath } from '../../core/audit/list-segments.ts';
import type { Random } from './random.ts';

export interface PowerCuts {
  readonly cuts: number;
  readonly synced: number;
  /** Synced, and not in the record afterwards. */
  readonly lost: number;
  /** Found wrong in a record that only lost its power. */
  readonly problems: number;
  /** Written, not synced, and gone: as it must be. */
  readonly unsyncedLost: number;
}

const PAGE = 4096;
const DURABLE = new Set(['push', 'policy-change', 'genesis', 'orphan']);

/**
 * A record is written, its power goes (all that came behind the last fdatasync is cut, zeroed or
 * garbled), and another writer goes on after the boot. `cuts` times, from `scratch`.
 */
export async function cutPower(scratch: string, cuts: number, random: Random): Promise<PowerCuts> {
  let total = { synced: 0, lost: 0, problems: 0, unsyncedLost: 0 };
  for (let cut = 0; cut < cuts; cut += 1) {
    const one = await cutOnce(mkdtempSync(join(scratch, 'power-')), cut, random);
    total = {
      synced: total.synced + one.synced,
      lost: total.lost + one.lost,
      problems: total.problems + one.problems,
      unsyncedLost: total.unsyncedLost + one.unsyncedLost,
    };
  }
  return { cuts, ...total };
}

async function cutOnce(
  scratch: string,
  cut: number,
  random: Random,
): Promise<Omit<PowerCuts, 'cuts'>> {
  const folder = join(scratch, 'record');
  const identity = { actor: 'a', version: '0' };
  const before = openRecord({
    folder,
    identity,
    machine: { id: 'm', boot: 'first' },
    // A checkpoint syncs as well; without the clock, a run can be run again.
    limits: { checkpointMs: 1e9, checkpointEvents: 5 + random(60) },
  });
  const events = 1 + random(120);
  let synced = 0;
  let bytes = 0;
  for (let number = 0; number < events; number += 1) {
    const kind = (['copy', 'copy', 'copy', 'push', 'delete'] as const)[random(5)] ?? 'copy';
    const event: NewEvent = { kind, path: 'p'.repeat(random(900)), data: { number } };
    before.append(event);
    if (number > 0 && !DURABLE.has(kind)) continue;
    synced = number + 1;
    bytes = statSync(listSegments(folder)[0]?.path ?? '').size;
  }
  const after = join(scratch, 'after');
  cpSync(folder, after, { recursive: true });
  before.close();
  const segment = listSegments(after)[0];
  if (segment === undefined) throw new Error('no segment');
  const checkpoints = checkpointsPath(segment);
  // What a checkpoint covers was synced before it was signed; genesis is the first line.
  const signed = signedLines(checkpoints) - 1;
  const whole = readFileSync(segment.path);
  if (signed > synced) {
    synced = signed;
    bytes = endOfLine(whole, signed + 1);
  }
  writeFileSync(segment.path, damage(whole, bytes, cut % 3, random));
  damageCheckpoints(checkpoints, cut, random);

  const next = openRecord({ folder: after, identity, machine: { id: 'm', boot: 'second' } });
  next.append({ kind: 'push', data: { number: 'next' } });
  next.close();
  const report = await verifyRecord(after);
  const seen = new Set<unknown>();
  for await (const { data } of readRecord(after)) seen.add(data?.['number']);
  let lost = seen.has('next') ? 0 : 1;
  for (let number = 0; number < synced; number += 1) if (!seen.has(number)) lost += 1;
  let unsyncedLost = 0;
  for (let number = synced; number < events; number += 1) if (!seen.has(number)) unsyncedLost += 1;
  rmSync(scratch, { recursive: true });
  return { synced, lost, problems: report.problemCount, unsyncedLost };
}

/** Whatever is behind `synced` bytes is at the disk's mercy. */
function damage(bytes: Buffer, synced: number, how: number, random: Random): Buffer {
  const damaged = Buffer.from(bytes);
  const from = synced + random(bytes.length - synced + 1);
  switch (how) {
    case 0:
      return damaged.subarray(0, from);
    case 1:
      return damaged.fill(0, Math.max(synced, Math.floor(from / PAGE) * PAGE));
    default:
      for (let at = from; at < damaged.length; at += 1) damaged[at] = random(256);
      return damaged;
  }
}

function damageCheckpoints(path: string, how: number, random: Random): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  const bytes = readFileSync(path);
  writeFileSync(path, damage(bytes, 0, how % 3, random));
}

function signedLines(path: string): number {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return 0;
  const sizes = [...readFileSync(path, 'utf8').matchAll(/^(\d+) [\w-]{43}$/gm)];
  return Number(sizes.at(-1)?.[1] ?? 0);
}

function endOfLine(bytes: Buffer, lines: number): number {
  let end = 0;
  for (let line = 0; line < lines; line += 1) end = bytes.indexOf(0x0a, end) + 1;
  return end;
}
