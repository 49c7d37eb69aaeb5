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
  const counts = new Map<bigint, number>();
  let total = 0;
  for (const file of files) {
    const { code, prose } = lex(file);
    for (const { count, halves } of [code, prose]) {
      total += count;
      for (let i = 0; i < count; i++) {
        const name = (BigInt(halves[2 * i] ?? 0) << 32n) | BigInt(halves[2 * i + 1] ?? 0);
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
  }
  const seen = [...counts]
    .filter(([, count]) => count >= 8)
    .map(([name, count]) => ({
      high: Number(name >> 32n),
      low: Number(name & 0xffff_ffffn),
      count,
    }));
  return decodeWords(encodeWords(seen, total, 'measure'));
}
