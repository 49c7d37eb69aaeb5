import {
  closeSync,
  constants,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { lineRoom, NO_HEAD, openingOf, putLine, timeText } from './line.ts';
import { makePrivateFolder } from './private-folder.ts';
import { checkpointsPath, segmentName } from './list-segments.ts';
import type { SegmentState } from './list-segments.ts';

/** The segment that this process writes. */
export interface Segment {
  readonly writer: string;
  readonly folder: string;
  readonly path: string;
  readonly checkpoints: string;
  readonly fd: number;
  /** When it was begun. */
  readonly start: number;
  /** What each line begins with. */
  readonly opening: string;
  /** Lines acknowledged. */
  size: number;
  /** Bytes acknowledged. */
  bytes: number;
  head: string;
  /** Time of the last line. */
  last: number;
  /** False once a failure could not be undone: nothing is appended any more. */
  sound: boolean;
}

/** An event made ready: its time in whole milliseconds, and the inside of its object. */
export interface Ready {
  readonly t: number;
  readonly text: string;
}

const {
  O_WRONLY,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW = 0,
} = constants as typeof constants & {
  readonly O_NOFOLLOW?: number;
};

/** Creates the file, 0600 and still empty. Throws the system's error; EEXIST where someone was first. */
export function createSegment(folder: string, writer: string, start: number): Segment {
  makePrivateFolder(folder);
  const path = join(folder, segmentName(writer, 'open'));
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  const checkpoints = checkpointsPath({ path, writer });
  const opening = openingOf(writer);
  const empty = { size: 0, bytes: 0, head: NO_HEAD, last: 0, sound: true };
  return { writer, folder, path, checkpoints, fd, start, opening, ...empty };
}

/**
 * Appends one event in one `write`, made durable before it returns where `durable` says so. Either it
 * stands behind the lines before, or it does not and the system's error is thrown.
 */
export function writeLine(
  segment: Segment,
  t: number,
  text: string,
  identity: Buffer,
  durable: boolean,
): void {
  // The usual case, and the one that must be fast: nothing is copied, nothing kept.
  const { opening, size, head, last } = segment;
  const line = putLine(head, opening + size + timeText(t, last - t) + text, identity);
  writeOrTakeBack(segment, lineRoom, line.length, durable);
  acknowledge(segment, line.length, 1, line.head, t);
}

/** Appends several: all of them, or none. */
export function writeLines(
  segment: Segment,
  events: readonly Ready[],
  identity: Buffer,
  durable: boolean,
): void {
  let { size, head, last } = segment;
  const parts: Buffer[] = [];
  for (const { t, text } of events) {
    const opening = segment.opening + size + timeText(t, last - t);
    const line = putLine(head, opening + text, identity);
    // The room is used again for the next one.
    parts.push(Buffer.from(lineRoom.subarray(0, line.length)));
    head = line.head;
    last = t;
    size += 1;
  }
  const bytes = Buffer.concat(parts);
  writeOrTakeBack(segment, bytes, bytes.length, durable);
  acknowledge(segment, bytes.length, events.length, head, last);
}

function acknowledge(
  segment: Segment,
  bytes: number,
  lines: number,
  head: string,
  last: number,
): void {
  segment.bytes += bytes;
  segment.size += lines;
  segment.head = head;
  segment.last = last;
}

function writeOrTakeBack(segment: Segment, bytes: Buffer, length: number, durable: boolean): void {
  try {
    // A disk that fills up takes a part first and fails the next time.
    for (let done = 0; done < length;) done += writeSync(segment.fd, bytes, done, length - done);
  } catch (error) {
    takeBack(segment);
    throw error;
  }
  if (durable) syncSegment(segment);
}

/** Cuts our own unacknowledged tail. */
function takeBack(segment: Segment): void {
  try {
    ftruncateSync(segment.fd, segment.bytes);
  } catch {
    // Not even that: the torn tail stays, and the next segment says so.
    segment.sound = false;
  }
}

/**
 * Brings to the disk what was written. After a failed sync nobody knows what the disk has: the kernel may have dropped lines from before as
 * well, and whatever followed them would follow from nothing. So the segment is given up.
 */
export function syncSegment(segment: Segment): void {
  try {
    fdatasyncSync(segment.fd);
  } catch (error) {
    takeBack(segment);
    segment.sound = false;
    throw error;
  }
}

/** The name says what state the segment is in; a name that someone else changed already is left alone. */
export function renameSegment(segment: Segment, state: SegmentState): string {
  const path = join(segment.folder, segmentName(segment.writer, state));
  renameSync(segment.path, path);
  return path;
}

/** Closes a segment in which nothing was acknowledged, and takes the file away. */
export function discardSegment(segment: Segment): void {
  closeSync(segment.fd);
  unlinkSync(segment.path);
}
