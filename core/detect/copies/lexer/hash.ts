/**
 * The mixing of this room's hashes. Not keyed, not cryptographic: uniform, and the same on every machine,
 * because an index and the public background are made on one and read on another.
 */

export const SEED_HIGH = 0x811c9dc5 | 0;
export const SEED_LOW = 0x3b9f6d21;
export const STEP_HIGH = 0x01000193;
export const STEP_LOW = 0x2f0b4c47;

/** The multipliers of the two rolling polynomials, ≡ 3 mod 4: swapping two tokens changes the sum. */
export const ROLL_HIGH = 0x9e3779bb | 0;
export const ROLL_LOW = 0x85ebca6b | 0;

/** Murmur3's finaliser: every bit of the input reaches every bit of the output. */
export function mix(value: number): number {
  let v = value ^ (value >>> 16);
  v = Math.imul(v, 0x85ebca6b);
  v ^= v >>> 13;
  v = Math.imul(v, 0xc2b2ae35);
  return (v ^ (v >>> 16)) >>> 0;
}

export const power = (base: number, exponent: number): number => {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
};

/** Both halves of one word, of its bytes alone; what `lex` gives a token. */
export function hashWord(bytes: Uint8Array): { high: number; low: number } {
  let high = SEED_HIGH;
  let low = SEED_LOW;
  for (const byte of bytes) {
    high = Math.imul(high ^ byte, STEP_HIGH);
    low = Math.imul(low ^ byte, STEP_LOW);
  }
  return { high: mix(high), low: mix(low ^ (high >>> 7)) };
}
