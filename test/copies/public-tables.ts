import { blocksFor, createBloom } from '../../core/detect/copies/background/bloom.ts';
import { eachGram } from '../../core/detect/copies/background/each-gram.ts';
import { decodeWords, encodeWords } from '../../core/detect/copies/background/word-table.ts';
import { lex } from '../../core/detect/copies/lex.ts';
import type { Background, WordTable } from '../../core/detect/copies/types.ts';

/** A filter of all grams of some public files. */
export function backgroundOf(files: Iterable<Buffer>): Background {
  const kept: Buffer[] = [...files];
  const bytes = kept.reduce((sum, file) => sum + file.length, 0);
  const bloom = createBloom(blocksFor(Math.max(10_000, bytes / 2)));
  for (const file of kept) eachGram(file, (view, high, low) => bloom.add(view, high, low));
  return bloom;
}

/** How rare words are in some public files. */
export function wordsOf(files: Iterable<Buffer>): WordTable {
  const counts = new Map<number, { high: number; low: number; count: number }>();
  let total = 0;
  for (const file of files) {
    const { code, prose } = lex(file);
    for (const { count, halves } of [code, prose]) {
      total += count;
      for (let i = 0; i < count; i++) {
        const high = halves[2 * i] ?? 0;
        const low = halves[2 * i + 1] ?? 0;
        const name = high * 0x20_0000 + (low & 0x1f_ffff);
        const known = counts.get(name);
        if (known === undefined) counts.set(name, { high, low, count: 1 });
        else known.count++;
      }
    }
  }
  const seen = [...counts.values()].filter(({ count }) => count >= 8);
  return decodeWords(encodeWords(seen, total, 'measure'));
}
