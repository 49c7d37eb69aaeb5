import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** Before the 32 bytes of a key in DER: RFC 8410, sections 4 and 7. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

function privateKey(seed: Buffer) {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

/** The Ed25519 public key of an index, from its signing seed. */
export function publicKeyOf(seed: Buffer): Buffer {
  const key = createPublicKey(privateKey(seed));
  return key.export({ type: 'spki', format: 'der' }).subarray(-PUBLIC_KEY_BYTES);
}

/**
 * An index is named by the key that signs its exports. Anyone can seal a file to a server's public key;
 * only the holder of the index can make one that replaces it there.
 */
export function indexIdOf(publicKey: Buffer): string {
  return createHash('sha256').update('cordon index\0').update(publicKey).digest('hex').slice(0, 32);
}

export function signExport(seed: Buffer, manifest: Buffer, text: Buffer): Buffer {
  return sign(null, statement(manifest, text), privateKey(seed));
}

export function isSignedBy(
  publicKey: Buffer,
  signature: Buffer,
  manifest: Buffer,
  text: Buffer,
): boolean {
  try {
    const der = Buffer.concat([SPKI, publicKey]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(null, statement(manifest, text), key, signature);
  } catch {
    // Bytes that are no point of the curve signed nothing.
    return false;
  }
}

function statement(manifest: Buffer, text: Buffer): Buffer {
  const digests = [manifest, text].map((part) => createHash('sha256').update(part).digest());
  return Buffer.concat([Buffer.from('cordon copies export 1\0'), ...digests]);
}
