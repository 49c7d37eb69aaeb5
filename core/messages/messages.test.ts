import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import type { CordonErrorCode } from '../error.ts';
import {
  bytes,
  describeError,
  duration,
  en,
  isPlain,
  messagesFor,
  plainAscii,
  plainText,
  whole,
} from './index.ts';

const codes = Object.keys(en.errors) as CordonErrorCode[];

test('nothing advises to go round the hook', () => {
  const tables = ['./en.ts', './help.ts'].map((name) =>
    readFileSync(new URL(name, import.meta.url), 'utf8'),
  );
  for (const table of tables) {
    expect(table.length).toBeGreaterThan(3_000);
    expect(table).not.toMatch(
      /no-verify|\bgit \w+ -n\b|HUSKY|SKIP=|bypass|(?:skip|disable) (?:the|this|a) hook/i,
    );
  }
});

describe('every error', () => {
  test.each(codes)('%s is one plain line that ends in one thing to do', (code) => {
    for (const data of [{}, { path: '/x', detail: 'why', file: 'p.yaml', line: 3 }]) {
      const sentence = describeError(new CordonError(code, data));
      expect(isPlain(sentence)).toBe(true);
      expect(sentence).not.toMatch(/undefined|\[object|  |\.\./);
      expect(sentence.split(/[.?] (?=[A-Z])|: (?=[a-z])/).length).toBeGreaterThan(1);
    }
  });
  test.each([
    [
      { problem: 'unknown-command', word: 'scna', nearest: 'scan' },
      'There is no command scna; did you mean scan? See: cordon --help',
    ],
    [
      { problem: 'unknown-option', word: '--frob' },
      'There is no option --frob. See: cordon --help',
    ],
    [
      { problem: 'bad-option', word: '--range', detail: 'it takes A..B' },
      '--range is not valid (it takes A..B). See: cordon --help',
    ],
    [{ problem: 'missing-argument', word: 'PATH' }, 'PATH is missing. See: cordon --help'],
    [
      { problem: 'missing-argument', word: 'explain', expected: 'PATH' },
      'cordon explain needs PATH. See: cordon --help',
    ],
    [
      { problem: 'outside', word: '../x', detail: '../x is outside /y' },
      '../x is outside the repository. See: cordon --help',
    ],
    [{ problem: 'missing-argument' }, 'An argument is missing. See: cordon --help'],
    [
      {
        problem: 'bad-choice',
        word: '--color=alway',
        expected: 'always, never',
        nearest: 'always',
      },
      '--color=alway is not one of: always, never; did you mean always? See: cordon --help',
    ],
    [
      { problem: 'bad-choice', word: '--format=xml', expected: 'text, json' },
      '--format=xml is not one of: text, json. See: cordon --help',
    ],
  ])('of usage says which word: %o', (data, sentence) => {
    expect(describeError(new CordonError('usage', data))).toBe(sentence);
  });
  test('of the policy says file, line, column, what was expected and the nearest word', () => {
    const data = {
      file: 'p.yaml',
      line: 12,
      column: 5,
      expected: 'a label',
      found: "'restrictd'",
      nearest: 'restricted',
    };
    expect(describeError(new CordonError('policy.invalid', data))).toBe(
      "p.yaml:12:5: expected a label, found 'restrictd'; did you mean restricted? Mend that line and run the command again.",
    );
    expect(en.policyProblem({ file: 'p.yaml', line: 1, expected: 'a map' })).toBe(
      'p.yaml:1: expected a map',
    );
  });
  test('shows nothing that could move a cursor, and no novel', () => {
    const stderr = `\u001b[2Jfatal\r\n\u202e${'x'.repeat(10_000)}`;
    const sentence = describeError(new CordonError('git.failed', { stderr, args: 'fsck' }));
    expect(isPlain(sentence)).toBe(true);
    expect(sentence.length).toBeLessThan(600);
  });
  test('that is not ours is internal', () => {
    expect(describeError(new TypeError('x\u001b[0m'))).toMatch(
      /^Internal error: TypeError: x\\x1b/,
    );
    expect(describeError('thrown')).toMatch(/^Internal error: thrown/);
  });
});

describe('the language', () => {
  test.each([
    ['de_DE.UTF-8', {}],
    ['en', {}],
    [undefined, { LANG: 'C' }],
    [undefined, {}],
    ['constructor', { LC_ALL: '__proto__' }],
    ['', { LC_ALL: '', LC_MESSAGES: 'zh_CN' }],
  ])('%s %o falls back to English', (locale, environment) => {
    expect(messagesFor(locale, environment)).toBe(en);
  });
});

describe('plain text', () => {
  test.each([
    ['a\nb\tc', String.raw`a\nb\tc`],
    ['\u001b[31m', String.raw`\x1b[31m`],
    ['\u009b31m', String.raw`\x9b31m`],
    ['\u202eevil', String.raw`\u{202e}evil`],
    ['a\u200bb\ufeff\u2066\u{e0041}', String.raw`a\u{200b}b\u{feff}\u{2066}\u{e0041}`],
    ['\ud800', String.raw`\u{d800}`],
    ['a\u00a0b\u3000', String.raw`a\xa0b\u{3000}`],
    ['é 中 😀', 'é 中 😀'],
  ])('%j', (given, shown) => {
    expect(plainText(given)).toBe(shown);
  });
  test('never holds a control character, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        expect(plainText(given)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(plainAscii(given)).toMatch(/^[ -~]*$/);
        expect(isPlain(plainText(given))).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_499, '999 kB'],
  [999_600, '1.0 MB'],
  [2_147_000_000, '2.1 GB'],
  [123e15, '123 PB'],
])('%d bytes', (count, shown) => {
  expect(bytes(count)).toBe(shown);
});

test.each([
  [3, '0.1 s'],
  [840, '0.8 s'],
  [9960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 0 s'],
  [185_000, '3 min 5 s'],
])('%d milliseconds', (milliseconds, shown) => {
  expect(duration(milliseconds)).toBe(shown);
});

test('numbers are grouped', () => {
  expect([1, 999, 12_400, 1_234_567].map(whole)).toEqual(['1', '999', '12 400', '1 234 567']);
});

test.each([
  ['huggingface-token', 'Hugging Face token'],
  ['aws-access-key', 'AWS access key'],
  ['private-key', 'Private key'],
  ['constructor', 'Constructor'],
])('rule %s is named %s', (rule, name) => {
  expect(en.ruleName(rule)).toBe(name);
});
