import { expect, test } from 'vitest';
import { blocksFor, createBloom, foldBloom, joinBackgrounds } from './bloom.ts';

/** A seeded stream of 32-bit numbers. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let v = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    v = Math.imul(v ^ (v >>> 15), 0x735a2d97);
    return (v ^ (v >>> 15)) >>> 0;
  };
}

test('every gram that was added is there, in its own view; of others one in 200 at most', () => {
  const count = 200_000;
  const bloom = createBloom(blocksFor(count));
  const next = numbers(1);
  for (let i = 0; i < count / 2; i++) {
    bloom.add('text', next(), next());
    bloom.add('rename', next(), next());
  }
  const again = numbers(1);
  let wrongView = 0;
  for (let i = 0; i < count / 2; i++) {
    const [high, low] = [again(), again()];
    expect(bloom.has('text', high, low)).toBe(true);
    if (bloom.has('rename', high, low)) wrongView += 1;
    expect(bloom.has('rename', again(), again())).toBe(true);
  }
  const other = numbers(7_000_001);
  let wrong = 0;
  for (let i = 0; i < 200_000; i++) if (bloom.has('text', other(), other())) wrong += 1;
  expect(wrong / 200_000).toBeLessThan(0.005);
  expect(wrongView / (count / 2)).toBeLessThan(0.005);
});

test('a filter folded to size says yes to the same grams and to as few others', () => {
  const count = 50_000;
  const large = createBloom(blocksFor(count * 7));
  const next = numbers(3);
  let fresh = 0;
  for (let i = 0; i < count; i++) if (large.add('text', next(), next())) fresh += 1;
  expect(fresh).toBeGreaterThan(count * 0.999);
  const small = foldBloom(large, fresh);
  expect(small.words.length).toBeLessThan(large.words.length / 5);
  const again = numbers(3);
  for (let i = 0; i < count; i++) expect(small.has('text', again(), again())).toBe(true);
  const other = numbers(9_000_001);
  let wrong = 0;
  for (let i = 0; i < 100_000; i++) if (small.has('text', other(), other())) wrong += 1;
  expect(wrong / 100_000).toBeLessThan(0.005);
});

test('joined backgrounds say yes where one does', () => {
  const [a, b] = [createBloom(blocksFor(10)), createBloom(blocksFor(10))];
  a.add('text', 1, 2);
  b.add('rename', 0xffff_ffff, 0xffff_ffff);
  const both = joinBackgrounds(a, b);
  expect([both.has('text', 1, 2), both.has('rename', 0xffff_ffff, 0xffff_ffff)]).toEqual([
    true,
    true,
  ]);
  expect(both.has('text', 0x8000_0000, 77)).toBe(false);
});

test('a filter of no whole block is refused', () => {
  expect(() => createBloom(new Uint32Array(7))).toThrow('copies.bad-file');
  expect(() => createBloom(new Uint32Array(0))).toThrow('copies.bad-file');
});
