import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scrypt,
} from 'node:crypto';
import { promisify } from 'node:util';
import { CordonError } from '../../../error.ts';
import { open, seal } from './seal.ts';
import { keyFor } from './secret.ts';

/** For whom an export is: whoever knows a passphrase, or has the private half of an X25519 key (PEM). */
export type WrapFor = { readonly passphrase: string } | { readonly recipient: string };

/** With what an export is opened. */
export type UnwrapWith = { readonly passphrase: string } | { readonly privateKey: string };

/** A key, wrapped once for each of those it is for. Binary fields in base64. */
export type Wrap =
  | {
      readonly kind: 'scrypt';
      readonly salt: string;
      readonly n: number;
      readonly r: number;
      readonly p: number;
      readonly key: string;
    }
  | { readonly kind: 'x25519'; readonly ephemeral: string; readonly key: string };

// 128 MB and some 400 ms a guess: OWASP Password Storage Cheat Sheet, scrypt.
const COST = { n: 2 ** 17, r: 8, p: 1 };
/** A file from elsewhere must not have us take all memory. */
const MOST_COST = { n: 2 ** 20, r: 16, p: 4 };
const MEMORY = 32 * 1024 * 1024;

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** Throws `copies.no-key` for an empty passphrase, `copies.wrong-key` for what is no X25519 key. */
export async function wrapKey(key: Buffer, wrapFor: WrapFor): Promise<Wrap> {
  if ('passphrase' in wrapFor) {
    const salt = randomBytes(16);
    const wrapping = await fromPassphrase(wrapFor.passphrase, salt, COST);
    const wrapped = Buffer.concat(seal(wrapping, [key], contextOf('scrypt')));
    return { kind: 'scrypt', salt: base64(salt), ...COST, key: base64(wrapped) };
  }
  const recipient = readKey(() => createPublicKey(wrapFor.recipient));
  const ephemeral = generateKeyPairSync('x25519');
  const wrapping = agree(ephemeral.privateKey, recipient, ephemeral.publicKey, recipient);
  const wrapped = Buffer.concat(seal(wrapping, [key], contextOf('x25519')));
  return { kind: 'x25519', ephemeral: base64(raw(ephemeral.publicKey)), key: base64(wrapped) };
}

/** The key that one of `wraps` holds. Throws `copies.wrong-key`, or `copies.no-key` where none is given. */
export async function unwrapKey(
  wraps: readonly Wrap[],
  unwrapWith: UnwrapWith | undefined,
): Promise<Buffer> {
  if (unwrapWith === undefined) throw new CordonError('copies.no-key', {});
  const own =
    'privateKey' in unwrapWith ? readKey(() => createPrivateKey(unwrapWith.privateKey)) : undefined;
  for (const wrap of wraps) {
    const key = await unwrapOne(wrap, unwrapWith, own);
    if (key?.length === 32) return key;
  }
  throw new CordonError('copies.wrong-key', {});
}

async function unwrapOne(
  wrap: Wrap,
  unwrapWith: UnwrapWith,
  own: KeyObject | undefined,
): Promise<Buffer | undefined> {
  if (wrap.kind === 'scrypt') {
    if (!('passphrase' in unwrapWith)) return undefined;
    const salt = Buffer.from(wrap.salt, 'base64');
    const wrapping = await fromPassphrase(unwrapWith.passphrase, salt, wrap);
    return open(wrapping, Buffer.from(wrap.key, 'base64'), contextOf('scrypt'));
  }
  if (own === undefined) return undefined;
  try {
    const ephemeral = fromRaw(Buffer.from(wrap.ephemeral, 'base64'));
    const wrapping = agree(own, ephemeral, ephemeral, createPublicKey(own));
    return open(wrapping, Buffer.from(wrap.key, 'base64'), contextOf('x25519'));
  } catch {
    // A point that is none, or of small order: for this key it opens nothing.
    return undefined;
  }
}

/** Whether a file's wrap is one that may be tried: its costs bounded, its fields there. */
export function isWrap(value: unknown): value is Wrap {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, key, salt, n, r, p, ephemeral } = value as Record<string, unknown>;
  if (typeof key !== 'string') return false;
  if (kind === 'x25519') return typeof ephemeral === 'string';
  const isWithin = (cost: unknown, most: number) =>
    typeof cost === 'number' && Number.isInteger(cost) && cost >= 1 && cost <= most;
  return (
    kind === 'scrypt' &&
    typeof salt === 'string' &&
    isWithin(n, MOST_COST.n) &&
    Math.log2(n as number) % 1 === 0 &&
    (n as number) > 1 &&
    isWithin(r, MOST_COST.r) &&
    isWithin(p, MOST_COST.p)
  );
}

async function fromPassphrase(
  passphrase: string,
  salt: Buffer,
  { n, r, p }: { readonly n: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  if (passphrase === '') throw new CordonError('copies.no-key', { reason: 'empty' });
  // One passphrase is typed on two systems: composed and decomposed letters are the same there.
  const typed = passphrase.normalize('NFKC');
  return derive(typed, salt, 32, { N: n, r, p, maxmem: 128 * n * r + MEMORY });
}

/** Bound to both halves (RFC 7748, section 6.1): a wrap for one key says nothing under another. */
function agree(
  own: KeyObject,
  other: KeyObject,
  ephemeral: KeyObject,
  recipient: KeyObject,
): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  return keyFor(Buffer.concat([shared, raw(ephemeral), raw(recipient)]), 'export to x25519');
}

function readKey(read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (error) {
    throw new CordonError('copies.wrong-key', { reason: 'not-a-key' }, error);
  }
  if (key.asymmetricKeyType !== 'x25519') {
    throw new CordonError('copies.wrong-key', { reason: 'not-x25519' });
  }
  return key;
}

const contextOf = (kind: Wrap['kind']): Buffer => Buffer.from(`cordon copies export ${kind}`);
const base64 = (bytes: Buffer): string => bytes.toString('base64');

/** Before the 32 bytes of a public key in DER: RFC 8410, section 4. */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

const raw = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-32);

const fromRaw = (bytes: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' });
