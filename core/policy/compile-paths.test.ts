import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePaths } from './compile-paths.ts';
import { compileGlob, foldPath, matchesPath } from './match-path.ts';

/** The plain way: each glob in turn. */
function slow(globs: readonly string[]): (path: string) => number {
  const matchers = globs.map(compileGlob);
  return (path) => matchers.findIndex((matches) => matches(foldPath(path)));
}

describe('one path, one glob', () => {
  test.each([
    ['**/*.ckpt', '.M.CKPT', true],
    ['**/*.ckpt', '.cache/m.ckpt', true],
    ['**/*.ckpt', 'a/b/c/M.Ckpt', true],
    ['**/*.ckpt', 'a.ckpt/b', false],
    ['SRC/Model/**', 'src/model/x.py', true],
    ['src/model/**', './src//model/./x.py', true],
    ['src/model/**', 'src/model', false],
    ['src/model/**', 'src/models/x', false],
    ['caf\u00e9/**', 'cafe\u0301/x', true],
    ['cafe\u0301/**', 'CAF\u00c9/x', true],
    ['src/**', '\u017frc/x', true],
    ['**/*.key', 'a/b.\u212aey', true],
    ['σας/**', 'ΣΑΣ/x', true],
    ['#x/**', '#x/y', true],
    ['**', 'anything/at/all', true],
    ['*', 'a/b', false],
  ])('%s %s', (glob, path, expected) => {
    expect(matchesPath(path, glob)).toBe(expected);
    expect(compilePaths([glob])(path)).toBe(expected ? 0 : -1);
  });
});

const names = fc.constantFrom(
  'a',
  'B',
  '.a',
  'a.pt',
  'A.PT',
  'x.tar.gz',
  '.gz',
  'é',
  'ſ',
  'b c',
  '..x',
  'a.',
);
const parts = fc.constantFrom(
  'a',
  'B',
  '.a',
  '*',
  '**',
  '*.pt',
  '*.tar.gz',
  '*.gz',
  '?',
  '[ab]',
  '{a,b}',
  '*.{pt,gz}',
  'a*',
  '*a',
  '@(a|b)',
  'É',
  '.*',
  '!(a)',
  'x.*',
  '{1..3}',
  's',
  '[^a]',
  '*.*',
  '.gz',
);
const globs = fc.array(parts, { minLength: 1, maxLength: 5 }).map((all) => all.join('/'));
const paths = fc.array(names, { minLength: 1, maxLength: 6 }).map((all) => all.join('/'));

test('compiled together, globs match as one by one', () => {
  fc.assert(
    fc.property(
      fc.array(globs, { minLength: 1, maxLength: 12 }),
      fc.array(paths, { minLength: 1, maxLength: 30 }),
      (some, all) => {
        const fast = compilePaths(some);
        const plain = slow(some);
        for (const path of all) expect([path, fast(path)]).toEqual([path, plain(path)]);
      },
    ),
    { numRuns: 3000 },
  );
});

test('any text at all', () => {
  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      'A',
      '.',
      '*',
      '?',
      '[',
      ']',
      '{',
      '}',
      '(',
      ')',
      '!',
      '+',
      '@',
      '|',
      ',',
      '-',
      '^',
      '/',
      'é',
      '1',
      ' ',
      '\\',
    ),
    maxLength: 14,
  });
  const isPath = (path: string) => path.split('/').every((part) => !['', '.', '..'].includes(part));
  const someText = fc.array(text, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(someText, fc.array(text.filter(isPath)), (some, all) => {
      const fast = compilePaths(some);
      const plain = slow(some);
      for (const path of all) expect([path, fast(path)]).toEqual([path, plain(path)]);
    }),
    { numRuns: 3000 },
  );
});

test('a folder named .. in a hostile tree is a folder like any other', () => {
  expect(compilePaths(['src/model/**'])('src/model/../x')).toBe(0);
  expect(compilePaths(['src/model/**'])('')).toBe(-1);
});

test('more folders than are remembered', () => {
  const first = compilePaths(['**/keep/**', 'd7/*.pt']);
  for (let i = 0; i < 140_000; i += 1) first(`d${i}/x`);
  expect(first('d7/x.pt')).toBe(1);
  expect(first('d8/keep/y')).toBe(0);
  expect(first('d8/y')).toBe(-1);
});
