import { decodeWords, encodeWords } from '../../core/detect/copies/background/word-table.ts';
import { lex } from '../../core/detect/copies/lexer/lex.ts';
import type { WordTable } from '../../core/detect/copies/types.ts';

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
