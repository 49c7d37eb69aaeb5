import type { Background } from '../types.ts';
import { createBloom, type Bloom } from './bloom.ts';
import { decodeData, encodeData, refuse, wordsOf } from './data-file.ts';

/** The filter as bytes, with what is in it. */
export function encodeGrams({ words }: Bloom, about: unknown): Buffer {
  return encodeData(
    'grams',
    about,
    new Uint8Array(words.buffer, words.byteOffset, words.byteLength),
  );
}

/** Throws `CordonError('copies.bad-file')`: torn, of another kind, or made for another lexer. */
export function decodeGrams(bytes: Buffer): { background: Background; about: unknown } {
  const { data, about } = decodeData(bytes, 'grams');
  if (data.length === 0 || data.length % 32 !== 0) throw refuse('torn');
  return { background: createBloom(wordsOf(data)), about };
}
