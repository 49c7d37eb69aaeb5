import { renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checkpointsName,
  listMonths,
  listSegments,
  monthName,
  segmentName,
} from './list-segments.ts';
import type { SegmentFile } from './list-segments.ts';
import { mayBeAlive, thisMachine } from './machine.ts';
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

/**
 * Segments to be named by the one that is begun at `now`: those sealed, and those whose writer died
 * before it sealed. `mine` are this process's own that it gave up. Looks at the last two months.
 */
export function findUnnamed(folder: string, now: number, mine: ReadonlySet<string>): Unnamed[] {
  const months = listMonths(folder);
  const recent = new Set([...months.slice(-2), ...months.filter((m) => m === monthName(now))]);
  const found: Unnamed[] = [];
  for (const segment of listSegments(folder, [...recent])) {
    if (found.length === AT_ONCE) break;
    if (segment.state === 'kept') continue;
    try {
      if (segment.state === 'open' && !mine.has(segment.writer) && !isDead(segment, now)) continue;
      const signed = lastSigned(join(dirname(segment.path), checkpointsName(segment.writer)));
      found.push({ segment, signed, ...readTail(segment.path, segment.writer) });
    } catch (error) {
      // Renamed by another writer in between, or not ours to read: whoever verifies will say so.
      if (!['ENOENT', 'EACCES', 'ELOOP'].includes(systemCode(error))) throw error;
    }
  }
  return found;
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

function isDead(segment: SegmentFile, now: number): boolean {
  const genesis = readGenesis(segment.path);
  if (genesis === undefined) return now - statSync(segment.path).mtimeMs > EMPTY_FOR_MS;
  const { machine, boot, began } = genesis.data ?? {};
  const here = thisMachine();
  // Another machine that shares this home: it knows better who lives there.
  if (machine !== here.id) return false;
  return boot !== here.boot || !mayBeAlive(segment.pid, typeof began === 'string' ? began : '');
}
