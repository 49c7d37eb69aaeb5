import { createHmac, scryptSync } from 'node:crypto';

/** Under this many bits a value can be guessed by someone who holds the salt. */
const GUESSABLE_BITS = 60;
const SCRYPT = { N: 16384, r: 8, p: 1 } as const;
const DIGEST_BYTES = 20;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** An estimate from above of the guesses a value takes, in bits: what its characters can carry. */
export function strengthBits(value: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of value) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / value.length);
  return bits;
}

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let pending = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(pending >>> bits) & 31] ?? '';
      pending &= (1 << bits) - 1;
    }
  }
  return text;
}

/**
 * The stable name of a secret, of rule and value alone: `c1:` and 32 base32 characters. A keyed hash
 * under the repository's salt. The salt lies beside the policy, so it does not keep anyone from
 * trying all short passwords: values under about 60 bits go through scrypt first (some 50 ms).
 */
export function fingerprintSecret(salt: string, rule: string, value: Buffer): string {
  const weak = strengthBits(value) < GUESSABLE_BITS;
  const material = weak ? scryptSync(value, `cordon:${salt}`, 32, SCRYPT) : value;
  const digest = createHmac('sha256', salt)
    .update(`cordon-secret-1\0${rule}\0${weak ? 'slow' : 'fast'}\0`)
    .update(material)
    .digest();
  return `c1:${base32(digest.subarray(0, DIGEST_BYTES))}`;
}
