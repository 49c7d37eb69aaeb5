import { closeSync, fdatasyncSync, lstatSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CordonError } from '../error.ts';
import { checkpointsPath, keptPath, listUnnamed } from './list-segments.ts';
import type { SegmentFile } from './list-segments.ts';
import { mayBeAlive } from './machine.ts';
import type { Machine } from './machine.ts';
import { openForReading } from './open-for-reading.ts';
import { makePrivateFolder } from './private-folder.ts';
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
/** Nor over writers that live, or may: each costs a look at its first line. */
const LOOKED_AT = 64;
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
  const found: Unnamed[] = [];
  const waiting = listUnnamed(folder, now).filter(({ state }) => state !== 'kept');
  for (const segment of pick(waiting)) {
    if (found.length === AT_ONCE) break;
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

/** Those sealed, and as many of the others as there is time for: not always the same ones. */
function pick(waiting: readonly SegmentFile[]): SegmentFile[] {
  const sealed = waiting.filter(({ state }) => state === 'done');
  const open = waiting.filter(({ state }) => state === 'open');
  const from = open.length > LOOKED_AT ? Math.floor(Math.random() * open.length) : 0;
  const some = [...open.slice(from), ...open.slice(0, from)].slice(0, LOOKED_AT);
  return [...sealed.slice(0, AT_ONCE), ...some];
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
function signedOnDisk(segment: SegmentFile): number {
  const file = checkpointsPath(segment);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat === undefined || Date.now() - stat.mtimeMs < SETTLED_MS ? 0 : lastSigned(file);
}

/** Marks as named what a durable line now names. */
export function markNamed(named: readonly Unnamed[]): void {
  for (const { segment } of named) {
    try {
      const kept = keptPath(segment);
      makePrivateFolder(dirname(kept));
      renameSync(segment.path, kept);
    } catch (error) {
      // Another writer named it too. In a folder that takes no new names it is named again next time.
      if (error instanceof CordonError) continue;
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
