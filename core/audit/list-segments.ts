import { readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from './record-error.ts';
import { parseWriterId } from './writer-id.ts';

/**
 * A segment's file is `YYYY-MM/WRITER.STATE.jsonl`. The state spares a new writer from opening
 * every file of the month; nobody believes it when verifying.
 *
 * - `open`: being written, or its writer died;
 * - `done`: sealed, and not yet named by a later segment;
 * - `kept`: sealed or orphaned, and named by a later segment: it cannot vanish unseen.
 */
export type SegmentState = 'open' | 'done' | 'kept';

export interface SegmentFile {
  readonly writer: string;
  readonly host: string;
  /** When it was begun, in milliseconds. */
  readonly start: number;
  readonly pid: number;
  readonly state: SegmentState;
  readonly path: string;
}

const nameForm = /^([0-9a-f-]{1,60})\.(open|done|kept)\.jsonl$/;
const monthForm = /^\d{4,6}-\d{2}$/;

export const segmentName = (writer: string, state: SegmentState): string =>
  `${writer}.${state}.jsonl`;

export const checkpointsName = (writer: string): string => `${writer}.checkpoints`;

export const checkpointsPath = ({ path, writer }: Pick<SegmentFile, 'path' | 'writer'>): string =>
  join(dirname(path), checkpointsName(writer));

export const monthName = (time: number): string => new Date(time).toISOString().slice(0, 7);

export const isMonthName = (name: string): boolean => monthForm.test(name);

/** Undefined for the name of whatever is no segment. */
export function parseSegmentName(
  name: string,
): Pick<SegmentFile, 'writer' | 'host' | 'start' | 'pid' | 'state'> | undefined {
  const [, writer, state] = nameForm.exec(name) ?? [];
  const id = writer === undefined ? undefined : parseWriterId(writer);
  if (writer === undefined || id === undefined) return undefined;
  return { writer, ...id, state: state as SegmentState };
}

/** The months of the record, the oldest first. */
export function listMonths(folder: string): string[] {
  return entries(folder)
    .filter((entry) => entry.isDirectory() && isMonthName(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/**
 * The segments of the record, or of some months, by the time they were begun. A link or a folder in a
 * segment's place is none: whoever reads finds it missing.
 */
export function listSegments(folder: string, months = listMonths(folder)): SegmentFile[] {
  const found = new Map<string, SegmentFile>();
  for (const month of months) {
    for (const entry of entries(join(folder, month))) {
      const named = parseSegmentName(entry.name);
      if (named === undefined || !entry.isFile()) continue;
      // Renamed while the folder was read: it may be seen under both names.
      found.set(named.writer, { ...named, path: join(folder, month, entry.name) });
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start || (a.writer < b.writer ? -1 : 1));
}

/** The path of a segment now, whatever its state has become; undefined where it is gone. */
export function findSegment(folder: string, writer: string): SegmentFile | undefined {
  return listSegments(folder).find((segment) => segment.writer === writer);
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
