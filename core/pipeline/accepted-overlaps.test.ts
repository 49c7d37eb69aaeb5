import { expect, test } from 'vitest';
import { parsePolicy } from '../policy/index.ts';
import { acceptedIn, acceptsOverlap } from './accepted-overlaps.ts';

const overlap = { path: 'src/model/a.py', fingerprint: 'c1:1' };
const policyWith = (...lines: string[]) => ({
  policy: parsePolicy(Buffer.from(['version: 1', 'allow:', ...lines, ''].join('\n')), 'policy'),
});
const accepts = (...lines: string[]) => acceptsOverlap(acceptedIn([policyWith(...lines)]))(overlap);

test('a stretch is public where a line of the rule says so, by path, by fingerprint or by both', () => {
  expect(accepts(`  - {kind: copy, rule: installed, paths: ['src/**'], reason: r}`)).toBe(true);
  expect(accepts(`  - {kind: copy, rule: installed, fingerprint: 'c1:1', reason: r}`)).toBe(true);
  expect(
    accepts(
      `  - {kind: copy, rule: installed, paths: ['docs/**'], fingerprint: 'c1:1', reason: r}`,
    ),
  ).toBe(false);
});

test('no other line makes classified code public', () => {
  for (const line of [
    `  - {kind: copy, paths: ['src/**'], reason: r}`,
    `  - {kind: copy, fingerprint: 'c1:1', reason: r}`,
    `  - {kind: copy, rule: installed, reason: r}`,
    `  - {kind: weights, rule: installed, paths: ['src/**'], reason: r}`,
    `  - {kind: copy, rule: installed, paths: ['src/b.py'], reason: r}`,
  ]) {
    expect(accepts(line), line).toBe(false);
  }
});
