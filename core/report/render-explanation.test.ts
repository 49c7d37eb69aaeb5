import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderExplanation, renderExplanationJson } from './index.ts';
import type { Explanation } from './index.ts';
import { widthOf } from './layout.ts';

const destination = (
  changes: Partial<Explanation['destinations'][number]> = {},
): Explanation['destinations'][number] => ({
  name: 'origin',
  normal: 'git.lab.example/acme/models',
  clearance: 'restricted',
  listed: true,
  home: true,
  may: true,
  ...changes,
});
const explanation = (changes: Partial<Explanation> = {}): Explanation => ({
  path: 'src/model/attn.py',
  label: 'restricted',
  why: { kind: 'marking', glob: 'src/model/**', line: 12 },
  policy: { source: 'home', file: '.cordon/policy.yaml' },
  seen: [],
  destinations: [destination()],
  tracked: true,
  ...changes,
});
const linesOf = (changes: Partial<Explanation> = {}) =>
  renderExplanation(explanation(changes)).split('\n');
/** The line that names a thing, or undefined. */
const lineWith = (lines: readonly string[], part: string) =>
  lines.find((line) => line.includes(part));

test('the label stands in the first line, whatever the length of the path', () => {
  expect(linesOf()[0]).toBe('src/model/attn.py is restricted');
  expect(linesOf({ path: 'a/'.repeat(500) })[0]).toMatch(/^a\/.+a\/ is restricted$/);
});

test('a usual one is understood at a glance: seven lines, one thing a line', () => {
  const lines = linesOf({
    destinations: [
      destination(),
      destination({
        name: 'mirror',
        normal: 'github.com/acme/models',
        clearance: 'internal',
        home: false,
        may: false,
      }),
      destination({ name: 'usb', normal: '/media/usb', listed: false, home: false, may: false }),
    ],
    copying: 'block',
  });
  expect(lines).toHaveLength(7);
  expect(lineWith(lines, 'origin')).toMatch(/goes to .*home/);
  expect(lineWith(lines, 'mirror')).toMatch(/not to .*cleared for internal/);
  expect(lineWith(lines, 'usb')).toContain('not listed');
  expect(lineWith(lines, 'copying')).toContain('blocked');
});

describe('why', () => {
  test.each([
    [{ kind: 'marking', glob: 'a/*', line: 3 }, "'a/*' (.cordon/policy.yaml:3)"],
    [{ kind: 'marking', glob: 'a/*' }, "'a/*' (.cordon/policy.yaml)"],
    [{ kind: 'default' }, 'default label'],
    [{ kind: 'weights', rule: 'gguf' }, 'GGUF'],
    [{ kind: 'history', path: 'src/old.py' }, 'src/old.py'],
  ] as const)('%o', (why, said) => {
    expect(lineWith(linesOf({ why }), '  why')).toContain(said);
  });
});

test('what was seen is told, each thing once, and the rest counted', () => {
  const secret = { kind: 'secret', rule: 'aws-access-key', detail: 'AKIA****' };
  const lines = linesOf({
    seen: [
      secret,
      secret,
      { kind: 'uninspected', rule: 'encrypted' },
      { kind: 'uninspected', rule: 'constructor' },
      ...Array.from({ length: 9 }, (_, at) => ({ kind: 'opaque', rule: `r${at}` })),
    ],
  });
  expect(lines.filter((line) => line.includes('AKIA****'))).toHaveLength(1);
  expect(lineWith(lines, 'AWS access key')).toContain('leaves for nowhere');
  expect(lineWith(lines, 'it is encrypted')).toBeDefined();
  expect(lineWith(lines, '4 more')).toBeDefined();
});

test('where it may go nowhere, that is said', () => {
  expect(lineWith(linesOf({ destinations: [] }), 'goes to')).toContain('nowhere');
  const lines = linesOf({ destinations: [destination({ may: false, because: 'holds a secret' })] });
  expect(lineWith(lines, 'goes to')).toContain('none');
  expect(lineWith(lines, 'origin')).toContain('holds a secret');
  expect(lineWith(linesOf({ tracked: false }), 'not tracked')).toBeDefined();
});

test('JSON holds all of it in one order, and nothing that is not known', () => {
  const json = renderExplanationJson(explanation());
  expect(Object.keys(JSON.parse(json) as object)).toEqual([
    'schema',
    'path',
    'label',
    'why',
    'policy',
    'seen',
    'destinations',
    'tracked',
  ]);
  expect(JSON.parse(json)).toEqual({ schema: 1, ...explanation() });
  expect(json).toMatch(/[^\n]\n$/);
});

test('nothing in it moves a cursor or leaves its line, whatever the names hold', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\u001b', '[2J', '\r', '\n', '\u202e', '\u200b', ' ', '/', '中', '…'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 100,
  });
  fc.assert(
    fc.property(
      fc.array(hostile, { minLength: 10, maxLength: 10 }),
      fc.integer({ min: 40, max: 120 }),
      fc.boolean(),
      (names, columns, may) => {
        const [path = '', glob = '', file = '', kind = '', rule = '', detail = ''] = names;
        const [, , , , , , name = '', normal = '', because = '', label = ''] = names;
        for (const style of ['terminal', 'remote'] as const) {
          const text = renderExplanation(
            explanation({
              path,
              label,
              why: { kind: 'marking', glob },
              policy: { source: 'tip', file },
              seen: [
                { kind, rule, detail },
                { kind: 'secret', rule, detail },
              ],
              destinations: [destination({ name, normal, because, may })],
            }),
            { columns, style },
          );
          for (const line of text.split('\n')) {
            expect(widthOf(line)).toBeLessThanOrEqual(
              Math.min(columns, style === 'remote' ? 72 : 80),
            );
            expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
            expect(style === 'terminal' || /^[ -~]*$/.test(line)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
