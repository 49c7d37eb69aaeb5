import { keyIdOf, isSignedBy, parseNote } from './note.ts';
import type { Head } from './stored-event.ts';

/** A receiver's ed25519 key, by the name it signs under. */
export interface ReceiverKey {
  readonly name: string;
  readonly publicKey: Buffer;
}

/** What a receiver signs for a segment: three lines, as a checkpoint has them, the chain's head as the third. */
export const headOrigin = (writer: string): string => `cordon.invalid/head/${writer}`;

export const headText = ({ writer, size, head }: Head): string =>
  `${headOrigin(writer)}\n${size}\n${Buffer.from(head, 'base64url').toString('base64')}\n`;

/**
 * The head that a signed note states, or undefined where it is none, is about another segment, or, with a
 * `key`, is not signed by it.
 */
export function readSignedHead(text: string, writer: string, key?: ReceiverKey): Head | undefined {
  const note = parseNote(text);
  if (note === undefined) return undefined;
  const [, origin, size, base64] =
    /^([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n$/.exec(note.text) ?? [];
  if (origin !== headOrigin(writer) || base64 === undefined) return undefined;
  if (key !== undefined && !isSignedBy(note, key.name, key.publicKey)) return undefined;
  return { writer, size: Number(size), head: Buffer.from(base64, 'base64').toString('base64url') };
}

/** Reads a key in the form notes are verified with: `NAME+KEYID+BASE64`, the base64 of 0x01 and 32 bytes. */
export function parseReceiverKey(text: string): ReceiverKey | undefined {
  const [, name, id, base64] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? [];
  if (name === undefined || base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  const publicKey = bytes.subarray(1);
  if (bytes.length !== 33 || bytes[0] !== 1) return undefined;
  if (keyIdOf(name, 1, publicKey).toString('hex') !== id) return undefined;
  return { name, publicKey };
}

export const formatReceiverKey = ({ name, publicKey }: ReceiverKey): string =>
  `${name}+${keyIdOf(name, 1, publicKey).toString('hex')}+${Buffer.concat([Buffer.of(1), publicKey]).toString('base64')}`;
