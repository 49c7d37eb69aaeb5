import { readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemCode } from './record-error.ts';
import { parseWriterId } from './writer-id.ts';

/**
 * A segment's file is `YYYY-MM/WRITER.STATE.jsonl`, once it is named `YYYY-MM/DD/WRITER.kept.jsonl`. A hook
 * makes a segment each time it runs: a new writer must see the few that matter to it, not a month of
 * them. Place and state only spare it from looking; nobody believes them when verifying.
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
const checkpointsForm = /^([0-9a-f-]{1,60})\.checkpoints$/;
const monthForm = /^\d{4,6}-\d{2}$/;
const dayForm = /^\d{2}$/;
/** In a month's folder, what was signed of its segments: one file a segment that lived for a while. */
const SIGNED = 'signed';

export const segmentName = (writer: string, state: SegmentState): string =>
  `${writer}.${state}.jsonl`;

export const monthName = (time: number): string => new Date(time).toISOString().slice(0, 7);

const dayName = (time: number): string => new Date(time).toISOString().slice(8, 10);

export const isMonthName = (name: string): boolean => monthForm.test(name);

export const isDayName = (name: string): boolean => dayForm.test(name);

const monthFolder = (path: string): string => {
  const folder = dirname(path);
  return dayForm.test(basename(folder)) ? dirname(folder) : folder;
};

/** Where a segment stands once a later one names it. */
export const keptPath = ({ path, writer, start }: SegmentFile): string =>
  join(monthFolder(path), dayName(start), segmentName(writer, 'kept'));

/** The file of a segment's checkpoints, whatever its state. */
export const checkpointsPath = ({ path, writer }: Pick<SegmentFile, 'path' | 'writer'>): string =>
  join(monthFolder(path), SIGNED, `${writer}.checkpoints`);

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

/** Times between which a segment was begun, in milliseconds; days are told apart, no less. */
export interface Begun {
  readonly since: number;
  readonly until: number;
}

/**
 * The segments of the record, or of some of its time, by the time they were begun. A link or a folder in
 * a segment's place is none: whoever reads finds it missing.
 */
export function listSegments(folder: string, begun?: Begun): SegmentFile[] {
  const found = new Map<string, SegmentFile>();
  for (const { place, name, isFile } of walkFiles(folder, begun)) {
    const named = isFile ? parseSegmentName(name) : undefined;
    // Renamed while the folder was read: it may be seen under both names.
    if (named !== undefined) found.set(named.writer, { ...named, path: join(place, name) });
  }
  return [...found.values()].sort((a, b) => a.start - b.start || (a.writer < b.writer ? -1 : 1));
}

/** The same, the newest first, and no folder is looked into before its turn. */
export function* segmentsFromNewest(folder: string): Generator<SegmentFile> {
  const seen = new Set<string>();
  for (const month of listMonths(folder).toReversed()) {
    const place = join(folder, month);
    // A running segment may be as old as any of its month.
    let waiting = segmentsIn(place);
    const days = entries(place).filter((entry) => dayForm.test(entry.name) && entry.isDirectory());
    for (const day of [
      ...days
        .map(({ name }) => name)
        .sort()
        .toReversed(),
      '',
    ]) {
      if (day !== '') waiting.push(...segmentsIn(join(place, day)));
      waiting.sort((a, b) => b.start - a.start || (a.writer < b.writer ? 1 : -1));
      const until = day === '' ? -Infinity : Date.parse(`${month}-${day}`);
      const due = waiting.findIndex(({ start }) => start < until);
      const count = due === -1 ? waiting.length : due;
      for (const segment of waiting.slice(0, count)) {
        // Moved to its day while its folder was read.
        if (seen.has(segment.writer)) continue;
        seen.add(segment.writer);
        yield segment;
      }
      waiting = waiting.slice(count);
    }
  }
}

/** Segments that no later one is known to name, of the last two months and of `now`'s. */
export function listUnnamed(folder: string, now: number): SegmentFile[] {
  const months = listMonths(folder);
  const recent = new Set([...months.slice(-2), ...months.filter((m) => m === monthName(now))]);
  return [...recent].flatMap((month) => segmentsIn(join(folder, month)));
}

/** Whatever stands where segments stand. */
export interface FoundFile {
  readonly place: string;
  readonly name: string;
  readonly isFile: boolean;
}

/**
 * A month's own files before those of its days: what is moved to its day meanwhile is seen twice, or at
 * its old place, but never not at all.
 */
export function* walkFiles(folder: string, begun?: Begun): Generator<FoundFile> {
  for (const month of listMonths(folder)) {
    if (begun !== undefined && !touches(begun, `${month}-01`, 31)) continue;
    const place = join(folder, month);
    const days: string[] = [];
    for (const entry of entries(place)) {
      if (dayForm.test(entry.name) && entry.isDirectory()) days.push(entry.name);
      else yield { place, name: entry.name, isFile: entry.isFile() };
    }
    for (const day of days.sort()) {
      if (begun !== undefined && !touches(begun, `${month}-${day}`, 1)) continue;
      for (const entry of entries(join(place, day))) {
        yield { place: join(place, day), name: entry.name, isFile: entry.isFile() };
      }
    }
  }
}

/** The folders that segments come into. */
export function* listPlaces(folder: string): Generator<string> {
  for (const month of listMonths(folder).slice(-2)) {
    const place = join(folder, month);
    yield place;
    for (const entry of entries(place)) {
      if (dayForm.test(entry.name) && entry.isDirectory()) yield join(place, entry.name);
    }
  }
}

/** The segments in one folder. */
export const segmentsIn = (place: string): SegmentFile[] =>
  entries(place).flatMap((entry) => {
    const named = entry.isFile() ? parseSegmentName(entry.name) : undefined;
    return named === undefined ? [] : [{ ...named, path: join(place, entry.name) }];
  });

/** The writers of whose checkpoints a file stands there. */
export function listSigned(folder: string): string[] {
  return listMonths(folder).flatMap((month) =>
    entries(join(folder, month, SIGNED)).flatMap(({ name }) => {
      const [, writer] = checkpointsForm.exec(name) ?? [];
      return writer === undefined || parseWriterId(writer) === undefined ? [] : [writer];
    }),
  );
}

const DAY_MS = 86_400_000;

function touches({ since, until }: Begun, first: string, days: number): boolean {
  const start = Date.parse(first);
  // A name that is no date is looked into.
  return !(start > until || start + days * DAY_MS < since);
}

/** Whether a segment stands where one of its time does. */
export function isAtItsPlace({ path, start, state }: SegmentFile): boolean {
  const month = basename(monthFolder(path));
  const day = basename(dirname(path));
  return (
    month === monthName(start) && (day === month || (state === 'kept' && day === dayName(start)))
  );
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
