import { findSegment, listSegments } from './list-segments.ts';
import type { SegmentFile } from './list-segments.ts';
import { readSegment } from './read-segment.ts';
import { systemCode } from './record-error.ts';
import type { StoredEvent } from './stored-event.ts';

export interface RecordFilter {
  /** Milliseconds since 1970, both inclusive. */
  readonly since?: number;
  readonly until?: number;
  readonly where?: (event: StoredEvent) => boolean;
}

interface Cursor {
  readonly batches: AsyncGenerator<{ readonly events: readonly StoredEvent[] }>;
  events: readonly StoredEvent[];
  at: number;
}

/** Events of a segment lie within a day of its beginning; twice that, for what a seal or a clock adds. */
export const SPAN_MS = 48 * 3_600_000;

/**
 * The events of all segments by their time, a megabyte a running segment in memory. A segment is read up to the
 * last line that holds: what lies behind is for `verifyRecord` to tell. Events of one segment keep their
 * order where the clock went back.
 */
export async function* readRecord(
  folder: string,
  filter: RecordFilter = {},
): AsyncGenerator<StoredEvent> {
  const { since = -Infinity, until = Infinity, where } = filter;
  const begun = { since: since - SPAN_MS, until: until + SPAN_MS };
  const waiting = listSegments(folder, begun).filter(
    ({ start }) => start >= begun.since && start <= begun.until,
  );
  const open: Cursor[] = [];
  try {
    for (let next = 0; ;) {
      // A segment is opened once the merge reaches its beginning: never thousands at once.
      for (let one = waiting[next]; one !== undefined; one = waiting[next]) {
        if (open.length > 0 && one.start > timeOf(earliest(open))) break;
        next += 1;
        const cursor = await openCursor(folder, one);
        if (cursor !== undefined) open.push(cursor);
      }
      const cursor = earliest(open);
      const event = cursor?.events[cursor.at];
      if (cursor === undefined || event === undefined) return;
      if (event.t >= since && event.t <= until && (where?.(event) ?? true)) yield event;
      cursor.at += 1;
      if (cursor.at === cursor.events.length && !(await refill(cursor))) {
        open.splice(open.indexOf(cursor), 1);
      }
    }
  } finally {
    for (const { batches } of open) await batches.return(undefined);
  }
}

const timeOf = (cursor: Cursor | undefined): number => cursor?.events[cursor.at]?.t ?? Infinity;

function earliest(cursors: readonly Cursor[]): Cursor | undefined {
  let best = cursors[0];
  for (const cursor of cursors) if (timeOf(cursor) < timeOf(best)) best = cursor;
  return best;
}

async function openCursor(folder: string, segment: SegmentFile): Promise<Cursor | undefined> {
  for (const path of pathsOf(folder, segment)) {
    const cursor: Cursor = { batches: readSegment(path, segment.writer), events: [], at: 0 };
    try {
      return (await refill(cursor)) ? cursor : undefined;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

/** It may be renamed between the listing and the opening, as it is sealed. */
function* pathsOf(folder: string, segment: SegmentFile): Generator<string> {
  yield segment.path;
  const again = findSegment(folder, segment.writer);
  if (again !== undefined) yield again.path;
}

async function refill(cursor: Cursor): Promise<boolean> {
  const next = await cursor.batches.next();
  if (next.done === true) return false;
  cursor.events = next.value.events;
  cursor.at = 0;
  return cursor.events.length > 0 || refill(cursor);
}
