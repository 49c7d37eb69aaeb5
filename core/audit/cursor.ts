import { readdirSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { NO_HEAD } from './line.ts';
import { readText } from './open-for-reading.ts';
import { placeFile } from './place-file.ts';
import { asRecordError, systemCode } from './record-error.ts';
import type { Head } from './stored-event.ts';
import { parseWriterId } from './writer-id.ts';

/** How far a segment is known to stand at the receiver. */
export interface Cursor {
  /** Number of the next line to send, the byte it begins at, and the head it must follow from. */
  readonly next: number;
  readonly byte: number;
  readonly head: string;
  /** Bytes of the file of checkpoints that the receiver has. */
  readonly checkpoints: number;
}

/** A head as the receiver gave it, with the note it signed. */
export interface KeptHead extends Head {
  readonly note: string;
  /** Milliseconds since 1970. */
  readonly received: number;
}

export const START: Cursor = { next: 0, byte: 0, head: NO_HEAD, checkpoints: 0 };

/**
 * What is kept about one receiver, beside the segments: the record itself is never changed by shipping
 * it. Each receiver has its own, or what one has would be taken for what the other has.
 */
export const shipFolder = (folder: string, receiver: string): string =>
  join(folder, 'ship', createHash('sha256').update(receiver).digest('hex').slice(0, 16));

const cursorPath = (place: string, writer: string) => join(place, `${writer}.cur`);
const headPath = (place: string, writer: string) => join(place, `${writer}.head`);

/** The cursor of a segment. One that is lost or broken is the start: the receiver says where to go on. */
export function readCursor(place: string, writer: string): Cursor {
  const held = readJson(cursorPath(place, writer)) as Partial<Cursor> | undefined;
  if (held === undefined) return START;
  const { next, byte, head, checkpoints } = held;
  const isWhole = [next, byte, checkpoints].every(
    (one) => Number.isSafeInteger(one) && Number(one) >= 0,
  );
  if (!isWhole || typeof head !== 'string' || !/^[\w-]{43}$/.test(head)) return START;
  return { next: Number(next), byte: Number(byte), head, checkpoints: Number(checkpoints) };
}

/** @throws CordonError `record.full`, `record.unwritable`. */
export function writeCursor(place: string, writer: string, cursor: Cursor): void {
  // Losing it costs one answer of 409, so it need not reach the disk.
  replace(cursorPath(place, writer), cursor, false);
}

/** Keeps what the receiver signed, durably: it is what later shows a cut tail. */
export function keepHead(place: string, head: KeptHead): void {
  const held = readHead(place, head.writer);
  // An older answer that comes late must not take a newer one's place.
  if (held !== undefined && held.size > head.size) return;
  replace(headPath(place, head.writer), head, true);
}

export function readHead(place: string, writer: string): KeptHead | undefined {
  const held = readJson(headPath(place, writer)) as Partial<KeptHead> | undefined;
  if (held === undefined) return undefined;
  const { size, head, note, received } = held;
  if (!Number.isSafeInteger(size) || typeof head !== 'string' || typeof note !== 'string')
    return undefined;
  return { writer, size: Number(size), head, note, received: Number(received) };
}

/** The heads that receivers signed for, of every segment that was ever shipped from here. */
export function readHeads(folder: string): KeptHead[] {
  return entriesOf(join(folder, 'ship')).flatMap((receiver) => {
    const place = join(folder, 'ship', receiver);
    return namesIn(place, '.head').flatMap((writer) => readHead(place, writer) ?? []);
  });
}

/** Begins anew with a receiver that lost what it had. What it signed for is kept. */
export function forgetCursors(place: string): void {
  for (const writer of shippedWriters(place)) rmSync(cursorPath(place, writer), { force: true });
}

/** Writers whose segments were shipped, whether or not the segment still stands here. */
export const shippedWriters = (place: string): string[] => namesIn(place, '.cur');

function namesIn(place: string, ending: string): string[] {
  return entriesOf(place)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .filter((writer) => parseWriterId(writer) !== undefined)
    .sort();
}

function entriesOf(place: string): string[] {
  try {
    return readdirSync(place);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return [];
    throw asRecordError(error, place);
  }
}

function readJson(path: string): object | undefined {
  try {
    const value: unknown = JSON.parse(readText(path));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    // Not there, or torn by a power cut: neither is worth more than asking again.
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return undefined;
    throw asRecordError(error, path);
  }
}

function replace(path: string, value: object, durable: boolean): void {
  try {
    placeFile(path, `${JSON.stringify(value)}\n`, { existing: 'replace', durable });
  } catch (error) {
    throw asRecordError(error, path);
  }
}
