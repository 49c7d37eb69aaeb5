import { statSync } from 'node:fs';
import {
  forgetCursors,
  keepHead,
  readCursor,
  shipFolder,
  shippedWriters,
  writeCursor,
  type Cursor,
} from './cursor.ts';
import { checkpointsPath, findSegment, listSegments, type SegmentFile } from './list-segments.ts';
import { systemCode } from './record-error.ts';
import { readBatch, readCheckpointBatch, seekLine } from './ship-batch.ts';
import { readSignedHead, type ReceiverKey } from './ship-head.ts';
import { send, type SendOptions, type ShipAnswer, type ShipTransport } from './ship-send.ts';

/** Something that must not be. It is told, and the rest is shipped all the same. */
export interface ShipAlarm {
  readonly writer: string;
  /** The line it is about. */
  readonly n: number;
  /**
   * - `rejected`: the receiver holds other bytes for the same lines, or they do not follow;
   * - `chain`: a line here does not follow from the one before;
   * - `shorter`: fewer lines stand here than were shipped;
   * - `gone`: a segment that was shipped is not here any more;
   * - `head`: the receiver signed for something else than it was sent, or did not sign.
   */
  readonly what: 'rejected' | 'chain' | 'shorter' | 'gone' | 'head';
  readonly detail?: string;
}

export interface ShipReport {
  readonly segments: number;
  /** Lines the receiver said it has, that it did not have before. */
  readonly lines: number;
  readonly bytes: number;
  readonly requests: number;
  readonly retries: number;
  readonly alarms: readonly ShipAlarm[];
  /** Why it stopped before the end: no answer, or a refusal such as 403. The next run goes on there. */
  readonly stopped?: { readonly why: 'unreachable' | 'refused'; readonly detail: string };
}

export interface ShipOptions extends SendOptions {
  /** What tells this receiver from another, such as its URL. */
  readonly receiver: string;
  /** Send everything once more, to a receiver that lost what it had. */
  readonly again?: boolean;
  /** Bytes of a request. Default 200 kB. */
  readonly batchBytes?: number;
  /** The key that the receiver's heads must be signed with, where it is known. */
  readonly receiverKey?: ReceiverKey;
  readonly onProgress?: (done: { readonly lines: number; readonly bytes: number }) => void;
}

const BATCH = 200_000;
/** A receiver that keeps sending us elsewhere is broken; the segment waits for the next run. */
const MOST_SEEKS = 4;

interface Run {
  readonly folder: string;
  /** Where cursors and heads of this receiver are kept. */
  readonly place: string;
  readonly transport: ShipTransport;
  readonly options: ShipOptions;
  readonly alarms: ShipAlarm[];
  lines: number;
  bytes: number;
  requests: number;
  retries: number;
  stopped?: NonNullable<ShipReport['stopped']>;
}

/**
 * Sends what the receiver does not have yet: the lines of every segment, then its checkpoints. The
 * segments themselves are the spool; nothing of them is changed, renamed or deleted. May be killed at any
 * time, run twice at once, and begun again: a line is named by writer and number, and the receiver keeps
 * each once.
 * @throws CordonError `record.full`, `record.unwritable` where a cursor cannot be kept.
 */
export async function shipRecord(
  folder: string,
  transport: ShipTransport,
  options: ShipOptions,
): Promise<ShipReport> {
  const place = shipFolder(folder, options.receiver);
  if (options.again === true) forgetCursors(place);
  const run: Run = {
    folder,
    place,
    transport,
    options,
    alarms: [],
    lines: 0,
    bytes: 0,
    requests: 0,
    retries: 0,
  };
  const segments = listSegments(folder);
  const here = new Set(segments.map(({ writer }) => writer));
  for (const writer of shippedWriters(place)) {
    if (!here.has(writer))
      run.alarms.push({ writer, n: readCursor(place, writer).next, what: 'gone' });
  }
  for (const segment of segments) {
    await shipLinesOf(run, segment);
    if (run.stopped === undefined) await shipCheckpoints(run, segment);
    if (run.stopped !== undefined) break;
  }
  const { alarms, lines, bytes, requests, retries, stopped } = run;
  return {
    segments: segments.length,
    lines,
    bytes,
    requests,
    retries,
    alarms,
    ...(stopped !== undefined && { stopped }),
  };
}

/** A segment that is sealed meanwhile is found again under its new name. */
async function shipLinesOf(run: Run, listed: SegmentFile): Promise<void> {
  const { writer } = listed;
  let segment: SegmentFile | undefined = listed;
  for (let again = 0; segment !== undefined && again < MOST_SEEKS; again += 1) {
    try {
      return await shipLines(run, segment);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      segment = findSegment(run.folder, writer);
    }
  }
  run.alarms.push({ writer, n: readCursor(run.place, writer).next, what: 'gone' });
}

async function shipLines(run: Run, { path, writer }: SegmentFile): Promise<void> {
  const { place, options } = run;
  let limit = options.batchBytes ?? BATCH;
  let cursor = readCursor(place, writer);
  for (let seeks = 0; ;) {
    const { body, after, problem } = readBatch(path, writer, cursor, limit);
    if (problem !== undefined) run.alarms.push({ writer, n: cursor.next, what: problem });
    if (body.length === 0) return;
    const answer = await ask(run, { what: 'lines', writer, from: cursor.next, body });
    if (answer === undefined) return;
    const { status, next } = answer;
    if (status === 413 && body.length > 1024) {
      limit = Math.floor(body.length / 2);
      continue;
    }
    if (status === 422) {
      run.alarms.push({ writer, n: cursor.next, what: 'rejected', ...detailOf(answer) });
      return;
    }
    if (next === undefined || !Number.isSafeInteger(next) || (status !== 200 && status !== 409)) {
      run.stopped = { why: 'refused', detail: `${status} ${answer.detail ?? ''}`.trim() };
      return;
    }
    if (next !== after.next) {
      // Someone else shipped meanwhile, the cursor was lost, or the receiver lost lines.
      seeks += 1;
      const found = seeks > MOST_SEEKS ? undefined : seekLine(path, writer, next, limit);
      if (found === undefined) {
        run.alarms.push({ writer, n: next, what: 'shorter', ...detailOf(answer) });
        return;
      }
      cursor = { ...found, checkpoints: cursor.checkpoints };
    } else {
      seeks = 0;
      run.lines += after.next - cursor.next;
      run.bytes += body.length;
      cursor = after;
    }
    if (status === 200 && !keepSigned(run, cursor, writer, answer)) return;
    writeCursor(place, writer, cursor);
    options.onProgress?.({ lines: run.lines, bytes: run.bytes });
  }
}

/** False where the receiver signed for other lines than those that stand here. */
function keepSigned(run: Run, cursor: Cursor, writer: string, { note }: ShipAnswer): boolean {
  const signed =
    note === undefined ? undefined : readSignedHead(note, writer, run.options.receiverKey);
  if (note === undefined || signed?.size !== cursor.next || signed.head !== cursor.head) {
    run.alarms.push({ writer, n: cursor.next, what: 'head' });
    return false;
  }
  keepHead(run.place, { ...signed, note, received: Date.now() });
  return true;
}

async function shipCheckpoints(run: Run, segment: SegmentFile): Promise<void> {
  const { place, options } = run;
  const { writer } = segment;
  const path = checkpointsPath(segment);
  for (let seeks = 0; seeks <= MOST_SEEKS;) {
    const cursor = readCursor(place, writer);
    const body = readCheckpointBatch(path, cursor.checkpoints, options.batchBytes ?? BATCH);
    if (body.length === 0) return;
    const answer = await ask(run, { what: 'checkpoints', writer, from: cursor.checkpoints, body });
    if (answer === undefined) return;
    const { status, next } = answer;
    if (status === 422) {
      run.alarms.push({ writer, n: 0, what: 'rejected', ...detailOf(answer) });
      return;
    }
    if (next === undefined || !Number.isSafeInteger(next) || (status !== 200 && status !== 409)) {
      run.stopped = { why: 'refused', detail: `${status} ${answer.detail ?? ''}`.trim() };
      return;
    }
    if (next !== cursor.checkpoints + body.length) seeks += 1;
    writeCursor(place, writer, { ...cursor, checkpoints: next });
  }
}

async function ask(run: Run, request: Parameters<typeof send>[1]): Promise<ShipAnswer | undefined> {
  const sent = await send(run.transport, request, run.options);
  run.requests += sent.retries + 1;
  run.retries += sent.retries;
  if ('answer' in sent) return sent.answer;
  run.stopped = { why: 'unreachable', detail: sent.unreachable };
  return undefined;
}

const detailOf = ({ detail }: ShipAnswer) => (detail === undefined ? {} : { detail });

/** What stands here and was never acknowledged by a receiver. */
export function countUnshipped(
  folder: string,
  receiver: string,
): {
  readonly segments: number;
  readonly bytes: number;
} {
  const place = shipFolder(folder, receiver);
  let segments = 0;
  let bytes = 0;
  for (const { path, writer } of listSegments(folder)) {
    const left =
      (statSync(path, { throwIfNoEntry: false })?.size ?? 0) - readCursor(place, writer).byte;
    if (left <= 0) continue;
    segments += 1;
    bytes += left;
  }
  return { segments, bytes };
}
