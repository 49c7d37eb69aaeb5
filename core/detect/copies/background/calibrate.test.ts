import { expect, test } from 'vitest';
import { createIndexBuilder, defaultThresholds } from '../indexing/index-builder.ts';
import { calibrate, rateBound, type HeldBackFile } from './calibrate.ts';

const words = { bits: () => 10 };
const alphabet = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `name${from + i}`).join('\n');

function indexOf(text: string) {
  const builder = createIndexBuilder({ words, background: { has: () => false } });
  builder.add({ id: '1', path: 'a.py', label: 'restricted', bytes: Buffer.from(text) });
  return builder.build();
}

const secret = alphabet(0, 2000);
const index = indexOf(secret);
const file = (name: string, text: string): HeldBackFile => ({
  name,
  read: () => Buffer.from(text),
});
const unrelated = Array.from({ length: 400 }, (_, i) =>
  file(`u${i}`, alphabet(10_000 + 50 * i, 50)),
);

test('with nothing to learn from, or nothing that comes near, the defaults stand', () => {
  expect(calibrate(index, [], { words }).thresholds).toEqual(defaultThresholds);
  const quiet = calibrate(index, unrelated, { words });
  expect(quiet.thresholds).toEqual(defaultThresholds);
  expect(quiet.files).toBe(400);
});

test('files that share idioms lift the thresholds over themselves, by a margin when they are few', () => {
  const sharing = Array.from({ length: 12 }, (_, i) =>
    file(`s${i}`, `${alphabet(50_000 + 100 * i, 40)} ${alphabet(100 * i, 14 + i)}`),
  );
  const lifted = calibrate(index, [...unrelated, ...sharing], { words });
  expect(lifted.firedBefore).toBeGreaterThan(8);
  expect(lifted.firedAfter).toBe(0);
  // The best of them has 25 words of 10 bits; 412 files prove little of 1 in 10,000.
  expect(lifted.thresholds.block.bits).toBeGreaterThan(300);
  expect(lifted.thresholds.warn.bits).toBeLessThan(lifted.thresholds.block.bits);
});

test('a file that holds a true block lifts nothing, and is told', () => {
  const vendored = file('npm/vendored@1.0.0', alphabet(300, 200));
  const { overlaps, thresholds } = calibrate(index, [...unrelated, vendored], { words });
  expect(overlaps.map(({ name }) => name)).toEqual(['npm/vendored@1.0.0']);
  expect(thresholds).toEqual(defaultThresholds);
});

test('the other firing files of a package that took a block are copies too, those of others lift', () => {
  const of = (name: string, text: string) => ({
    ...file(name, text),
    package: name.split('/')[0] ?? '',
  });
  const block = of('fork/a.py', alphabet(300, 200));
  const small = of('fork/b.py', alphabet(900, 25));
  const fork = calibrate(index, [...unrelated, block, small], { words });
  expect(fork.overlaps.map(({ name }) => name)).toEqual(['fork/a.py', 'fork/b.py']);
  expect(fork.thresholds).toEqual(defaultThresholds);
  const other = calibrate(index, [...unrelated, block, of('other/b.py', alphabet(900, 25))], {
    words,
  });
  expect(other.thresholds.block.bits).toBeGreaterThan(150);
});

test('stops at its deadline and says so', () => {
  expect(calibrate(index, unrelated, { words, deadline: 0 })).toMatchObject({
    complete: false,
    files: 0,
  });
});

test('the bound of a rate is the exact one', () => {
  expect(rateBound(0, 10_000)).toBeCloseTo(3 / 10_000, 5);
  // Tables of Clopper and Pearson: 6 of 73,932.
  expect(rateBound(6, 73_932)).toBeCloseTo(1.6e-4, 5);
  expect(rateBound(0, 0)).toBe(1);
});
