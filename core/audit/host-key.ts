import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeFile } from './place-file.ts';
import { makePrivateFolder } from './private-folder.ts';
import { asRecordError, FOREIGN, refuse, systemCode } from './record-error.ts';

/** This host's key: what it signs, it has said. */
export interface HostKey {
  /** Of the public key: the first 8 bytes of its SHA-256, hexadecimal. */
  readonly host: string;
  /** ed25519, 32 bytes. */
  readonly publicKey: Buffer;
  sign(text: string): Buffer;
}

export const HOST_KEY_FILE = 'host-key.pem';

/** The host id of an ed25519 public key (32 bytes). */
export const hostOf = (publicKey: Buffer): string => hash('sha256', publicKey).slice(0, 16);

/**
 * The key beside the record, made (0600) where there is none. One that others can read or that another
 * user owns is refused: it proves nothing any more.
 * @throws CordonError `record.unwritable`, `record.full`.
 */
export function loadHostKey(folder: string): HostKey {
  const path = join(folder, HOST_KEY_FILE);
  try {
    makePrivateFolder(folder);
    const pem = readKey(path) ?? makeKey(path);
    const key = parse(path, pem);
    const publicKey = rawPublicKey(createPublicKey(key));
    return {
      host: hostOf(publicKey),
      publicKey,
      sign: (text) => sign(null, Buffer.from(text, 'utf8'), key),
    };
  } catch (error) {
    throw asRecordError(error, path);
  }
}

/** Undefined where there is no key yet. */
export function readHostPublicKey(folder: string): Buffer | undefined {
  const path = join(folder, HOST_KEY_FILE);
  const pem = readKey(path);
  return pem === undefined ? undefined : rawPublicKey(createPublicKey(parse(path, pem)));
}

function parse(path: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw refuse(path, 'it is no private key');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw refuse(path, 'it is no ed25519 key');
  return key;
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function readKey(path: string): string | undefined {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  let fd: number;
  try {
    fd = openSync(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (systemCode(error) === 'ELOOP') throw refuse(path, 'a link stands in its place');
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw refuse(path, 'it is no file');
    if (process.platform !== 'win32') {
      if (stat.uid !== process.geteuid?.()) throw refuse(path, FOREIGN);
      const mode = stat.mode & 0o777;
      if ((mode & 0o077) !== 0) throw refuse(path, `its mode is 0${mode.toString(8)}, not 0600`);
    }
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function makeKey(path: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  // Of two processes that start at once one wins, and the other reads a key that is complete.
  placeFile(path, pem, { existing: 'keep', durable: true });
  const kept = readKey(path);
  if (kept === undefined) throw refuse(path, 'it vanished');
  return kept;
}
