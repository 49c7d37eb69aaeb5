import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashWord } from './hash.ts';
import { lex } from './lex.ts';
import { codeOf, ownSources, proseOf, python } from '../testing.ts';
import { kind } from '../types.ts';

const word = (text: string, as: number = kind.identifier) => {
  const { high, low } = hashWord(Buffer.from(text));
  return `${as}:${high}:${low}`;
};

describe('style never enters a token', () => {
  test.each([
    ['indentation', python, python.replaceAll('    ', '\t')],
    ['line ends', python, python.replaceAll('\n', '\r\n')],
    ['blank lines', python, python.replaceAll('\n', '\n\n  \n')],
    ['quotes', `f('a b', "c")`, `f("a b", 'c')`],
    ['prefixes of strings', `f(r'a b', b"c")`, `f('a b', 'c')`],
    ['trailing commas', 'f(a, [b, c], {d: e})', 'f(\n  a,\n  [b, c,],\n  {d: e,},\n)'],
    ['semicolons', 'a = b;\nc(d);', 'a = b\nc(d)'],
    ['a string in two', `f("one two three")`, `f("one two "\n  'three')`],
    ['a continued line', 'a = b + c', 'a = b \\\n  + c'],
    ['import lines', 'import os\nfrom a.b import (\n  c,\n  d,\n)\nf(x)', 'f(x)'],
    ['braced imports', `import { a,\n b } from 'c';\nexport { d } from './e';\nf(x)`, 'f(x)'],
    ['includes', '#include <stdio.h>\n#include "a.h"\nf(x);', 'f(x)'],
    ['uses', 'use std::{\n  io,\n  fs,\n};\nuse a::b;\nf(x)', 'f(x)'],
    ['required modules', `const { a, b } = require('c');\nf(x)`, 'f(x)'],
    ['a byte order mark', '\uFEFFf(x)', 'f(x)'],
    ['characters nobody sees', 'hid\u200Bden(x)', 'hidden(x)'],
  ])('%s', (_, one, other) => {
    expect(codeOf(one)).toEqual(codeOf(other));
    expect(codeOf(one).length).toBeGreaterThan(2);
  });

  const piece = fc.constantFrom(
    'a',
    'b1',
    'self',
    '+',
    '(x)',
    '[y, z]',
    '12',
    'if',
    '.',
    "'w v'",
    '==',
  );
  const space = fc.stringMatching(/^[ \t\r\n]{1,4}$/);
  test('any white space between the same tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, space, space)), (parts) => {
        const one = parts.map(([part, gap]) => part + gap).join('');
        const other = parts.map(([part, , gap]) => part + gap).join('');
        expect(codeOf(one)).toEqual(codeOf(other));
      }),
    );
  });
});

describe('comments of all languages', () => {
  test.each([
    ['x = 1  # one two', 'one two'],
    ['x = 1; // one two', 'one two'],
    ['x = 1; /* one\n two */ y', 'one two'],
    ['"""one\ntwo"""\nx = 1', 'one two'],
    ["'''one two'''", 'one two'],
    ["# don't one two", 'don t one two'],
  ])('%j', (text, said) => {
    expect(proseOf(text)).toEqual(said.split(' ').map((one) => word(one)));
  });

  test.each([
    'this.#count(1)',
    'echo $# ${#x}',
    '#[derive(Clone)] x',
    '#define WIDTH 12',
    'fetch("https://one.example/a#b")',
    'a = "src/**/*.ts" + b',
    'ls src/*.py src/*.ts',
    "fn f<'a>(x: &'a str, y: &'a str) -> z",
    'it = `one // two`.split'.replace(' // ', ' '),
  ])('none in %j', (text) => {
    expect(proseOf(text)).toEqual([]);
    expect(codeOf(text).length).toBeGreaterThan(2);
  });

  test('a comment that never ends is none', () => {
    expect(codeOf('a /* b c')).toContain(word('c'));
  });

  test('a text cut inside a docstring begins in it', () => {
    const cut = 'one two\n"""\nx = 1\n';
    expect(proseOf(cut)).toEqual([word('one'), word('two')]);
    expect(codeOf(cut)).toContain(word('x'));
  });
});

test('words of strings are told apart, names in braces are code', () => {
  expect(codeOf('f("one {two.three} four")').slice(2, -1)).toEqual([
    word('one', kind.string),
    word('two'),
    word('three'),
    word('four', kind.string),
  ]);
});

test('a script without spaces gives a token a character, other letters make words', () => {
  const { prose } = lex(Buffer.from('# 模型权重，不可外传 größe слово'));
  expect([...prose.kinds]).toEqual([
    ...Array<number>(8).fill(kind.ideograph),
    kind.identifier,
    kind.identifier,
  ]);
});

test('lines are told, also over dropped imports and long comments', () => {
  const { code, lines } = lex(Buffer.from('import a\n\nx\n/*\n*/ y\n"""\n""" + z\n'));
  expect(lines).toBe(8);
  expect([...code.lines]).toEqual([3, 5, 7, 7]);
});

test('a piece of whole lines gives the tokens that the file gives there', () => {
  let compared = 0;
  for (const { text } of ownSources('core/detect/secrets')) {
    if (/\/\*|"""|'''|`/.test(text)) continue;
    const rows = text.split('\n');
    const whole = codeOf(text).join(' ');
    for (let at = 0; at + 10 < rows.length; at += 7) {
      const piece = rows.slice(at, at + 10);
      // Cut inside a list of imports, its names are left over.
      if (/^(?:import|export|\} from)/m.test(piece.join('\n'))) continue;
      // A comma at the cut may stand before a bracket.
      expect(whole).toContain(codeOf(piece.join('\n')).slice(0, -1).join(' '));
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(50);
});

const nasty = fc.constantFrom(
  '"',
  "'",
  '`',
  '"""',
  "'''",
  '/*',
  '*/',
  '//',
  '#',
  '\\',
  '\n',
  '\r\n',
  '\0',
  'import ',
  'from a import (',
  'export {',
  '#include',
  'use a::{',
  '{',
  '}',
  '(',
  ')',
  ',',
  '中',
  '\u200b',
  'é',
  'a',
  '1.5',
  ' ',
);

test('never throws, and tells sound tokens, whatever the bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
    fc.array(nasty, { maxLength: 80 }).map((parts) => Buffer.from(parts.join(''))),
  );
  fc.assert(
    fc.property(bytes, (some) => {
      const { code, prose, lines } = lex(some);
      for (const stream of [code, prose]) {
        expect(stream.halves.length).toBe(2 * stream.count);
        expect(stream.count).toBeLessThanOrEqual(some.length);
        const sorted = stream.lines.slice().sort();
        expect(stream.lines).toEqual(sorted);
        expect(sorted.at(-1) ?? 0).toBeLessThanOrEqual(lines);
      }
    }),
    { numRuns: 2000 },
  );
});
