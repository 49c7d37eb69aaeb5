import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLabelMatcher, type RankedGlob } from './label-matcher.ts';
import { matchesPath } from './match-path.ts';

const ranked = (globs: readonly string[]): RankedGlob[] =>
  globs.map((glob, marking) => ({ glob, marking, rank: marking % 3 }));

function slowly(globs: readonly RankedGlob[], path: string): RankedGlob | undefined {
  return [...globs]
    .sort((a, b) => b.rank - a.rank || a.marking - b.marking)
    .find(({ glob }) => matchesPath(path, glob));
}

const part = fc.constantFrom('src', 'Model', '.hidden', 'a b', 'x.ckpt', 'é', 'ſ', 'K', 'w-1');
const piece = fc.oneof(
  part,
  fc.constantFrom('*', '**', '*.ckpt', '*.tar.gz', '?rc', '[sm]*', '{src,a b}', '!(x)', '.*'),
);
const glob = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const path = fc
  .array(fc.oneof(part, fc.constantFrom('.M.CKPT', 'y.TAR.gz', '.ckpt', 'SRC', 'm')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join('/'));

test('looking up and trying one by one give the same marking', () => {
  fc.assert(
    fc.property(
      fc.array(glob, { maxLength: 8 }),
      fc.array(path, { maxLength: 6 }),
      (globs, paths) => {
        const all = ranked(globs);
        const match = createLabelMatcher(all);
        for (const one of paths) expect(match(one)?.marking).toBe(slowly(all, one)?.marking);
      },
    ),
    { numRuns: 10_000 },
  );
});

describe('a marking is not dodged', () => {
  test.each([
    ['**/*.ckpt', '.M.CKPT'],
    ['**/*.ckpt', '.cache/deep/m.ckpt'],
    ['src/model/**', 'SRC/Model/.x'],
    ['src/model/**', 'src/model/new\nline.py'],
    ['d\u00e9p\u00f4t/**', 'de\u0301po\u0302t/x'],
    ['#notes/**', '#notes/x'],
    ['!important/**', '!important/x'],
  ])('%j holds for %j', (one, name) => {
    expect(createLabelMatcher(ranked([one]))(name)?.glob).toBe(one);
  });
});
