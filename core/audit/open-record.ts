import { closeSync } from 'node:fs';
import { beginSegment } from './begin-segment.ts';
import type { Begun } from './begin-segment.ts';
import type { EventKind, Identity, NewEvent } from './event.ts';
import { eventText } from './event-text.ts';
import { loadHostKey } from './host-key.ts';
import type { HostKey } from './host-key.ts';
import { thisMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { openReadQueue } from './read-queue.ts';
import { asRecordError } from './record-error.ts';
import { renameSegment, syncSegment, writeLine, writeLines } from './segment.ts';
import type { Ready } from './segment.ts';

export interface RecordWriter {
  /**
   * Writes one event before it returns. A block, a push and whatever else must outlive a power cut is
   * on the disk by then. Blocks the act where it throws: nothing of the event is kept.
   * @throws CordonError `record.full`, `record.unwritable`.
   */
  readonly append: (event: NewEvent) => void;
  /** Queues an event of reading; written within milliseconds with others. Never throws. */
  readonly appendRead: (event: NewEvent) => void;
  /** Writes what is queued. @throws CordonError as `append`. */
  readonly flush: () => void;
  /** Writes what is queued and seals the segment. @throws CordonError where queued events were lost. */
  readonly close: () => void;
  /** Of the segment written last; empty before the first event. */
  readonly writer: string;
}

export interface RecordLimits {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly queueEvents: number;
  readonly queueBytes: number;
  readonly groupBytes: number;
  readonly groupMs: number;
  readonly checkpointEvents: number;
  readonly checkpointMs: number;
}

const LIMITS: RecordLimits = {
  segmentBytes: 64 * 1024 * 1024,
  segmentMs: 24 * 3_600_000,
  queueEvents: 10_000,
  queueBytes: 8 * 1024 * 1024,
  groupBytes: 64 * 1024,
  groupMs: 5,
  // Bursts: what a checkpoint costs is a sync of all that came since.
  checkpointEvents: 100_000,
  checkpointMs: 1000,
};

/** How long the queue waits after a failed write before it tries again. */
const AGAIN_MS = 1000;

/** What reaches the disk before `append` returns, beside every block. */
const durableKinds: ReadonlySet<EventKind> = new Set([
  'push',
  'receive',
  'policy-change',
  'allow',
  'register',
  'posture',
  'genesis',
  'seal',
  'orphan',
  'moved',
]);

export interface OpenRecord {
  /** As `stateFolder` says. */
  readonly folder: string;
  /** `host` is the key's own and need not be given. */
  readonly identity: Omit<Identity, 'host'> & { readonly host?: string };
  /** Milliseconds since 1970; this machine's clock by default. */
  readonly now?: () => number;
  readonly limits?: Partial<RecordLimits>;
  /** Where this process runs; asked of the system by default. */
  readonly machine?: Machine;
}

/** Opens a writer of the record. No file is touched before the first event. */
export function openRecord(options: OpenRecord): RecordWriter {
  const { folder, now: clock = Date.now } = options;
  const now = (): number => Math.max(0, Math.floor(clock()));
  const limits = { ...LIMITS, ...options.limits };
  const queue = openReadQueue(limits);
  const givenUp = new Set<string>();
  let key: HostKey | undefined;
  let begun: Begun | undefined;
  let writer = '';
  let closed = false;
  let group: NodeJS.Timeout | undefined;
  let signing: NodeJS.Timeout | undefined;
  let signed = 0;
  let notBefore = 0;

  /** The one place that writes: whatever fails here, the lines before it stay as they are. */
  const write = (
    events: readonly Ready[] | undefined,
    t: number,
    text: string,
    durable: boolean,
  ): void => {
    try {
      if (begun !== undefined) rotate(begun, t);
      if (begun === undefined) begun = begin(events ?? [{ t, text }]);
      else if (events !== undefined) writeLines(begun.segment, events, begun.identity, durable);
      else writeLine(begun.segment, t, text, begun.identity, durable);
    } catch (error) {
      giveUpUnsound();
      throw asRecordError(error, folder);
    }
    signWhenDue();
  };

  const begin = (first: readonly Ready[], continues?: string): Begun => {
    key ??= loadHostKey(folder);
    const { identity, machine = thisMachine() } = options;
    const before = continues === undefined ? {} : { continues };
    // Where the first event happened before the key was made, it is no clock that went back.
    const time = first[0]?.t ?? now();
    const made = beginSegment(
      { folder, key, identity, machine, now: time, givenUp, ...before },
      first,
    );
    writer = made.segment.writer;
    signed = performance.now();
    return made;
  };

  /** The next segment stands before this one is sealed: a seal never names one that is not there. */
  const rotate = (was: Begun, time: number): void => {
    const age = Math.abs(time - was.segment.start);
    if (was.segment.bytes < limits.segmentBytes && age < limits.segmentMs) return;
    begun = begin([], was.segment.writer);
    seal(was, { reason: age < limits.segmentMs ? 'size' : 'age', next: begun.segment.writer });
  };

  const seal = ({ segment, signer, identity }: Begun, data: NewEvent['data'] & object): void => {
    try {
      // The checkpoint stands in the seal itself: no crash parts them, so a seal without one is an edit.
      const checkpoint = signer.signLast();
      const size = segment.size + 1;
      const event: NewEvent = { kind: 'seal', data: { ...data, size, checkpoint } };
      writeLine(segment, now(), eventText(event), identity, true);
      renameSegment(segment, 'done');
    } catch {
      // The events are safe; the segment merely ends without a seal, and the next writer says so.
      givenUp.add(segment.writer);
    } finally {
      closeSync(segment.fd);
    }
  };

  const giveUpUnsound = (): void => {
    if (begun === undefined || begun.segment.sound) return;
    givenUp.add(begun.segment.writer);
    closeSync(begun.segment.fd);
    begun = undefined;
  };

  const signWhenDue = (): void => {
    if (begun === undefined) return;
    const { segment, signer } = begun;
    // Timers do not run while one act follows the other: then every few lines tell the time.
    const due = segment.size % 8 === 0 && performance.now() - signed >= limits.checkpointMs;
    if (due || segment.size - signer.covered >= limits.checkpointEvents) return sign();
    signing ??= setTimeout(sign, limits.checkpointMs).unref();
  };

  const sign = (): void => {
    clearTimeout(signing);
    signing = undefined;
    signed = performance.now();
    if (begun === undefined || begun.signer.covered === begun.segment.size) return;
    try {
      // What is signed for must not be lost in a power cut: the missing lines would look like an edit.
      syncSegment(begun.segment);
      begun.signer.sign();
    } catch {
      // A full disk: the events themselves are acknowledged, and the next checkpoint covers them too.
      giveUpUnsound();
    }
  };

  const writeQueued = (): void => {
    clearTimeout(group);
    group = undefined;
    while (queue.length > 0) {
      const taken = queue.peek(limits.groupBytes);
      write(taken, now(), '', false);
      queue.drop(taken);
    }
  };

  const tryQueued = (): void => {
    if (performance.now() < notBefore) return;
    try {
      writeQueued();
    } catch {
      // Kept in the queue, which is bounded; an act that follows will say what is wrong.
      notBefore = performance.now() + AGAIN_MS;
      group = setTimeout(tryQueued, AGAIN_MS + 1).unref();
    }
  };

  return {
    append(event) {
      if (closed) throw asRecordError(new Error('closed'), folder);
      const t = now();
      const text = eventText(event);
      if (queue.length > 0) writeQueued();
      write(undefined, t, text, event.verdict === 'block' || durableKinds.has(event.kind));
    },
    appendRead(event) {
      if (closed) return;
      queue.add(event, now());
      if (queue.length >= limits.groupBytes) tryQueued();
      else group ??= setTimeout(tryQueued, limits.groupMs);
    },
    flush: writeQueued,
    close() {
      if (closed) return;
      closed = true;
      try {
        writeQueued();
      } finally {
        clearTimeout(group);
        clearTimeout(signing);
        if (begun !== undefined) seal(begun, { reason: 'close' });
        begun = undefined;
      }
    },
    get writer() {
      return writer;
    },
  };
}
