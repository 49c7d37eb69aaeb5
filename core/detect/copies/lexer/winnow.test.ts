import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { winnow, WINDOW } from './winnow.ts';
import type { Grams } from '../types.ts';

const gramsFrom = (values: readonly number[]): Grams => ({
  count: values.length,
  high: Uint32Array.from(values, (value) => value >>> 2),
  low: Uint32Array.from(values, (value) => value & 3),
  tokens: new Uint32Array(0),
});

const values = fc.array(fc.nat({ max: 40 }), { maxLength: 60 });

describe.each(Object.values(WINDOW))('a window of %d', (window) => {
  test('keeps the smallest of every window, the rightmost of equal ones, and nothing else', () => {
    fc.assert(
      fc.property(values, (hashes) => {
        const wanted = new Set<number>();
        for (let start = 0; start + window <= hashes.length; start++) {
          const some = hashes.slice(start, start + window);
          wanted.add(start + some.lastIndexOf(Math.min(...some)));
        }
        if (hashes.length > 0 && hashes.length < window)
          wanted.add(hashes.lastIndexOf(Math.min(...hashes)));
        expect([...winnow(gramsFrom(hashes), window)]).toEqual([...wanted].sort((a, b) => a - b));
      }),
    );
  });

  test('a window whose smallest gram is public gives the smallest that is not', () => {
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.boolean()), (hashes, stream) => {
        const skip = Uint8Array.from(hashes, () => (stream.next().value === true ? 1 : 0));
        const kept = winnow(gramsFrom(hashes), window, skip);
        expect(kept.every((at) => skip[at] === 0)).toBe(true);
        for (let start = 0; start + window <= hashes.length; start++) {
          const some = skip.subarray(start, start + window).includes(0);
          expect(kept.some((at) => at >= start && at < start + window)).toBe(some);
        }
      }),
    );
  });
});
