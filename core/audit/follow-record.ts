import { setTimeout as wait } from 'node:timers/promises';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { isDayName, listPlaces, segmentsIn } from './list-segments.ts';
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
  const looked = new Map<string, number>();
  const stopped = (): boolean => signal?.aborted === true;
  for (let first = true; !stopped(); first = false) {
    const fresh: StoredEvent[] = [];
    for (const segment of changed(folder, looked)) {
      if (ended.has(segment.writer)) continue;
      const skipped = first && !fromStart;
      if (!skipped) for await (const event of readOn(segment, places)) fresh.push(event);
      else if (segment.state === 'open') skipTo(segment, places);
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

/** A folder's time stands still for a while where the clock of its file system is coarse. */
const COARSE_MS = 5000;

/** The segments of each folder that changed since it was looked into, and of those that hold running ones. */
function* changed(folder: string, looked: Map<string, number>): Generator<SegmentFile> {
  for (const place of listPlaces(folder)) {
    const { mtimeMs } = statSync(place, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
    const isDay = isDayName(basename(place));
    if (isDay && looked.get(place) === mtimeMs && Math.abs(Date.now() - mtimeMs) > COARSE_MS)
      continue;
    looked.set(place, mtimeMs);
    yield* segmentsIn(place);
  }
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
