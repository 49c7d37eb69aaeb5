import { setTimeout as wait } from 'node:timers/promises';
import { listMonths, listSegments } from './list-segments.ts';
import type { SegmentFile } from './list-segments.ts';
import { readSegment, START } from './read-segment.ts';
import type { Place } from './read-segment.ts';
import { readTail } from './read-tail.ts';
import { systemCode } from './record-error.ts';
import type { StoredEvent } from './stored-event.ts';

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Time between two looks, in milliseconds. */
  readonly everyMs?: number;
  /** Events already there are given too, where it is true. */
  readonly fromStart?: boolean;
}

/**
 * The events that come from now on, until `signal` says stop. Looks again and again: no way of watching a
 * folder works on every file system.
 */
export async function* followRecord(
  folder: string,
  { signal, everyMs = 200, fromStart = false }: FollowOptions = {},
): AsyncGenerator<StoredEvent> {
  const places = new Map<string, Place>();
  const ended = new Set<string>();
  const stopped = (): boolean => signal?.aborted === true;
  for (let first = true; !stopped(); first = false) {
    const fresh: StoredEvent[] = [];
    for (const segment of recent(folder)) {
      if (ended.has(segment.writer)) continue;
      if (first && !fromStart) skipTo(segment, places);
      else for await (const event of readOn(segment, places)) fresh.push(event);
      if (segment.state !== 'open') ended.add(segment.writer);
    }
    fresh.sort((a, b) => a.t - b.t);
    yield* fresh;
    try {
      await wait(everyMs, undefined, { ...(signal !== undefined && { signal }) });
    } catch (error) {
      if (stopped()) return;
      throw error;
    }
  }
}

function recent(folder: string): SegmentFile[] {
  return listSegments(folder, listMonths(folder).slice(-2));
}

function skipTo(segment: SegmentFile, places: Map<string, Place>): void {
  try {
    const { byte, size, head } = readTail(segment.path, segment.writer);
    places.set(segment.writer, { byte, size, head });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

async function* readOn(
  segment: SegmentFile,
  places: Map<string, Place>,
): AsyncGenerator<StoredEvent> {
  const from = places.get(segment.writer) ?? START;
  try {
    for await (const { events, place } of readSegment(segment.path, segment.writer, from)) {
      places.set(segment.writer, place);
      yield* events;
    }
  } catch (error) {
    // Renamed as it was sealed: the next look finds it under its new name.
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
