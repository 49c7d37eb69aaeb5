import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlainForm } from './plain-form.ts';
import { readStrings } from './read-strings.ts';
import { stripMarkup } from './strip-markup.ts';
import { stripPrefixes } from './strip-prefixes.ts';
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
    expect(trimmed(linesOf(strip(page)))).toEqual(['if a < b && c:', 'x  = "\'A"']);
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
