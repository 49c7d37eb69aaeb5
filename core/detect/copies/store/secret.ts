import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CordonError } from '../../../error.ts';
import type { FileVersion } from './manifest.ts';
import { makeOnce, readWhole, replaceFile } from './durable-files.ts';

/**
 * What an index is kept under. It protects a file that leaks alone; the owner of the laptop has the
 * file and this beside it.
 */
export interface IndexSecrets {
  /** Seed of the key that signs exports: rotation keeps it, so that importers know the index again. */
  readonly signing: Buffer;
  /** 32 bytes each. The first one is written under; an older one is only read, till it ages out. */
  readonly secrets: readonly [Buffer, ...Buffer[]];
}

const NAME = 'key';
const FORM = /^cordon index key 1\nsigning ([0-9a-f]{64})((?:\nsecret [0-9a-f]{64}){1,2})\n$/;
/** Past this nobody is still writing under the secret before the last one. */
const OLD_MS = 10 * 60 * 1000;

/** The secrets kept in an index's folder; undefined where there are none. Throws `copies.no-key`. */
export function readSecrets(folder: string): IndexSecrets | undefined {
  const path = join(folder, NAME);
  const bytes = readWhole(path, 4096);
  if (bytes === undefined) return undefined;
  const [, signing, listed] = FORM.exec(bytes.toString('latin1')) ?? [];
  const [first, ...older] = (listed ?? '')
    .split('\nsecret ')
    .slice(1)
    .map((hex) => Buffer.from(hex, 'hex'));
  if (signing === undefined || first === undefined) {
    throw new CordonError('copies.no-key', { path, reason: 'damaged' });
  }
  // A backup or a careless copy may have opened it to others.
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return { signing: Buffer.from(signing, 'hex'), secrets: [first, ...older] };
}

/** The secrets of an index, made at first use. A damaged key opens nothing any more: it is replaced. */
export function makeSecrets(folder: string): { secrets: IndexSecrets; made: boolean } {
  const path = join(folder, NAME);
  const kept = readOrDamaged(folder);
  if (kept !== undefined && kept !== 'damaged') return { secrets: kept, made: false };
  const fresh: IndexSecrets = { signing: randomBytes(32), secrets: [randomBytes(32)] };
  if (kept === 'damaged') replaceFile(path, encode(fresh));
  const made = kept === 'damaged' || makeOnce(path, encode(fresh));
  // Of two that make it at once one wins; the other reads what it wrote.
  const secrets = readSecrets(folder);
  if (secrets === undefined) throw new CordonError('copies.no-key', { path });
  return { secrets, made };
}

function readOrDamaged(folder: string): IndexSecrets | 'damaged' | undefined {
  try {
    return readSecrets(folder);
  } catch (error) {
    if (error instanceof CordonError && error.code.startsWith('copies.')) return 'damaged';
    throw error;
  }
}

/** Puts a new secret before the present one, which stays readable for whoever is at work under it. */
export function addSecret(folder: string): IndexSecrets {
  const { signing, secrets } = makeSecrets(folder).secrets;
  const rotated: IndexSecrets = { signing, secrets: [randomBytes(32), secrets[0]] };
  replaceFile(join(folder, NAME), encode(rotated));
  return rotated;
}

/** Forgets the secret before the last rotation, once nobody can be writing under it any more. */
export function forgetOldSecret(folder: string, now: number): void {
  const kept = readSecrets(folder);
  if (kept === undefined || kept.secrets.length === 1) return;
  const path = join(folder, NAME);
  if (now - statSync(path).mtimeMs < OLD_MS) return;
  replaceFile(path, encode({ signing: kept.signing, secrets: [kept.secrets[0]] }));
}

function encode({ signing, secrets }: IndexSecrets): Buffer {
  const lines = secrets.map((secret) => `secret ${secret.toString('hex')}\n`);
  return Buffer.from(`cordon index key 1\nsigning ${signing.toString('hex')}\n${lines.join('')}`);
}

/** A key of 32 bytes for one purpose: HKDF-SHA-256 (RFC 5869) without salt. */
export function keyFor(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `cordon copies ${purpose}`, 32));
}

/** Eight bytes that name a secret and tell nothing of it. */
export function keyIdOf(secret: Buffer): Buffer {
  return createHmac('sha256', secret).update('cordon copies key id').digest().subarray(0, 8);
}

/** Derived once for an index, not once for each of its files. */
const idKeys = new WeakMap<Buffer, KeyObject>();

/** Names a source: stable while its path stays, and meaningless without the secret. */
export function sourceId(secret: Buffer, path: string, version: FileVersion): string {
  const key = idKeys.get(secret) ?? createSecretKey(keyFor(secret, 'source id'));
  idKeys.set(secret, key);
  const name = createHmac('sha256', key).update(`${version}\0${path}`).digest('hex');
  return `src-${name.slice(0, 16)}`;
}
