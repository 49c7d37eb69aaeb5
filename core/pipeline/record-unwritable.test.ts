import { expect, test } from 'vitest';
import { FOREIGN } from '../audit/record-error.ts';
import { CordonError } from '../error.ts';
import type { Verdict } from '../model.ts';
import { compilePolicy } from '../policy/compile-policy.ts';
import { parsePolicy } from '../policy/index.ts';
import { withoutRecord } from './record-unwritable.ts';

const policyOf = (text: string) =>
  compilePolicy(parsePolicy(Buffer.from(`version: 1\n${text}`), 'p.yaml'), 'home', 'sha256:0');

const verdictOf = (changes: Partial<Verdict> = {}): Verdict => ({
  schema: 1,
  act: 'push',
  verdict: 'allow',
  label: 'restricted',
  policies: [],
  findings: [],
  coverage: { objects: 1, bytes: 1, notChecked: [] },
  milliseconds: 1,
  ...changes,
});

const failure = (system: string) => new CordonError('record.unwritable', { path: '/x', system });

test.each([
  ['restricted', 'push', '', 'block'],
  ['restricted', 'commit', '', 'block'],
  ['restricted', 'scan', '', 'warn'],
  ['confidential', 'push', '', 'warn'],
  ['confidential', 'push', 'record: {require: internal}', 'block'],
  ['a label of another policy', 'push', '', 'block'],
  ['restricted', 'push', 'mode: observe', 'warn'],
] as const)('%s, %s, %s: %s', (label, act, policy, expected) => {
  const verdict = verdictOf({ label, act });
  expect(withoutRecord(verdict, [policyOf(policy)], failure('EACCES'))).toMatchObject({
    verdict: expected,
    findings: [{ rule: 'record-unwritable', severity: expected }],
  });
});

test("nobody is told to take another user's folder over", () => {
  const actionOf = (system: string) =>
    withoutRecord(verdictOf(), [policyOf('')], failure(system)).findings[0]?.action;
  expect(actionOf('EACCES')).toContain('folder of yours');
  expect(actionOf(FOREIGN)).toContain('as the user it belongs to');
  expect(actionOf(FOREIGN)).not.toContain('folder of yours');
});
