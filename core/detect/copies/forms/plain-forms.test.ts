import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCharacters } from './fold-characters.ts';
import { joinStrings } from './join-strings.ts';
import type { PlainForm } from './plain-form.ts';
import { readPdf } from './read-pdf.ts';
import { readStrings } from './read-strings.ts';
import { stripMarkup } from './strip-markup.ts';
import { stripPrefixes } from './strip-prefixes.ts';
import { stripRows } from './strip-rows.ts';
import { stripStamps } from './strip-stamps.ts';
import { textParts } from './text-parts.ts';

const code = ['def f(x):', '    y = x + 1', '', '    return y'];
const linesOf = (form: PlainForm | undefined) =>
  form?.bytes.toString('utf8').replace(/\n$/, '').split('\n');
const trimmed = (lines: readonly string[] | undefined) =>
  lines?.map((line) => line.trim()).filter((line) => line !== '');
const stripped = (text: string) => stripPrefixes(Buffer.from(text));

describe('prefixes', () => {
  test.each([
    ['a quote', (line: string) => `> ${line}`],
    ['a quote of a quote', (line: string) => `> > ${line}`],
    ['a patch', (line: string) => `+${line}`],
    ['a quoted patch', (line: string) => `> +${line}`],
    ['a comment', (line: string) => `# ${line}`],
    ['another comment', (line: string) => `// ${line}`],
    ['a comment of SQL', (line: string) => `-- ${line}`],
    ['a numbered listing', (line: string, at: number) => `${at + 1}: ${line}`],
    ['as cat numbers lines', (line: string, at: number) => `     ${at + 1}\t${line}`],
    ['as a compiler shows them', (line: string, at: number) => ` ${at + 1} | ${line}`],
    ['as a search shows them', (line: string, at: number) => `src/a.py:${at + 1}:${line}`],
    ['a table', (line: string) => `| ${line}`],
  ])('%s', (_what, put) => {
    expect(trimmed(linesOf(stripped(code.map(put).join('\n'))))).toEqual(trimmed(code));
  });
  test('each line knows where it stood', () => {
    const form = stripped(`first\n\n${code.map((line) => `> ${line}`).join('\n')}\nlast\n`);
    expect([...(form?.lines ?? [])]).toEqual([3, 4, 5, 6]);
  });
  test('the context of a patch stays in its place', () => {
    const form = stripped('@@ -1,3 +1,4 @@\n a = 1\n+b = 2\n+c = 3\n d = 4\n+e = 5\n');
    expect(trimmed(linesOf(form))).toEqual(['b = 2', 'c = 3', 'd = 4', 'e = 5']);
  });
  test('code as it is usually written has none', () => {
    expect(stripped(code.join('\n'))).toBeUndefined();
    expect(stripped('x = 1\n# a remark\n# of two lines\ny = 2\n')).toBeUndefined();
    expect(stripped('++i;\n++j;\n++k;\n')).toBeUndefined();
  });
});

describe('stamps', () => {
  const levels = ['INFO', 'WARN', 'ERROR', 'INFO'];
  test.each([
    ['a log', (at: number) => `2026-03-0${at + 1} 12:00:0${at},107 ${levels[at]} worker-${at} `],
    ['a log of another form', (at: number) => `[${levels[at]}] 2026/03/01 12:00:0${at} main: `],
    ['a log of a system', (at: number) => `Mar  1 12:00:0${at} host app[${120 + at}]: `],
    ['a container', (at: number) => `2026-03-01T12:00:0${at}.1${at}7Z stdout F `],
    ['a prompt', () => 'user@host:~$ '],
    [
      'authors',
      (at: number) => `${at}a3f09b${at} src/a.py (Jo Do 2026-03-01 12:00:0${at} +0000 ${at}) `,
    ],
  ])('%s', (_what, put) => {
    const text = code.map((line, at) => put(at) + line).join('\n');
    expect(trimmed(linesOf(stripStamps(Buffer.from(text))))).toEqual(trimmed(code));
  });
  test('each line knows where it stood', () => {
    const form = stripStamps(
      Buffer.from(`a\n\n${code.map((line) => `12:00:07 ${line}`).join('\n')}`),
    );
    expect([...(form?.lines ?? [])]).toEqual([3, 4, 5, 6]);
  });
  test('code as it is usually written has none', () => {
    expect(stripStamps(Buffer.from(code.join('\n')))).toBeUndefined();
    expect(stripStamps(Buffer.from('a = f(1)\nb = g(2)\nx1 = y2\n'))).toBeUndefined();
  });
});

describe('strings', () => {
  const read = (text: string) => readStrings(Buffer.from(text));
  test('a notebook', () => {
    const cell = { source: code.map((line, at) => (at < 3 ? `${line}\n` : line)) };
    const form = read(JSON.stringify({ cells: [cell] }, null, 1));
    expect(trimmed(linesOf(form))).toEqual(['cells', 'source', ...(trimmed(code) ?? [])]);
    expect(form?.lines[2]).toBe(5);
  });
  test('one long string, its quotes escaped', () => {
    const lines = ['a = "b"', 'c = 1', 'd = 2', 'e = 3'];
    expect(linesOf(read(JSON.stringify([lines.join('\n')])))).toEqual(lines);
    expect(linesOf(read(`x = ${JSON.stringify(lines.join('\n'))}\n`))).toEqual(lines);
  });
  test('a program without such strings costs nothing', () => {
    expect(read('print("a")\nprint("b\\n")\n')).toBeUndefined();
  });
});

describe('markup', () => {
  const strip = (text: string) => stripMarkup(Buffer.from(text));
  test('a page: tags gone, entities read', () => {
    const page = '<pre>\nif a &lt; b &amp;&amp; c:\n  <b>x</b> = &quot;&#39;&#x41;&quot;\n</pre>\n';
    expect(trimmed(linesOf(strip(page)))).toEqual(['if a < b && c:', 'x = "\'A"']);
    expect(strip(page)?.lines[2]).toBe(2);
  });
  test('an office document: a paragraph is a line', () => {
    const body = ['a = 1 # one', 'b = 2'].map((line) => `<w:p><w:t>${line}</w:t></w:p>`).join('');
    expect(trimmed(linesOf(strip(`<?xml?><w:document>${body}</w:document>`)))).toEqual([
      'a = 1 # one',
      'b = 2',
    ]);
  });
  test('a program that compares is none', () => {
    expect(strip('if (a < b && c > d) return a;\n')).toBeUndefined();
  });
});

test('hostile text is read in linear time', () => {
  const size = 400_000;
  const parts = ['"\\', '\\"', "'", '&#', '<a', '> ', '1:', '\\n"', 'a:1'];
  for (const part of parts) {
    const text = Buffer.from(`\\n\\n\\n${part.repeat(size / part.length)}`);
    for (const make of [stripPrefixes, stripStamps, readStrings, stripMarkup]) {
      // Quadratic would be minutes, past the time a test has.
      expect(make(text)?.bytes.length ?? 0).toBeLessThanOrEqual(2 * text.length + 1);
    }
  }
});

test('in binary content only what reads as text is looked at', () => {
  const text = Buffer.from('value = other + 1\n'.repeat(60));
  const noise = Buffer.from(
    Array.from({ length: 4096 }, (_, at) => (at * 7919 + 13 * at * at) % 32),
  );
  const [part, ...others] = textParts(Buffer.concat([noise, text, noise]));
  expect(others).toEqual([]);
  expect(part?.start).toBeLessThanOrEqual(4096);
  expect(part?.end).toBeGreaterThanOrEqual(4096 + text.length);
  expect(textParts(noise)).toEqual([]);
});

test('whatever the bytes, a form is no longer than they could say, and its lines are theirs', () => {
  const piece = fc.constantFrom(
    '> ',
    '+',
    '#',
    '12:',
    '\n',
    '"',
    '\\n',
    '&lt;',
    '<p>',
    '<',
    'x',
    ' ',
    '\\',
  );
  const bytes = fc.oneof(
    fc.array(piece, { maxLength: 200 }).map((parts) => Buffer.from(parts.join(''))),
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  );
  fc.assert(
    fc.property(bytes, (text) => {
      const lines = text.toString('latin1').split('\n').length;
      for (const form of [stripPrefixes, stripStamps, readStrings, stripMarkup].map((make) =>
        make(text),
      )) {
        if (form === undefined) continue;
        expect(form.bytes.length).toBeLessThanOrEqual(2 * text.length + 1);
        for (const line of form.lines) expect(line >= 1 && line <= lines).toBe(true);
      }
      for (const { start, end } of textParts(text)) {
        expect(start >= 0 && start < end && end <= text.length).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('rows', () => {
  const rows = (text: string) => trimmed(linesOf(stripRows(Buffer.from(text))));
  const source = [
    'def f(x, y):',
    '    total = x + y',
    'if total > 3:',
    'raise Stop',
    'yield total',
    'z = 0',
  ];
  test.each([
    ['a word before', (line: string) => `NOTE: ${line}`],
    ['a word behind', (line: string) => `${line}   zz`],
    [
      'stamps',
      (line: string, at: number) => `2026-03-01 12:0${at}:07,10${at} INFO w-${at} ${line}`,
    ],
    ['names with digits', (line: string, at: number) => `${at}f3a${at}c (Ann 2026 ${at}) ${line}`],
    ['statements', (line: string) => `out.append("${line}")`],
    ['rows of a table', (line: string, at: number) => `(${at}, 'a', '${line}'),`],
    ['elements', (line: string, at: number) => `<line no="${at}">${line}</line>`],
    [
      'objects',
      (line: string, at: number) => `{\n "n": ${at},\n "said": "${line}",\n "end": 1\n},`,
    ],
  ])('%s', (_what, put) => {
    expect(rows(source.map(put).join('\n'))).toEqual(expect.arrayContaining(trimmed(source) ?? []));
  });
  test('what is escaped in them is read, and each line knows where it stood', () => {
    const form = stripRows(
      Buffer.from(source.map((l, at) => `p('${'ab'.repeat(at + 1)}\\'${l}')`).join('\n')),
    );
    expect(linesOf(form)?.[1]).toBe("abab'    total = x + y");
    expect([...(form?.lines ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
  });
  test('code as it is usually written has none', () => {
    expect(rows(source.join('\n'))).toBeUndefined();
  });
});

describe('literals put together', () => {
  const said = (text: string) => linesOf(joinStrings(Buffer.from(text)));
  const cut = (size: number) => code.join('\n').match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
  test('cut within words', () => {
    const list = cut(5).map((piece) => `    ${JSON.stringify(piece)},`);
    expect(said(`x = "".join([\n${list.join('\n')}\n])`)).toEqual(code);
    expect(
      said(
        `x = ${cut(7)
          .map((piece) => JSON.stringify(piece))
          .join(' + ')};`,
      ),
    ).toEqual(code);
  });
  test('a few are none, nor are those with code between', () => {
    expect(said('f("a", "b", "c")')).toBeUndefined();
    expect(
      said('a("x", n), b("y", n), c("z", n), d("x", n), e("x", n), f("x", n)'),
    ).toBeUndefined();
  });
});

describe('characters', () => {
  const plain = [
    'total = compute(first, second)',
    'for index in range(total):',
    '    apply(index)',
  ];
  const folded = (text: string) => linesOf(foldCharacters(Buffer.from(text)));
  const everyWord = (put: string) => plain.join('\n').replace(/([a-z]{2})([a-z])/gu, `$1${put}$2`);
  test.each([
    ['a word joiner', '\u2060'],
    ['a direction', '\u2066'],
    ['the mark of a variant', '\ufe0f'],
    ['a mark', '\u0301'],
    ['a tag', '\u{e0041}'],
    ['a filler', '\u3164'],
    ['a bell', '\u0007'],
    ['a colour', '\u001b[38;5;12m'],
  ])('%s between letters', (_what, put) => {
    expect(folded(everyWord(put))).toEqual(plain);
  });
  test.each([
    ['Cyrillic', 'аеорсх', 'aeopcx'],
    ['Greek', 'οια', 'oia'],
    ['wide', 'ａｅｉｏｔ', 'aeiot'],
    ['with accents', 'áéíóú', 'aeiou'],
  ])('letters that are %s', (_what, like, letters) => {
    const [one, other] = [Array.from(like), Array.from(letters)];
    const text = plain.join('\n').replace(/[a-z]/gu, (l) => one[other.indexOf(l)] ?? l);
    expect(folded(text)).toEqual(plain);
  });
  test('mathematical letters', () => {
    const bold = (letter: string) => String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97);
    expect(folded(plain.join('\n').replace(/[a-z]/gu, bold))).toEqual(plain);
  });
  test('plain text, Chinese, and an author with an accent are left', () => {
    expect(folded(plain.join('\n'))).toBeUndefined();
    expect(folded('# 路由权重，用较小的初始化\nx = 1\n'.repeat(5))).toBeUndefined();
    expect(folded(`x = 1\n# by José\n${plain.join('\n')}`)).toBeUndefined();
  });
});

describe('the text of a PDF', () => {
  const shown = (text: string) => trimmed(linesOf(readPdf(Buffer.from(text))));
  const literal = (text: string) => `(${text.replace(/[\\()]/gu, '\\$&')})`;
  const kept = code.filter((line) => line !== '');
  test.each([
    ['a literal a line', (line: string) => `${literal(line)} Tj T*`],
    [
      'kerned pieces',
      (line: string) => `[${(line.match(/.{1,3}/gu) ?? []).map(literal).join('-3')}] TJ 0 -11 Td`,
    ],
    ['digits', (line: string) => `<${Buffer.from(line).toString('hex')}> Tj T*`],
    [
      'codes of two bytes',
      (line: string) => `<${Buffer.from(line, 'utf16le').swap16().toString('hex')}> Tj T*`,
    ],
  ])('%s', (_what, put) => {
    expect(shown(`BT /F1 9 Tf\n${kept.map(put).join('\n')}\nET\n`)).toEqual(trimmed(kept));
  });
  test('words moved apart are two', () => {
    expect(shown('BT [(def)-300(f)] TJ ET')).toEqual(['def f']);
  });
  test('a program is none', () => {
    expect(shown(code.join('\n'))).toBeUndefined();
  });
});

test.each([
  ['pages', readPdf],
  ['rows', stripRows],
  ['literals', joinStrings],
  ['characters', foldCharacters],
])('%s of any bytes: no throw, no line that is not there', (_what, form) => {
  const piece = fc.constantFrom(
    'a1 ',
    '\n',
    '"',
    "'",
    '\\',
    ',',
    'x',
    '\u2060',
    'é',
    '\u0007',
    '&#65;',
    '7',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      const text = Buffer.from(pieces.join(''));
      const lines = text.toString('utf8').split('\n').length;
      for (const line of form(text)?.lines ?? []) expect(line).toBeLessThanOrEqual(lines);
    }),
  );
});
