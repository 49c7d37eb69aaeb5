import { closeSync, fdatasyncSync, lstatSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checkpointsName,
  listMonths,
  listSegments,
  monthName,
  segmentName,
} from './list-segments.ts';
import type { SegmentFile } from './list-segments.ts';
import { mayBeAlive } from './machine.ts';
import type { Machine } from './machine.ts';
import { openForReading } from './open-for-reading.ts';
import { readGenesis } from './read-genesis.ts';
import { readTail } from './read-tail.ts';
import type { Tail } from './read-tail.ts';
import { systemCode } from './record-error.ts';
import { lastSigned } from './verify-checkpoints.ts';

/** A segment that nobody writes any more and no other segment names yet. */
export interface Unnamed extends Tail {
  readonly segment: SegmentFile;
  /** Lines that its last checkpoint covers. */
  readonly signed: number;
}

/** More than these wait for the next writer: no hook shall stand still over a thousand leftovers. */
const AT_ONCE = 16;
/** A file without a first line says nothing of its machine: only its age tells that its writer died. */
const EMPTY_FOR_MS = 3_600_000;
/** Linux writes what is older than 30 s. */
const SETTLED_MS = 60_000;

interface Looking {
  readonly folder: string;
  readonly now: number;
  readonly machine: Machine;
  /** This process's own segments that it gave up. */
  readonly givenUp: ReadonlySet<string>;
}

/**
 * Segments to be named by the one that is begun at `now`: those sealed, and those whose writer died
 * before it sealed. Looks at the last two months.
 */
export function findUnnamed({ folder, now, machine, givenUp }: Looking): Unnamed[] {
  const months = listMonths(folder);
  const recent = new Set([...months.slice(-2), ...months.filter((m) => m === monthName(now))]);
  const found: Unnamed[] = [];
  for (const segment of listSegments(folder, [...recent])) {
    if (found.length === AT_ONCE) break;
    if (segment.state === 'kept') continue;
    try {
      if (
        segment.state === 'open' &&
        !givenUp.has(segment.writer) &&
        !isDead(segment, now, machine)
      )
        continue;
      // Its lines may only stand in memory yet: what is vouched for must not vanish with the power.
      if (segment.state === 'open') syncFile(segment.path);
      found.push({
        segment,
        signed: signedOnDisk(segment),
        ...readTail(segment.path, segment.writer),
      });
    } catch (error) {
      // Renamed by another writer in between, or not ours to read: whoever verifies will say so.
      if (!['ENOENT', 'EACCES', 'ELOOP'].includes(systemCode(error))) throw error;
    }
  }
  return found;
}

function syncFile(path: string): void {
  const fd = openForReading(path);
  try {
    fdatasyncSync(fd);
  } catch (error) {
    // Windows syncs only what may be written.
    if (systemCode(error) !== 'EPERM') throw error;
  } finally {
    closeSync(fd);
  }
}

/** What the last checkpoint covers, if it has been there long enough to have reached the disk unasked. */
function signedOnDisk({ path, writer }: SegmentFile): number {
  const file = join(dirname(path), checkpointsName(writer));
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat === undefined || Date.now() - stat.mtimeMs < SETTLED_MS ? 0 : lastSigned(file);
}

/** Marks as named what a durable line now names. */
export function markNamed(named: readonly Unnamed[]): void {
  for (const { segment } of named) {
    try {
      renameSync(segment.path, join(dirname(segment.path), segmentName(segment.writer, 'kept')));
    } catch (error) {
      // Another writer named it too. In a folder that takes no new names it is named again next time.
      if (!['ENOENT', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT'].includes(systemCode(error)))
        throw error;
    }
  }
}

function isDead(segment: SegmentFile, now: number, here: Machine): boolean {
  const genesis = readGenesis(segment.path);
  if (genesis === undefined) return now - statSync(segment.path).mtimeMs > EMPTY_FOR_MS;
  const { machine, boot, began } = genesis.data ?? {};
  // Another machine that shares this home: it knows better who lives there.
  if (machine !== here.id) return false;
  return boot !== here.boot || !mayBeAlive(segment.pid, typeof began === 'string' ? began : '');
}
