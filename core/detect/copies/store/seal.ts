import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Bytes that AES-GCM puts around what it seals: a nonce before, a tag behind. */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a random nonce: `nonce, ciphertext, tag`. `context` is bound, not written. */
export function seal(key: Buffer, parts: readonly Uint8Array[], context: Uint8Array): Buffer[] {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(context);
  const sealed = parts.map((part) => cipher.update(part));
  return [nonce, ...sealed, cipher.final(), cipher.getAuthTag()];
}

/** What `seal` sealed; undefined where one bit of it, of the key or of the context is another. */
export function open(key: Buffer, sealed: Buffer, context: Uint8Array): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, options);
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return opened;
}

const LENGTH_BYTES = 8;
const LEAST_PADDED = 32 * 1024;

/**
 * A length, the bytes and zeros up to one of few sizes (PADMÉ, Nikitin and others 2019, section 4: it
 * adds 12 % at most and 2 % at 12 MB), so that a sealed file's size names no file. Content begins at
 * a multiple of 8.
 */
export function pad(bytes: Uint8Array): Uint8Array[] {
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeBigUInt64LE(BigInt(bytes.length));
  const used = LENGTH_BYTES + bytes.length;
  return [head, bytes, Buffer.alloc(paddedSize(used) - used)];
}

/** What `pad` padded; shares memory. Undefined where the length cannot be. */
export function unpad(padded: Buffer): Buffer | undefined {
  if (padded.length < LENGTH_BYTES) return undefined;
  const length = Number(padded.readBigUInt64LE(0));
  if (length > padded.length - LENGTH_BYTES) return undefined;
  return padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}

export function paddedSize(size: number): number {
  const least = Math.max(size, LEAST_PADDED);
  const exponent = Math.floor(Math.log2(least));
  const step = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(least / step) * step;
}
