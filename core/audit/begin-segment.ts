import { join } from 'node:path';
import { formatPrevious } from './claims.ts';
import type { Identity, NewEvent } from './event.ts';
import { eventText, identityText } from './event-text.ts';
import { findUnnamed, markNamed } from './find-unnamed.ts';
import type { Unnamed } from './find-unnamed.ts';
import type { HostKey } from './host-key.ts';
import { monthName } from './list-segments.ts';
import { processStart } from './machine.ts';
import type { Machine } from './machine.ts';
import { makePrivateFolder, syncFolder } from './private-folder.ts';
import { createSegment, discardSegment, writeLines } from './segment.ts';
import type { Ready, Segment } from './segment.ts';
import { openSegmentSigner } from './sign-segment.ts';
import type { SegmentSigner } from './sign-segment.ts';
import { makeWriterId } from './writer-id.ts';

export interface Begun {
  readonly segment: Segment;
  readonly signer: SegmentSigner;
  /** What every line ends with. */
  readonly identity: Buffer;
}

export interface Beginning {
  readonly folder: string;
  readonly key: HostKey;
  readonly identity: Omit<Identity, 'host'>;
  readonly now: number;
  readonly machine: Machine;
  /** This process's own segments that it gave up after a failure. */
  readonly givenUp: ReadonlySet<string>;
  /** The segment this one goes on from. */
  readonly continues?: string;
}

/**
 * Begins a segment with its genesis, what it has to say of others, and `first`, all in one durable write.
 * Throws the system's error, and then leaves no file behind.
 */
export function beginSegment(beginning: Beginning, first: readonly Ready[]): Begun {
  const { folder, key, now } = beginning;
  makePrivateFolder(folder);
  const unnamed = findUnnamed(beginning);
  const identity = Buffer.from(identityText({ ...beginning.identity, host: key.host }), 'utf8');
  const writer = makeWriterId(key.host, now, process.pid);
  const segment = createSegment(join(folder, monthName(now)), writer, now);
  const signer = openSegmentSigner(segment, key);
  const own = [genesis(beginning, unnamed), ...unnamed.flatMap(orphan)];
  const ready = own.map((event) => ({ t: now, text: eventText(event) }));
  try {
    writeLines(segment, [...ready, ...first], identity, true);
    syncFolder(segment.folder);
  } catch (error) {
    discardSegment(segment);
    throw error;
  }
  markNamed(unnamed);
  return { segment, signer, identity };
}

function genesis({ key, machine, continues }: Beginning, unnamed: readonly Unnamed[]): NewEvent {
  const previous = unnamed
    .filter(({ sealed }) => sealed)
    .map(({ segment, size, head, signed }) => ({ writer: segment.writer, size, head, signed }));
  return {
    kind: 'genesis',
    data: {
      key: key.publicKey.toString('base64'),
      machine: machine.id,
      boot: machine.boot,
      began: processStart(process.pid),
      ...(continues !== undefined && { continues }),
      ...(previous.length > 0 && { previous: formatPrevious(previous) }),
    },
  };
}

/** Never edited, only told of: how far its lines hold, and how many bytes lie behind them. */
function orphan({ segment, sealed, size, head, signed, torn }: Unnamed): NewEvent[] {
  if (sealed) return [];
  const { writer } = segment;
  return [{ kind: 'orphan', data: { writer, size, head, signed, torn } }];
}
