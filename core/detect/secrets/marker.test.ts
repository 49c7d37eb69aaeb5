import { expect, test } from 'vitest';
import { findMarker } from './marker.ts';

function markerIn(text: string, rule = 'github-token'): string | undefined {
  const start = text.indexOf('VALUE');
  return findMarker(Buffer.from(text), start, start + 5, rule);
}

test.each([
  ['same line', 'x = "VALUE"  # cordon:allow github-token rotated in May', 'rotated in May'],
  [
    'line above',
    '// cordon:allow github-token sample of the docs\nx = "VALUE"',
    'sample of the docs',
  ],
  ['CRLF', '# cordon:allow github-token why not\r\nx = VALUE\r\n', 'why not'],
  ['closed comment', '/* cordon:allow github-token old key */ VALUE', 'old key */ VALUE'],
  ['html', 'VALUE <!-- cordon:allow github-token old key -->', 'old key'],
  ['foreign', 'VALUE # gitleaks:allow', 'foreign marker gitleaks:allow'],
  ['foreign pragma', 'VALUE # pragma: allowlist secret', 'foreign marker pragma: allowlist secret'],
])('%s', (_, text, reason) => {
  expect(markerIn(text)).toBe(reason);
});

test.each([
  ['no reason', 'VALUE # cordon:allow github-token'],
  ['a reason of signs', 'VALUE # cordon:allow github-token --- !!'],
  ['another rule', 'VALUE # cordon:allow npm-token because'],
  ['a longer rule name', 'VALUE # cordon:allow github-token-x because'],
  ['two lines above', '# cordon:allow github-token because\n\nVALUE'],
  ['the line below', 'VALUE\n# cordon:allow github-token because'],
  ['too far on one line', `# cordon:allow github-token because${' '.repeat(2000)}VALUE`],
])('does not count: %s', (_, text) => {
  expect(markerIn(text)).toBeUndefined();
});

test('a reason carries no credential along', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  expect(markerIn(`VALUE # cordon:allow github-token see ${token} there`)).toBe('see … there');
});
