import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { copyFileSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { CordonError } from '../error.ts';
import { readText } from './open-for-reading.ts';
import { placeFile } from './place-file.ts';
import { asRecordError } from './record-error.ts';
import { environmentHome } from './state-folder.ts';

/** What a laptop needs to write keyed names: nothing in it opens a sealed one, unless it is its own. */
export interface PrivacyKeys {
  /** Eight hexadecimal digits that name the key in each pseudonym. */
  readonly id: string;
  /** 32 bytes: makes equal names equal. Who holds it can test a guess, so it is not published. */
  readonly hmac: Buffer;
  /** X25519: names are also sealed to whoever holds its private half. */
  readonly recipient: KeyObject;
  /** The private half, only where this host made the keys for itself. */
  readonly identity?: KeyObject;
  /** `host`: made here at first use. `organisation`: brought by an administrator. */
  readonly origin: 'host' | 'organisation';
}

/** The file, as it stands on disk: base64url of 32 bytes each. */
interface KeyFile {
  readonly cordon: 'record-privacy';
  readonly version: 1;
  readonly origin: 'host' | 'organisation';
  readonly hmac: string;
  readonly recipient: string;
  readonly identity?: string;
}

const FILE = 'privacy.json';
/** DER before the 32 bytes of an X25519 key (RFC 8410). */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

const rawPublic = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).subarray(-32);
const rawPrivate = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
const publicOf = (raw: Buffer) =>
  createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
const privateOf = (raw: Buffer) =>
  createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' });

/** A fresh set: a key for equality, and a pair to seal to. The private half is in it. */
export function makePrivacyKeys(origin: PrivacyKeys['origin']): Required<PrivacyKeys> {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const hmac = randomBytes(32);
  return { id: idOf(hmac), hmac, recipient: publicKey, identity: privateKey, origin };
}

const idOf = (hmac: Buffer): string =>
  createHash('sha256')
    .update('cordon record privacy key id\0')
    .update(hmac)
    .digest('hex')
    .slice(0, 8);

/** The text of a key file. Without `withIdentity` it is what laptops import: it opens nothing. */
export function printPrivacyKeys(keys: PrivacyKeys, withIdentity: boolean): string {
  const file: KeyFile = {
    cordon: 'record-privacy',
    version: 1,
    origin: keys.origin,
    hmac: keys.hmac.toString('base64url'),
    recipient: rawPublic(keys.recipient).toString('base64url'),
    ...(withIdentity &&
      keys.identity !== undefined && { identity: rawPrivate(keys.identity).toString('base64url') }),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/**
 * Reads the text of a key file. `path` is for the sentence.
 * @throws CordonError `usage` where it is not one.
 */
export function parsePrivacyKeys(text: string, path: string): PrivacyKeys {
  try {
    const file = JSON.parse(text) as Partial<KeyFile>;
    const hmac = bytesOf(file.hmac);
    const recipient = publicOf(bytesOf(file.recipient));
    if (file.cordon !== 'record-privacy' || file.version !== 1)
      throw new TypeError('not a key file');
    const identity = file.identity === undefined ? undefined : privateOf(bytesOf(file.identity));
    // A pair whose halves do not belong together would seal names that nobody can open.
    if (
      identity !== undefined &&
      !rawPublic(createPublicKey(identity)).equals(rawPublic(recipient))
    ) {
      throw new TypeError('its two halves do not belong together');
    }
    return {
      id: idOf(hmac),
      hmac,
      recipient,
      ...(identity !== undefined && { identity }),
      origin: file.origin === 'organisation' ? 'organisation' : 'host',
    };
  } catch (cause) {
    throw new CordonError(
      'usage',
      { problem: 'bad-option', word: path, detail: 'it is not a key file of the record' },
      cause,
    );
  }
}

function bytesOf(text: string | undefined): Buffer {
  const bytes = Buffer.from(text ?? '', 'base64url');
  if (bytes.length !== 32) throw new TypeError('not 32 bytes');
  return bytes;
}

/**
 * The folder of the keys: among the user's data (`XDG_DATA_HOME`), never beside the record, so that a
 * record that is copied whole does not bring what opens it.
 */
export function privacyFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_DATA_HOME: data = '', HOME: home = '' } = env;
  if (isAbsolute(data)) return join(data, 'cordon', 'record');
  return join(isAbsolute(home) ? home : environmentHome(), '.local', 'share', 'cordon', 'record');
}

export const privacyFile = (folder: string): string => join(folder, FILE);

/** The keys of this user, or undefined where none were made or brought yet. */
export function readPrivacyKeys(folder: string): PrivacyKeys | undefined {
  let text: string;
  try {
    text = readText(privacyFile(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof CordonError) throw error;
    throw new CordonError('source.unreadable', { path: privacyFile(folder) }, error);
  }
  return parsePrivacyKeys(text, privacyFile(folder));
}

/**
 * The keys of this user; made at first use, `0600`. Two processes that come first at once end up
 * with the same. A key file that is there and broken is an error, never replaced: names under the
 * old key would be cut off from those under the new one without a word.
 * @throws CordonError `record.unwritable`, `source.unreadable`, `usage`.
 */
export function ensurePrivacyKeys(folder: string): PrivacyKeys {
  const there = readPrivacyKeys(folder);
  if (there !== undefined) return there;
  writePrivacyKeys(folder, printPrivacyKeys(makePrivacyKeys('host'), true), 'keep');
  const made = readPrivacyKeys(folder);
  if (made === undefined) throw new CordonError('record.unwritable', { path: folder });
  return made;
}

/** Puts a key file in place, whole or not at all. `keep` leaves one that is there. */
export function writePrivacyKeys(folder: string, text: string, existing: 'keep' | 'replace'): void {
  const path = privacyFile(folder);
  try {
    if (existing === 'replace') keepOld(folder);
    placeFile(path, text, { existing, durable: true });
  } catch (error) {
    throw asRecordError(error, path);
  }
}

/** What was written under the old keys can still be told as one's own, and named by who could. */
function keepOld(folder: string): void {
  const old = readPrivacyKeys(folder);
  if (old !== undefined) copyFileSync(privacyFile(folder), join(folder, `privacy-${old.id}.json`));
}

/** All keys that this user's record was ever written under, the present ones first. */
export function readAllPrivacyKeys(folder: string): PrivacyKeys[] {
  const present = readPrivacyKeys(folder);
  if (present === undefined) return [];
  const old = readdirSync(folder)
    .filter((name) => /^privacy-[0-9a-f]{8}\.json$/.test(name))
    .map((name) => parsePrivacyKeys(readText(join(folder, name)), name));
  return [present, ...old.filter(({ id }) => id !== present.id)];
}

/** The key that both halves of an exchange come to: 32 bytes for AES-256-GCM. */
export function sealingKey(own: KeyObject, theirs: KeyObject, ephemeral: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: theirs });
  return Buffer.from(hkdfSync('sha256', shared, ephemeral, 'cordon record names 1', 32));
}

export { publicOf as x25519PublicKey, rawPublic as x25519Bytes };
