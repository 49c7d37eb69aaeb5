import { hash } from 'node:crypto';
import type { NewEvent } from './event.ts';
import { eventText } from './event-text.ts';
import type { Ready } from './segment.ts';

/** Reads that wait to be written together. */
export interface ReadQueue {
  add(event: NewEvent, t: number): void;
  /** UTF-16 units waiting. */
  readonly length: number;
  /** What waits now, at most about `most` units of it; a summary of what found no room comes last. */
  peek(most: number): readonly Ready[];
  /** Takes away what `peek` gave. */
  drop(taken: readonly Ready[]): void;
}

export interface QueueLimits {
  readonly queueEvents: number;
  /** UTF-16 units of JSON. */
  readonly queueBytes: number;
}

interface Summary {
  count: number;
  readonly first: number;
  last: number;
  /** SHA-256 over the paths in their order. */
  paths: string;
}

/**
 * Bounded: while the disk is full and a search opens every file, memory must not grow. What finds no room is
 * counted, with the times of the first and the last and a hash of the paths.
 */
export function openReadQueue(limits: QueueLimits): ReadQueue {
  let waiting: Ready[] = [];
  let length = 0;
  let summary: Summary | undefined;

  const sum = (event: NewEvent, t: number) => {
    summary ??= { count: 0, first: t, last: t, paths: '' };
    summary.count += 1;
    summary.last = t;
    summary.paths = hash('sha256', `${summary.paths}\n${event.path ?? ''}`, 'base64url');
  };

  return {
    add(event, t) {
      // Once one was summed up the next must be as well: the order of the rest would lie.
      if (summary !== undefined || waiting.length >= limits.queueEvents) return sum(event, t);
      const text = eventText(event);
      if (length + text.length > limits.queueBytes) return sum(event, t);
      waiting.push({ t, text });
      length += text.length;
    },
    get length() {
      return length + (summary === undefined ? 0 : 1);
    },
    peek(most) {
      const taken: Ready[] = [];
      let size = 0;
      for (const one of waiting) {
        if (taken.length > 0 && size + one.text.length > most) return taken;
        taken.push(one);
        size += one.text.length;
      }
      return summary === undefined ? taken : [...taken, summaryOf(summary)];
    },
    drop(taken) {
      for (const { text } of taken.slice(0, waiting.length)) length -= text.length;
      if (taken.length > waiting.length) summary = undefined;
      waiting = waiting.slice(taken.length);
    },
  };
}

function summaryOf({ count, first, last, paths }: Summary): Ready {
  const circumstances = ['queue-full'];
  const event: NewEvent = { kind: 'summary', circumstances, data: { count, first, last, paths } };
  return { t: last, text: eventText(event) };
}
