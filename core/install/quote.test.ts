import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteForConfig, quoteForGitdirPattern, quoteForShell } from './quote.ts';

const word = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '\\', '$', '`', '\n', '\t', ' ', ';', '#', '%', '!', '~', '\r'),
      fc.string({ maxLength: 4 }),
    ),
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

test('the shell reads back what was quoted', () => {
  const words = fc.sample(word, 400);
  const input = words.map((text) => `printf '%s\\0' ${quoteForShell(text)}\n`).join('');
  const { stdout } = spawnSync('/bin/sh', [], { input, encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(words);
});

test('git reads back what was quoted', () => {
  const words = fc.sample(word, 400);
  const input = words.map((text, n) => `[a]\n\tv${n} = ${quoteForConfig(text)}\n`).join('');
  const { stdout } = spawnSync('git', ['config', '--file', '-', '-z', '--list'], {
    input,
    encoding: 'utf8',
  });
  const read = stdout
    .split('\0')
    .slice(0, -1)
    .map((entry) => entry.slice(entry.indexOf('\n') + 1));
  expect(read).toEqual(words);
});

test('a folder name becomes a pattern without a meaning of its own', () => {
  expect(quoteForGitdirPattern('/a b/[x]*\n"y"\\')).toBe('/a b/?x???\\"y\\"?');
});
