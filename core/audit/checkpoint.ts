import type { HostKey } from './host-key.ts';
import { leafHash } from './merkle.ts';
import { formatNote, keyIdOf, parseNote } from './note.ts';
import type { Note } from './note.ts';

/**
 * A checkpoint as C2SP describes it (tlog-checkpoint). Each segment is a log of its own, so writers need no
 * lock between them; leaf `i` is the extension line of its checkpoint `i`: how many lines stood there,
 * and the last one's head, which stands for every byte up to it. So an append costs no tree, a
 * checkpoint taken away is missed by every later one, and a server proves that what it has seen only grew.
 */
export interface Checkpoint {
  readonly origin: string;
  /** Checkpoints of the segment up to this one: the leaves. */
  readonly size: number;
  /** RFC 6962 over SHA-256. */
  readonly root: Buffer;
  /** Lines it covers. */
  readonly lines: number;
  /** Head of the last of them, as the line states it. */
  readonly head: string;
}

const ORIGIN = 'cordon.invalid/record/';

export const originOf = (writer: string): string => `${ORIGIN}${writer}`;

/** The name under which a host signs. */
export const hostKeyName = (host: string): string => `cordon.invalid/host/${host}`;

export function checkpointText(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  return `${origin}\n${size}\n${root.toString('base64')}\n${leafText(checkpoint)}\n`;
}

const leafText = ({ lines, head }: Pick<Checkpoint, 'lines' | 'head'>): string =>
  `${lines} ${head}`;

/** What a checkpoint adds to the tree. */
export const checkpointLeaf = (covers: Pick<Checkpoint, 'lines' | 'head'>): Buffer =>
  leafHash(Buffer.from(leafText(covers), 'latin1'));

export function signCheckpoint(checkpoint: Checkpoint, key: HostKey): string {
  const text = checkpointText(checkpoint);
  const name = hostKeyName(key.host);
  const keyId = keyIdOf(name, 1, key.publicKey);
  return formatNote({ text, signatures: [{ name, keyId, signature: key.sign(text) }] });
}

const form = /^([^\n]+)\n([1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n([1-9]\d{0,14}) ([\w-]{43})\n$/;

/** Undefined for a text that is no checkpoint of a segment. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const [, origin, digits, base64, lines, head] = form.exec(text) ?? [];
  if (origin === undefined || base64 === undefined || head === undefined) return undefined;
  const root = Buffer.from(base64, 'base64');
  if (root.toString('base64') !== base64) return undefined;
  return { origin, size: Number(digits), root, lines: Number(lines), head };
}

/** A note of a file of checkpoints, and where it stands. */
export interface CheckpointEntry {
  readonly note: Note;
  readonly checkpoint: Checkpoint;
  /** Byte where it begins. */
  readonly byte: number;
}

/** What stands between two notes in a file. */
export const BETWEEN_NOTES = '\n';

/** The first place where the file is no sequence of checkpoints. */
export interface BadCheckpoint {
  readonly byte: number;
  /** No checkpoint follows it: so a killed writer or a power cut may leave the file. */
  readonly atEnd: boolean;
}

/**
 * Goes through the checkpoints in a file: notes, an empty line behind each. Gives the first place
 * that is none.
 */
export function walkCheckpoints(
  bytes: Buffer,
  each: (entry: CheckpointEntry) => void,
): BadCheckpoint | undefined {
  let bad: number | undefined;
  let whole = -1;
  for (let byte = 0; byte < bytes.length;) {
    const end = endOfNote(bytes, byte);
    const text = end === undefined ? '' : bytes.toString('utf8', byte, end);
    const exact = end !== undefined && Buffer.from(text, 'utf8').equals(bytes.subarray(byte, end));
    const note = exact ? parseNote(text) : undefined;
    const checkpoint = note && readCheckpoint(note.text);
    if (end === undefined || note === undefined || checkpoint === undefined) {
      bad ??= byte;
      const next = bytes.indexOf(`\n\n${ORIGIN}`, byte);
      byte = next === -1 ? bytes.length : next + 2;
      continue;
    }
    each({ note, checkpoint, byte });
    whole = byte;
    byte = end + BETWEEN_NOTES.length;
  }
  return bad === undefined ? undefined : { byte: bad, atEnd: bad > whole };
}

/** A note ends where, behind its own empty line, the next one stands. */
function endOfNote(bytes: Buffer, from: number): number | undefined {
  const first = bytes.indexOf('\n\n', from);
  const second = first === -1 ? -1 : bytes.indexOf('\n\n', first + 2);
  return second === -1 ? undefined : second + 1;
}
