import { createPublicKey, hash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * Signed notes as C2SP describes them (signed-note): a text that ends with a newline, an empty line, and
 * signature lines `— NAME base64(key id ‖ signature)`.
 */
export interface SignatureLine {
  readonly name: string;
  /** Four bytes. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

export interface Note {
  /** With its last newline. */
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

/** The type byte of a key: an ed25519 signature of the text, or a cosignature with its time (v1). */
export type SignatureType = 1 | 4;

const SIGNATURES_AT_MOST = 100;
const NOTE_AT_MOST = 1_000_000;
const DASH = '\u2014 ';

/** The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key). */
export function keyIdOf(name: string, type: SignatureType, publicKey: Buffer): Buffer {
  const parts = [Buffer.from(`${name}\n`, 'utf8'), Buffer.of(type), publicKey];
  return hash('sha256', Buffer.concat(parts), 'buffer').subarray(0, 4);
}

export function formatNote({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, keyId, signature }) => {
    return `${DASH}${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Undefined for whatever is not exactly a signed note: a control character, no or a malformed
 * signature, base64 that is not the canonical one. Proves nothing yet.
 */
export function parseNote(note: string): Note | undefined {
  if (note.length > NOTE_AT_MOST || /\p{Surrogate}/u.test(note) || hasControl(note))
    return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 1 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_AT_MOST) return undefined;
  const signatures: SignatureLine[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: note.slice(0, split + 1), signatures };
}

function parseSignature(line: string): SignatureLine | undefined {
  if (!line.startsWith(DASH)) return undefined;
  const [name = '', base64 = '', ...more] = line.slice(DASH.length).split(' ');
  const bytes = Buffer.from(base64, 'base64');
  if (more.length > 0 || !isKeyName(name) || bytes.length < 5) return undefined;
  if (bytes.toString('base64') !== base64) return undefined;
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

export const isKeyName = (name: string): boolean => name !== '' && !/[\s+]/u.test(name);

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x0a) || code === 0x7f) return true;
  }
  return false;
}

/** True where `name`'s ed25519 key signed the note's text. */
export function isSignedBy(note: Note, name: string, publicKey: Buffer): boolean {
  return mine(note, name, 1, publicKey).some(({ signature }) =>
    verifyEd25519(note.text, signature, publicKey),
  );
}

/**
 * The time (seconds since 1970) of `name`'s cosignature (cosignature/v1), undefined where there is none
 * that holds.
 */
export function cosignedAt(note: Note, name: string, publicKey: Buffer): number | undefined {
  for (const { signature } of mine(note, name, 4, publicKey)) {
    if (signature.length !== 72) continue;
    const time = Number(signature.readBigUInt64BE(0));
    const text = cosignedText(time, note.text);
    if (Number.isSafeInteger(time) && verifyEd25519(text, signature.subarray(8), publicKey)) {
      return time;
    }
  }
  return undefined;
}

/** What a witness signs with ed25519; its signature line then holds the time (8 bytes) before the signature. */
export const cosignedText = (time: number, text: string): string =>
  `cosignature/v1\ntime ${time}\n${text}`;

function mine(note: Note, name: string, type: SignatureType, key: Buffer): SignatureLine[] {
  const keyId = keyIdOf(name, type, key);
  return note.signatures.filter((one) => one.name === name && one.keyId.equals(keyId));
}

function verifyEd25519(text: string, signature: Buffer, publicKey: Buffer): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  const x = publicKey.toString('base64url');
  if (lastKey?.x !== x) {
    lastKey = {
      x,
      key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
    };
  }
  return verify(null, Buffer.from(text, 'utf8'), lastKey.key, signature);
}

/** Thousands of notes are signed with the same one. */
let lastKey: { readonly x: string; readonly key: KeyObject } | undefined;
