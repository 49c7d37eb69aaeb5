import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUCKET_BITS, nameOf, sortEntries } from './entries.ts';
import { bitsAt, packBits, unpackBits } from './packed-bits.ts';
import { expectGrams, findRun, openNames, packNames, unpackNames } from './packed-names.ts';

const wordsOf = (bytes: Uint8Array): Uint32Array => {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return new Uint32Array(whole.buffer);
};

test('numbers of any width come back, one by one and all together', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 31 }),
      fc.array(fc.nat(), { maxLength: 200 }),
      (width, raw) => {
        const values = Uint32Array.from(raw, (value) => value & ~(-1 << width));
        const packed = packBits(values, width);
        expect(packed.length).toBe(Math.ceil((values.length * width) / 8));
        const words = wordsOf(packed);
        expect(unpackBits(words, values.length, width)).toEqual(values);
        values.forEach((value, i) => expect(bitsAt(words, i, width)).toBe(value));
      },
    ),
  );
});

// Few different halves, so that names repeat and buckets are full, empty, first and last.
const half = fc.oneof(
  fc.constantFrom(0, 1, 0xfff, 0x1000, 0xfffff000, 0xffffffff, 0x80000000),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const grams = fc.array(fc.tuple(half, half), { maxLength: 300 });

test('a gram is found packed where a look through all finds it, and nowhere else', () => {
  fc.assert(
    fc.property(grams, grams, fc.boolean(), (held, others, asOften) => {
      const entries = sortEntries(
        Uint32Array.from(held, ([high]) => high),
        Uint32Array.from(held, ([, low]) => low),
        Uint32Array.from(held, (_, at) => at),
      );
      const { low, steps } = packNames(entries);
      const packed = openNames(wordsOf(low), wordsOf(steps), held.length);
      if (packed === undefined) throw new Error('refused');
      expect(unpackNames(packed)).toEqual({ buckets: entries.buckets, names: entries.names });
      if (asOften) expectGrams(packed, 2 ** 20);
      const isOne = (a: readonly number[], b: readonly number[]) =>
        a[0]! >>> (32 - BUCKET_BITS) === b[0]! >>> (32 - BUCKET_BITS) &&
        nameOf(a[1]!) === nameOf(b[1]!);
      const run = { first: -1, end: -1 };
      for (const gram of [...held, ...others]) {
        const wanted = held.flatMap((one, at) => (isOne(one, gram) ? [at] : []));
        const isFound = findRun(packed, gram[0], gram[1], run);
        expect(isFound).toBe(wanted.length > 0);
        const places = isFound ? entries.places.subarray(run.first, run.end) : [];
        expect([...places]).toEqual(wanted);
      }
    }),
    { numRuns: 60 },
  );
});

test('steps of another count of names are refused', () => {
  const { low, steps } = packNames(
    sortEntries(Uint32Array.of(1, 2, 3), Uint32Array.of(4, 5, 6), Uint32Array.of(0, 1, 2)),
  );
  expect(openNames(wordsOf(low), wordsOf(steps), 3)).toBeDefined();
  expect(openNames(wordsOf(low), wordsOf(steps), 2)).toBeUndefined();
  const more = wordsOf(steps);
  more[more.length - 1]! |= 1 << 31;
  expect(openNames(wordsOf(low), more, 4)).toBeUndefined();
});
