import { closeSync } from 'node:fs';
import { isLine, NO_HEAD, statedHead } from './line.ts';
import { openForReading } from './open-for-reading.ts';
import { readLines } from './read-lines.ts';
import { isStoredEvent, type StoredEvent } from './stored-event.ts';

/** Where a reader of a segment has come. */
export interface Place {
  readonly byte: number;
  readonly size: number;
  readonly head: string;
}

export const START: Place = { byte: 0, size: 0, head: NO_HEAD };

/** The events of a segment behind `from`, some at a time, up to the last line that holds. */
export async function* readSegment(
  path: string,
  writer: string,
  from: Place = START,
): AsyncGenerator<{ readonly events: readonly StoredEvent[]; readonly place: Place }> {
  const fd = openForReading(path);
  try {
    let { size, head } = from;
    for await (const { lines, byte } of readLines(fd, from.byte)) {
      const events: StoredEvent[] = [];
      let at = byte;
      for (const line of lines) {
        const event = readEvent(line, writer, size, head);
        if (event === undefined) {
          if (events.length > 0) yield { events, place: { byte: at, size, head } };
          return;
        }
        events.push(event);
        head = event.h;
        size += 1;
        at += line.length;
      }
      yield { events, place: { byte: at, size, head } };
    }
  } finally {
    closeSync(fd);
  }
}

/** Undefined where `line` is not the writer's line `n` that follows from `before`. */
function readEvent(
  line: Buffer,
  writer: string,
  n: number,
  before: string,
): StoredEvent | undefined {
  if (!isLine(line, writer, n, before)) return undefined;
  const event = parseLine(line);
  return event?.h === statedHead(line) ? event : undefined;
}

/** Undefined where a line is no event: whoever made the chain over this was not us. */
export function parseLine(line: Buffer): StoredEvent | undefined {
  try {
    const event: unknown = JSON.parse(line.toString('utf8'));
    return isStoredEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}
