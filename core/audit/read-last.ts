import { closeSync } from 'node:fs';
import { readOpening, statedHead } from './line.ts';
import { findSegment, segmentsFromNewest } from './list-segments.ts';
import type { SegmentFile } from './list-segments.ts';
import { openForReading } from './open-for-reading.ts';
import { readLastLine } from './read-lines.ts';
import { SPAN_MS } from './read-record.ts';
import { readSegment } from './read-segment.ts';
import { systemCode } from './record-error.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * The last `count` events, the oldest first. Of segments that ended before them only the last line is read, and
 * nothing of those whose time was over long before: there may be a hundred thousand.
 */
export async function readLastEvents(
  folder: string,
  count: number,
  where: (event: StoredEvent) => boolean = () => true,
): Promise<StoredEvent[]> {
  let last: StoredEvent[] = [];
  let from = -Infinity;
  const keepLast = (): void => {
    last.sort((a, b) => a.t - b.t);
    last = last.slice(-count);
    if (last.length === count) from = last[0]?.t ?? from;
  };
  if (count === 0) return [];
  for (const segment of segmentsFromNewest(folder)) {
    if (segment.start + SPAN_MS < from) break;
    for await (const events of eventsOf(folder, segment, from)) {
      for (const event of events) if (event.t >= from && where(event)) last.push(event);
      // Cut seldom, not at every event.
      if (last.length > 2 * count + 1000) keepLast();
    }
    if (last.length > count) keepLast();
  }
  keepLast();
  return last;
}

async function* eventsOf(
  folder: string,
  segment: SegmentFile,
  from: number,
): AsyncGenerator<readonly StoredEvent[]> {
  const { writer } = segment;
  for (const find of [() => segment, () => findSegment(folder, writer)]) {
    const path = find()?.path;
    if (path === undefined) return;
    try {
      if (lastTime(path, writer) < from) return;
      for await (const { events } of readSegment(path, writer)) yield events;
      return;
    } catch (error) {
      // Renamed as it was sealed or named.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** When the last line was written; where it is torn or the clock was set back, that is not known. */
function lastTime(path: string, writer: string): number {
  const fd = openForReading(path);
  try {
    const line = readLastLine(fd);
    if (line === undefined || statedHead(line) === undefined) return Infinity;
    const opening = readOpening(line, writer);
    return opening === undefined || opening.clockBack > 0 ? Infinity : opening.t;
  } finally {
    closeSync(fd);
  }
}
