import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLines, gitPath, isGlobSafe, shellWord, yamlLines, yamlWord } from './paste.ts';
import { widthOf } from './layout.ts';

/** What a real shell makes of the lines, as it would of pasted ones. */
function wordsOfShell(lines: readonly string[]): string[] {
  const script = lines.join('\n').replace(/^\s*show/, 'show');
  const out = execFileSync('sh', ['-c', `show() { printf '%s\\0' "$@"; }; ${script}`], {
    encoding: 'utf8',
  });
  return out.split('\0').slice(0, -1);
}

const nasty = fc.string({
  unit: fc.constantFrom(
    "'",
    '"',
    '\\',
    ' ',
    '$',
    '`',
    ';',
    '&',
    '-',
    'a',
    'b',
    'é',
    '中',
    '*',
    ':',
    '!',
  ),
  minLength: 1,
  maxLength: 200,
});

test('a pasted command reaches the shell as the words it was made of, however narrow the lines', () => {
  fc.assert(
    fc.property(
      fc.array(nasty, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 40, max: 80 }),
      (words, columns) => {
        const command = ['show', ...words.map(shellWord)].join(' ');
        const lines = commandLines(command, columns, '           ');
        expect(wordsOfShell(lines)).toEqual(words);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      },
    ),
    { numRuns: 150 },
  );
});

test('steps stay joined by && when they are broken over lines', () => {
  const command = `show ${'a'.repeat(30)} && show ${'b'.repeat(30)} && show ${shellWord('c '.repeat(60))}`;
  const lines = commandLines(command, 60, '    ');
  expect(lines.length).toBeGreaterThan(3);
  expect(wordsOfShell(lines)).toEqual(['a'.repeat(30), 'b'.repeat(30), 'c '.repeat(60)]);
});

test('a file name never becomes a command, an option or a pattern', () => {
  expect(gitPath('$(touch pwned)', false)).toBe("':(top,literal)$(touch pwned)'");
  expect(gitPath('a;b', false)).toBe("':/a;b'");
  expect(gitPath('w*.bin', false)).toBe("':(top,literal)w*.bin'");
  expect(gitPath(':/x', false)).toBe("':(top,literal):/x'");
  expect(gitPath('plain/x-1.bin', false)).toBe(':/plain/x-1.bin');
});

test('a name that cannot be seen cannot be pasted', () => {
  for (const name of ['a\nb', 'a\u001b[31m', 'a\u202eb', 'a\ufffd', 'a\u200bb', '']) {
    expect(gitPath(name, false)).toBeUndefined();
  }
  expect(gitPath('é', true)).toBeUndefined();
  expect(gitPath('é', false)).toBe("':/é'");
});

test('an allow line by path names that path alone', () => {
  expect(isGlobSafe('test/fixtures/a b.bin', true)).toBe(true);
  for (const path of ['a*', 'a?', '[a]', '{a,b}', '!a', '+(a)', '#a', 'a|b', 'a\\b']) {
    expect(isGlobSafe(path, false)).toBe(false);
  }
  expect(isGlobSafe('é', true)).toBe(false);
  expect(yamlWord("it's")).toBe("'it''s'");
});

test('YAML is broken only where flow style may be', () => {
  const lines = yamlLines("- {kind: weights, paths: ['a, b.bin'], reason: 'REASON'}", 30);
  expect(lines).toEqual(['- {kind: weights,', "paths: ['a, b.bin'],", "reason: 'REASON'}"]);
});
