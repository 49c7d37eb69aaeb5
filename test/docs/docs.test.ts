import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../core/policy/index.ts';
import { policyPage } from './policy-page.ts';

test('docs/policy.md is what the schema says (else: npm run docs)', () => {
  expect(readFileSync('docs/policy.md', 'utf8')).toBe(policyPage());
});

test('the policy of this repository is one', () => {
  const file = '.cordon/policy.yaml';
  expect(parsePolicy(readFileSync(file), file).mode).toBe('enforce');
});
