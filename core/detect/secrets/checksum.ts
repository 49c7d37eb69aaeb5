import { crc32 } from 'node:zlib';
import type { Checksum } from './rule.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC-32 of the text in base62, zero-padded to six characters. */
export function base62Crc(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < 6; i++) {
    digits = (BASE62[rest % 62] ?? '') + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/**
 * GitHub's and npm's tokens: `prefix_`, 30 random characters, six of checksum over those. Longer
 * ones are of a later format that nobody has published a checksum for.
 */
export function prefixedCrc(value: string): Checksum {
  const body = value.slice(value.indexOf('_') + 1);
  if (body.length !== 36) return 'unknown';
  return base62Crc(body.slice(0, 30)) === body.slice(30) ? 'holds' : 'fails';
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((word, bit) => {
      if (((top >>> bit) & 1) === 1) sum ^= word;
    });
  }
  return sum >>> 0;
}

function expandPrefix(prefix: string): number[] {
  const codes = Array.from(prefix, (character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** BIP 173: the checksum of a bech32 string such as an age identity. */
export function bech32(value: string): Checksum {
  const lower = value.toLowerCase();
  const split = lower.lastIndexOf('1');
  const data = Array.from(lower.slice(split + 1), (character) => BECH32.indexOf(character));
  if (data.includes(-1)) return 'fails';
  return polymod([...expandPrefix(lower.slice(0, split)), ...data]) === 1 ? 'holds' : 'fails';
}

/** The six characters that make `prefix1data` a bech32 string. For tests' own identities. */
export function bech32Tail(prefix: string, data: string): string {
  const values = Array.from(data, (character) => BECH32.indexOf(character));
  const sum = polymod([...expandPrefix(prefix), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  return Array.from({ length: 6 }, (_, i) => BECH32[(sum >>> (5 * (5 - i))) & 31]).join('');
}
