import type { WordCount } from '../../../core/detect/copies/background/word-table.ts';

const slots = 1 << 25;

/** Counts words by their hash, and in how many packages they stand. */
export function createWordCounter() {
  const highs = new Uint32Array(slots);
  const lows = new Uint32Array(slots);
  const counts = new Uint32Array(slots);
  const packages = new Uint16Array(slots);
  const lastPackage = new Uint16Array(slots);
  let current = 1;
  let total = 0;
  let used = 0;
  return {
    add(high: number, low: number): void {
      let at = (high ^ Math.imul(low, 0x9e3779b1)) & (slots - 1);
      while (counts[at] !== 0 && (highs[at] !== high || lows[at] !== low))
        at = (at + 1) & (slots - 1);
      if (counts[at] === 0) {
        if (++used > slots * 0.8) throw new RangeError('too many words');
        highs[at] = high;
        lows[at] = low;
      }
      if (lastPackage[at] !== current) {
        lastPackage[at] = current;
        packages[at] = (packages[at] ?? 0) + 1;
      }
      counts[at] = (counts[at] ?? 0) + 1;
      total += 1;
    },
    endPackage(): void {
      current += 1;
    },
    /** The most frequent words of those that stand in two packages: names of one project's own are rare. */
    most(limit: number): { list: WordCount[]; total: number } {
      const list: WordCount[] = [];
      for (let at = 0; at < slots; at++) {
        const count = counts[at] ?? 0;
        if (count >= 8 && (packages[at] ?? 0) >= 2)
          list.push({ high: highs[at] ?? 0, low: lows[at] ?? 0, count });
      }
      list.sort((a, b) => b.count - a.count || a.high - b.high || a.low - b.low);
      return { list: list.slice(0, limit), total };
    },
  };
}
