import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashWord } from '../lexer/hash.ts';
import { blocksFor, createBloom } from './bloom.ts';
import { decodeData, encodeData } from './data-file.ts';
import { decodeGrams, encodeGrams } from './gram-file.ts';
import { lexerPrint } from './lexer-print.ts';
import { decodeWords, encodeWords } from './word-table.ts';

const bloom = createBloom(blocksFor(100));
for (let i = 0; i < 100; i++) bloom.add(i % 2 === 0 ? 'text' : 'rename', i * 0x01234567, i);
const word = (text: string) => hashWord(Buffer.from(text));

test('a filter reads back as it was, at any alignment', () => {
  const bytes = encodeGrams(bloom, { made: 'here' });
  for (const shift of [0, 1, 2, 3]) {
    const moved = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift);
    const { background, about } = decodeGrams(moved);
    expect(about).toEqual({ made: 'here' });
    expect(background.has('text', 2 * 0x01234567, 2)).toBe(true);
    expect(background.has('text', 77, 77)).toBe(false);
  }
});

test('a word is worth its bits to a sixteenth, one never seen sixteen', () => {
  const words = encodeWords(
    [
      { ...word('self'), count: 1024 },
      { ...word('lattice'), count: 3 },
      { ...word('gradient'), count: 30 },
      { ...word('the'), count: 1 << 20 },
    ],
    1 << 20,
    null,
  );
  const table = decodeWords(words);
  const bits = (text: string) => table.bits(word(text).high, word(text).low);
  expect(bits('self')).toBe(10);
  expect(bits('the')).toBe(0);
  expect(bits('lattice')).toBe(16);
  expect(bits('gradient')).toBeCloseTo(Math.log2((1 << 20) / 30), 1);
  expect(bits('neverseen')).toBe(16);
});

test('whatever is cut, changed or of another kind is refused', () => {
  const words = encodeWords([{ ...word('self'), count: 9 }], 100, null);
  const grams = encodeGrams(bloom, null);
  expect(() => decodeGrams(words)).toThrow('copies.bad-file');
  expect(() => decodeWords(grams)).toThrow('copies.bad-file');
  fc.assert(
    fc.property(fc.nat(words.length - 1), fc.nat(7), (at, bit) => {
      expect(() => decodeWords(words.subarray(0, at))).toThrow('copies.bad-file');
      const wrong = Buffer.from(words);
      wrong[at] = (wrong[at] ?? 0) ^ (1 << bit);
      expect(() => decodeWords(wrong)).toThrow('copies.bad-file');
    }),
    { numRuns: 100, seed: 4 },
  );
});

test('sums that hold do not help sizes that do not', () => {
  for (const data of [Buffer.alloc(0), Buffer.alloc(31), Buffer.alloc(33)]) {
    expect(() => decodeGrams(encodeData('grams', null, data))).toThrow('copies.bad-file');
    expect(() => decodeWords(encodeData('words', null, data))).toThrow('copies.bad-file');
  }
  const huge = Buffer.alloc(4 + 0x1_0000);
  huge.writeUInt32LE(0xffff_ffff);
  expect(() => decodeWords(encodeData('words', null, huge))).toThrow('copies.bad-file');
});

test('data made for another lexer is refused, and says so', () => {
  const bytes = encodeData('grams', null, Buffer.alloc(32));
  const other = Buffer.from(bytes);
  const print = lexerPrint();
  other.write(
    print.replace(/./, (digit) => (digit === '0' ? '1' : '0')),
    bytes.indexOf(print),
  );
  const healed = reseal(other);
  expect(() => decodeData(healed, 'grams')).toThrow(
    expect.objectContaining({ data: { reason: 'other-lexer' } }),
  );
  expect(() => decodeData(reseal(bytes), 'grams')).not.toThrow();
});

function reseal(bytes: Buffer): Buffer {
  const body = bytes.subarray(0, -32);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}
