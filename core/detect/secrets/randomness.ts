import type { Randomness } from './rule.ts';
import { wordiness } from './wordiness.ts';

/** Shannon's entropy of the characters as they stand, bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** What random text of this alphabet reaches is limited by its length too. */
function floor(kind: 'hex' | 'upper' | 'alnum' | 'base64', length: number): number {
  const reachable = Math.min(Math.log2(length), kind === 'hex' ? 4 : 5.4);
  return reachable * (kind === 'alnum' || kind === 'base64' ? 0.76 : kind === 'hex' ? 0.74 : 0.68);
}

/** Whether a machine could have drawn this text: mixed enough, and not made of words. */
export function looksRandom(text: string, kind: Randomness): boolean {
  if (kind === 'none') return true;
  if (kind === 'mixed') {
    const hex = /^[0-9a-fA-F-]+$/.test(text);
    return looksRandom(hex ? text.replaceAll('-', '') : text, hex ? 'hex' : 'alnum');
  }
  if (entropy(text) < floor(kind, text.length)) return false;
  if (kind === 'hex') return /[0-9]/.test(text) && /[a-fA-F]/.test(text);
  // Capitals have no cases to split words at, and chance makes words of them too often.
  return kind === 'upper' || wordiness(text) < 0.5;
}
