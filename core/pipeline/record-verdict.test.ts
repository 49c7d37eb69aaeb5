import { describe, expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import type { Finding, Verdict } from '../model.ts';
import { eventOfFailure, eventsOfVerdict } from './record-verdict.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  kind: 'secret',
  rule: 'aws-access-key',
  label: 'internal',
  severity: 'block',
  path: 'src/a.py',
  line: 3,
  object: 'a'.repeat(40),
  fingerprint: 'c1:00',
  message: 'AKIA****XYZ would leave',
  action: 'Revoke it',
  ...changes,
});

const verdictOf = (changes: Partial<Verdict> = {}): Verdict => ({
  schema: 1,
  act: 'push',
  verdict: 'block',
  label: 'restricted',
  policies: [{ source: 'home', hash: 'sha256:11' }],
  findings: [],
  coverage: { objects: 3, bytes: 99, notChecked: [] },
  milliseconds: 12.4,
  ...changes,
});

describe('an act', () => {
  test('is one event: what, where, label, verdict, and findings without their words', () => {
    const findings = [finding(), finding({ path: 'b.py', severity: 'warn' })];
    const refs = [{ name: 'refs/heads/main', tip: 'b'.repeat(40) }];
    const events = eventsOfVerdict({
      verdict: verdictOf({ findings }),
      destination: 'github.com/acme/x',
      refs,
      circumstances: ['offline'],
    });
    expect(events).toEqual([
      {
        kind: 'push',
        path: 'src/a.py',
        to: 'github.com/acme/x',
        object: 'a'.repeat(40),
        refs,
        label: 'restricted',
        verdict: 'block',
        findings: [
          { kind: 'secret', rule: 'aws-access-key', severity: 'block', fingerprint: 'c1:00' },
          { kind: 'secret', rule: 'aws-access-key', severity: 'warn', fingerprint: 'c1:00' },
        ],
        circumstances: ['offline'],
        data: {
          objects: 3,
          bytes: 99,
          findings: 2,
          blocks: 1,
          allowed: 0,
          paths: 2,
          milliseconds: 12,
        },
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/AKIA|Revoke/);
  });

  test('it names the path of what stopped it, of the highest label', () => {
    const findings = [
      finding({ path: 'allowed', label: 'restricted', allowed: { by: 'marker', reason: 'x' } }),
      finding({ path: 'warned', label: 'restricted', severity: 'warn' }),
      finding({ path: 'low', label: 'internal' }),
      finding({ path: 'high', label: 'restricted', rule: 'marked', kind: 'label' }),
      finding({ path: 'high too', label: 'restricted' }),
    ];
    const labels = ['public', 'internal', 'restricted'];
    const [event] = eventsOfVerdict({
      verdict: verdictOf({ findings }),
      rank: (label) => labels.indexOf(label),
      circumstances: [],
    });
    expect(event?.path).toBe('high');
    expect(event?.findings?.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
      'block marked',
      'block aws-access-key',
      'block aws-access-key',
      'warn aws-access-key',
      'block aws-access-key',
    ]);
  });

  test('a deleted ref is named as one', () => {
    const [event] = eventsOfVerdict({
      verdict: verdictOf({ verdict: 'allow' }),
      refs: [{ name: 'refs/heads/old', tip: '0'.repeat(40) }],
      circumstances: [],
    });
    expect(event?.circumstances).toEqual(['deletes-refs']);
  });

  test('lists stay short, and the counts are whole', () => {
    const findings = Array.from({ length: 5000 }, (_, n) => finding({ path: `f${n}` }));
    const refs = Array.from({ length: 300 }, (_, n) => ({ name: `refs/heads/${n}`, tip: 'a' }));
    const [event] = eventsOfVerdict({
      verdict: verdictOf({ findings }),
      refs,
      circumstances: [],
    });
    expect(event?.findings).toHaveLength(100);
    expect(event?.refs).toHaveLength(100);
    expect(event?.data).toMatchObject({ findings: 5000, paths: 5000, refs: 300 });
  });
});

test('each thing let through is an event of its own, with the hash of its reason alone', () => {
  const allowed = { by: 'marker', reason: 'the sample of the manual' };
  const findings = [finding({ severity: 'warn', allowed }), finding({ path: 'b', allowed })];
  const events = eventsOfVerdict({
    verdict: verdictOf({ verdict: 'allow', findings }),
    circumstances: [],
  });
  expect(events.map(({ kind, path }) => [kind, path])).toEqual([
    ['push', 'src/a.py'],
    ['allow', 'src/a.py'],
    ['allow', 'b'],
  ]);
  expect(events[1]?.data).toMatchObject({ act: 'push', by: 'marker', line: 3 });
  expect(events[1]?.data?.['reason']).toMatch(/^[0-9a-f]{32}$/);
  expect(JSON.stringify(events)).not.toContain('manual');
});

test('a change of the policy is an event of its own, with what it loosens', () => {
  const loosened = [
    { rule: 'mode', detail: 'nothing is blocked any more (observe)' },
    { rule: 'allow', detail: 'secret x is let through: hunter2' },
  ];
  const policies = [
    { source: 'home' as const, hash: 'sha256:11' },
    { source: 'tip' as const, hash: 'sha256:22' },
  ];
  const [act, change] = eventsOfVerdict({
    verdict: verdictOf({ policies }),
    policyTouch: { how: 'changed', loosened },
    circumstances: [],
  });
  expect(act?.data?.['policies']).toBe('home=sha256:11 tip=sha256:22');
  expect(change).toMatchObject({
    kind: 'policy-change',
    path: '.cordon/policy.yaml',
    circumstances: ['changed', 'loosened'],
    data: {
      act: 'push',
      hash: 'sha256:22',
      loosened: 2,
      loosened1: 'mode: nothing is blocked any more (observe)',
    },
  });
  expect(JSON.stringify(change)).not.toContain('hunter2');
});

test.each([
  [new CordonError('interrupted'), 'interrupted', 'interrupted'],
  [new CordonError('policy.invalid'), 'policy-error', 'policy.invalid'],
  [new CordonError('time-up'), 'failed', 'time-up'],
  [new TypeError('of /home/ada/x'), 'internal-error', 'internal'],
])('an act without a verdict was stopped: %s', (error, word, code) => {
  const event = eventOfFailure('push', error, ['ci']);
  expect(event).toEqual({
    kind: 'push',
    verdict: 'block',
    circumstances: [word, 'ci'],
    data: { error: code },
  });
});
