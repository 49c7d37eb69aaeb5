import { gzipSync } from 'node:zlib';
import { dedent, indentOf } from '../lines.ts';
import { zipOf } from '../stored-zip.ts';
import type { Disguise, Transform } from './transform.ts';

type Change = NonNullable<Transform['change']>;
type Wrap = NonNullable<Transform['wrap']>;

/** The copy alone is encoded, and stands as data in the file. */
const inside = (name: string, change: Change, languages?: readonly string[]): Transform => ({
  name,
  group: 'container',
  change,
  asIs: true,
  ...(languages === undefined ? {} : { languages }),
});

/** The whole file is encoded. */
const around = (name: string, wrap: Wrap): Transform => ({ name, group: 'container', wrap });

const prefixed =
  (prefix: (line: number) => string): Change =>
  (lines) =>
    lines.map((line, i) => prefix(i) + line);

const fileLines =
  (change: (line: string, i: number) => string): Wrap =>
  (file) =>
    Buffer.from(file.split('\n').map(change).join('\n'));

const textOf = (lines: readonly string[]): string => dedent(lines).join('\n');

const assign = (value: string, { language }: Disguise): string =>
  language.id === 'yaml' ? `payload: "${value}"` : `payload = "${value}"`;

const encoded =
  (encode: (text: string) => string): Change =>
  (lines, disguise) => [assign(encode(textOf(lines)), disguise)];

const base64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64');

const wrapAt = (text: string, width: number): string[] =>
  text.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [];

const entities = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const inHtml: Change = (lines) => [
  '<pre><code>',
  ...entities(lines.join('\n')).split('\n'),
  '</code></pre>',
];

/** A docstring, or the block comment of the language. */
const inDocstring: Change = (lines, { language }) => {
  if (language.tripleQuotes) return ['"""', ...lines, '"""'];
  if (language.blockComments) return ['/*', ...lines.map((line) => ` * ${line}`), ' */'];
  return undefined;
};

const notebook: Wrap = (file) =>
  Buffer.from(
    JSON.stringify(
      {
        cells: [
          {
            cell_type: 'code',
            metadata: {},
            outputs: [],
            source: file.split('\n').map((line) => `${line}\n`),
          },
        ],
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5,
      },
      undefined,
      1,
    ),
  );

const mail: Wrap = (file) =>
  Buffer.from(
    [
      'MIME-Version: 1.0',
      'Content-Type: application/octet-stream',
      'Content-Transfer-Encoding: base64',
      '',
      ...wrapAt(base64(file), 76),
      '',
    ].join('\r\n'),
  );

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const stamp = (i: number): string =>
  `2026-03-01 12:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')},${100 + (i % 900)} INFO worker-3 `;

const HEADING = ['Notes of the review', '', 'What we talked about last week:', ''];

export const containerTransforms: readonly Transform[] = [
  inside('in a docstring or block comment', inDocstring),
  inside('commented out', (lines, { language }) =>
    lines.map((line) => {
      const depth = indentOf(line);
      return `${line.slice(0, depth)}${language.lineComment} ${line.slice(depth)}`;
    }),
  ),
  inside('markdown fence', (lines, { language }) => [
    ...HEADING,
    `\`\`\`${language.id}`,
    ...dedent(lines),
    '```',
  ]),
  inside('HTML entities', inHtml),
  inside('log with timestamps', prefixed(stamp)),
  inside('JSON string', (lines) => [`  "source": ${JSON.stringify(textOf(lines))},`]),
  inside('string literal with escapes', (lines, { random }) => {
    const literal = JSON.stringify(textOf(lines)).slice(1, -1);
    return random.chance(0.5)
      ? [`code = "${literal}"`]
      : literal.split('\\n').map((part) => `    "${part}\\n" +`);
  }),
  inside('base64 in one line', encoded(base64)),
  inside('base64 wrapped at 76', (lines) => wrapAt(base64(textOf(lines)), 76)),
  inside(
    'gzip in base64',
    encoded((text) => base64(gzipSync(text))),
  ),
  inside(
    'hex',
    encoded((text) => Buffer.from(text).toString('hex')),
  ),
  around('patch, added lines', (file) =>
    Buffer.from(
      [
        'diff --git a/util b/util',
        '--- a/util',
        '+++ b/util',
        `@@ -0,0 +1,${file.split('\n').length} @@`,
        ...file.split('\n').map((line) => `+${line}`),
      ].join('\n'),
    ),
  ),
  around(
    'quoted by >',
    fileLines((line) => `> ${line}`),
  ),
  around(
    'numbered lines',
    fileLines((line, i) => `${String(i + 1).padStart(5)}  ${line}`),
  ),
  around(
    'CRLF',
    fileLines((line) => `${line}\r`),
  ),
  around('notebook cell', notebook),
  around('JSON document', (file) => Buffer.from(JSON.stringify({ path: 'util', content: file }))),
  around('UTF-16 LE with BOM', (file) => Buffer.from(`\uFEFF${file}`, 'utf16le')),
  around('UTF-16 LE without BOM', (file) => Buffer.from(file, 'utf16le')),
  around('UTF-16 BE with BOM', (file) => utf16be(`\uFEFF${file}`)),
  around('UTF-16 BE without BOM', (file) => utf16be(file)),
  around('gzip', (file) => gzipSync(file)),
  around('zip member', (file) => zipOf('src/util', Buffer.from(file))),
  around('mail, base64', mail),
];
