import { expect, test } from 'vitest';
import { scoreCopies } from '../query/find-copies.ts';
import { createIndexBuilder, defaultThresholds } from '../indexing/index-builder.ts';
import type { Background } from '../types.ts';
import { blocksFor, createBloom } from './bloom.ts';
import { eachGram } from './each-gram.ts';
import { guardBackground } from './guard.ts';

const nothing: Background = { has: () => false };
const words = { bits: () => 12 };

/** Code that stands nowhere else: names, operators and shapes are drawn by a seed. */
function code(seed: number, lines: number): string {
  let state = seed;
  const draw = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 10) % below;
  };
  const operators = ['+', '-', '*', '<', '==', 'and', 'or', 'in', '.', '@'];
  const term = () => (draw(4) === 0 ? `${draw(90)}` : `v${draw(60)}`);
  const expression = () =>
    Array.from({ length: 2 + draw(4) }, () => `${term()} ${operators[draw(10)]}`).join(' ');
  const openings = ['return', 'if', 'for', 'while', 'yield', 'del', 'not', 'lambda'];
  return Array.from(
    { length: lines },
    () => `${openings[draw(8)]} ${term()} = ${expression()} ${term()}`,
  ).join('\n');
}

function filterOf(...texts: string[]): Background {
  const bloom = createBloom(blocksFor(100_000));
  for (const text of texts) eachGram(Buffer.from(text), (v, h, l) => bloom.add(v, h, l));
  return bloom;
}

const secret = code(1, 200);
const pieceOf = (text: string, from: number, to: number) =>
  text.split('\n').slice(from, to).join('\n');

/** What pasting a piece of the secret scores, with the code that is installed subtracted. */
function pasteScore(installed: Background, paste: string) {
  const background = guardBackground({ shipped: nothing, machine: installed });
  const overlaps = background.protect('src/secret.py', Buffer.from(secret));
  const builder = createIndexBuilder({ words, background });
  builder.add({ id: '1', path: 'src/secret.py', label: 'restricted', bytes: Buffer.from(secret) });
  return { overlaps, ...scoreCopies(builder.build(), Buffer.from(paste), { words }) };
}

test('planting the file, or a part of it, in an installed package does not blind the index', () => {
  for (const planted of [secret, pieceOf(secret, 60, 120), pieceOf(secret, 20, 50)]) {
    const paste = pieceOf(planted, 5, 25);
    const { overlaps, bits, tokens } = pasteScore(filterOf(planted), paste);
    expect(bits).toBeGreaterThan(500);
    expect(tokens).toBeGreaterThan(50);
    expect(overlaps.map(({ path, view }) => [path, view])).toContainEqual([
      'src/secret.py',
      'text',
    ]);
  }
});

test('planting it in many files of a few lines each does not either', () => {
  const pieces = Array.from({ length: 40 }, (_, i) => pieceOf(secret, i * 5, i * 5 + 5));
  const { bits } = pasteScore(filterOf(...pieces), pieceOf(secret, 40, 60));
  expect(bits).toBeGreaterThan(500);
});

test('planting it renamed does not blind the view that sees through renaming', () => {
  const renamed = secret.replaceAll(/v(\d+)/g, 'w$1x');
  const { tokens } = pasteScore(filterOf(renamed), pieceOf(renamed, 40, 80));
  expect(tokens).toBeGreaterThan(100);
});

test('an idiom of some lines is subtracted, and its place in the overlap is none', () => {
  const idiom = pieceOf(secret, 100, 105);
  const { overlaps, bits } = pasteScore(filterOf(idiom), idiom);
  expect(overlaps).toEqual([]);
  expect(bits).toBeLessThan(defaultThresholds.block.bits);
});

test('what is shipped is trusted, and what the owner accepts is subtracted', () => {
  const shipped = guardBackground({ shipped: filterOf(secret), machine: filterOf(secret) });
  expect(shipped.protect('a.py', Buffer.from(secret))).toEqual([]);
  const machine = filterOf(secret);
  const told = guardBackground({ shipped: nothing, machine }).protect('a.py', Buffer.from(secret));
  const accepted = new Set(told.map(({ fingerprint }) => fingerprint));
  const background = guardBackground({
    shipped: nothing,
    machine,
    accepted: ({ fingerprint }) => accepted.has(fingerprint),
  });
  expect(background.protect('a.py', Buffer.from(secret))).toEqual([]);
  let kept = 0;
  eachGram(Buffer.from(secret), (v, h, l) => {
    if (!background.has(v, h, l)) kept += 1;
  });
  expect(kept).toBe(0);
});

test('an overlap names the lines that installed code has', () => {
  const { overlaps } = pasteScore(filterOf(pieceOf(secret, 60, 120)), '');
  const text = overlaps.find(({ view }) => view === 'text');
  expect(text?.lines).toEqual({ first: 61, last: 120 });
});
