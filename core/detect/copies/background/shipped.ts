import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Background, WordTable } from '../types.ts';
import { decodeGrams } from './gram-file.ts';
import { decodeWords } from './word-table.ts';

let words: WordTable | undefined;
let grams: Background | undefined;

/** How rare words are in public code. Read once, at the first word that a score asks for: most texts ask none. */
export const shippedWords = (): WordTable => lazyWords;

const lazyWords: WordTable = {
  bits: (high, low) => (words ??= readWords()).bits(high, low),
};

const readWords = (): WordTable => decodeWords(readFileSync(shippedFile('public-words.bin')));

/** Licence texts and common idioms; needed only to build an index. Read once, some ten milliseconds. */
export function shippedBackground(): Background {
  grams ??= decodeGrams(readFileSync(shippedFile('public-grams.bin'))).background;
  return grams;
}

/** Beside this file in the source, beside the bundle or one folder above its chunks when built. */
export function shippedFile(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../${name}`, import.meta.url));
}
