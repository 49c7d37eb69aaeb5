import { describe, expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import {
  clearedForInternal,
  executableFact,
  judged,
  oid,
  pathName,
  policyOf,
  secretFact,
  subjectOf,
  uninspectedFact,
  weightsFact,
} from '../judge/judging.fixture.ts';
import { exitCodeOf, exitCodeOfError, renderJson, renderSarif, useColor } from './index.ts';

const to = clearedForInternal;
const mixed = judged({
  destination: to,
  policies: [policyOf(), policyOf({}, 'tip')],
  subjects: [
    subjectOf('a b/ü.py', { facts: [secretFact()] }),
    subjectOf('w.bin', {
      object: oid('b'),
      facts: [weightsFact({ at: { layer: '', offset: 8 } })],
    }),
    subjectOf('docs/x', {
      object: oid('d'),
      facts: [uninspectedFact({ at: { layer: 'a.zip', offset: 3 } })],
    }),
    subjectOf(undefined, {
      type: 'commit',
      object: oid('e'),
      facts: [executableFact({ grade: 'unknown' })],
    }),
  ],
  milliseconds: 12.6,
});

describe('JSON', () => {
  const json = JSON.parse(renderJson(mixed)) as Record<string, unknown> & {
    findings: Record<string, unknown>[];
  };
  test('has the fields of the contract, in its order', () => {
    expect(Object.keys(json)).toEqual([
      'schema',
      'act',
      'verdict',
      'label',
      'destination',
      'policies',
      'findings',
      'coverage',
      'milliseconds',
    ]);
    expect(json).toMatchObject({
      schema: 1,
      act: 'push',
      verdict: 'block',
      destination: { url: to.url, clearance: 'internal', home: false },
      policies: [{ source: 'home' }, { source: 'tip' }],
      milliseconds: 13,
    });
  });
  test('a finding has what is known of it and nothing else', () => {
    expect(json.findings.find((one) => one['kind'] === 'secret')).toEqual({
      kind: 'secret',
      rule: 'huggingface-token',
      label: 'internal',
      severity: 'block',
      path: 'a b/ü.py',
      line: 41,
      column: 9,
      object: oid('a'),
      commit: oid('c'),
      ref: 'refs/heads/main',
      fingerprint: secretFact().fingerprint,
      message: expect.any(String) as string,
      action: expect.any(String) as string,
    });
  });
  test('ends in one newline', () => {
    expect(renderJson(mixed)).toMatch(/[^\n]\n$/);
  });
});

describe('SARIF', () => {
  interface Sarif {
    version: string;
    runs: {
      tool: { driver: { rules: { id: string }[] } };
      invocations: { exitCode: number; executionSuccessful: boolean }[];
      results: Record<string, unknown>[];
    }[];
  }
  const sarif = (verdict = mixed) =>
    JSON.parse(renderSarif(verdict, { version: '0.1.0' })) as Sarif;
  const [run] = sarif().runs;
  test('names rules, places and stable fingerprints', () => {
    expect(sarif().version).toBe('2.1.0');
    const secret = run?.results.find((one) => one['ruleId'] === 'secret/huggingface-token');
    expect(secret).toMatchObject({
      level: 'error',
      partialFingerprints: { 'cordon/v1': secretFact().fingerprint },
      suppressions: [],
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a%20b/%C3%BC.py' },
            region: { startLine: 41, startColumn: 9 },
          },
        },
      ],
    });
    for (const result of run?.results ?? []) {
      expect(run?.tool.driver.rules[Number(result['ruleIndex'])]?.id).toBe(result['ruleId']);
    }
  });
  test("an offset is the file's only outside a container", () => {
    const regions = JSON.stringify(run?.results);
    expect(regions).toContain('"byteOffset":8');
    expect(regions).not.toContain('"byteOffset":3');
    expect(regions).toContain('docs/x!a.zip');
  });
  test('a gap is no successful run', () => {
    expect(run?.invocations).toMatchObject([{ exitCode: 1, executionSuccessful: false }]);
  });
  test('what was let through is suppressed, with its reason', () => {
    const facts = [secretFact({ marker: { reason: 'sample' } })];
    const [allowed] =
      sarif(judged({ subjects: [subjectOf('a', { facts })] })).runs[0]?.results ?? [];
    expect(allowed).toMatchObject({
      level: 'note',
      suppressions: [{ kind: 'inSource', status: 'accepted', justification: 'sample' }],
    });
  });
  test('a path is never read as a scheme or a host', () => {
    const uri = (path: string) =>
      JSON.stringify(
        sarif(
          judged({
            subjects: [
              subjectOf(undefined, { places: [{ path: pathName(path) }], facts: [secretFact()] }),
            ],
          }),
        ).runs[0]?.results[0]?.['locations'],
      );
    expect(uri('javascript:x')).toContain('"javascript%3Ax"');
    expect(uri('//evil/x')).toContain('".//evil/x"');
  });
});

describe('exit codes', () => {
  const of = (
    act: 'push' | 'scan' | 'commit' | 'receive',
    ...subjects: ReturnType<typeof subjectOf>[]
  ) => exitCodeOf(judged({ act, subjects }));
  const secret = subjectOf('a', { facts: [secretFact()] });
  const gap = subjectOf('b', { object: oid('b'), facts: [uninspectedFact()] });
  test.each([
    ['clean', of('push'), 0],
    ['a warning', of('push', subjectOf('a', { facts: [executableFact({ grade: 'unknown' })] })), 0],
    ['a block', of('push', secret), 1],
    ['a block and a gap', of('receive', secret, gap), 1],
    ['a gap that blocks', of('push', gap), 4],
    ['a gap at commit, which warns', of('commit', gap), 0],
    ['a gap at rest', of('scan', gap), 4],
    ['a secret at rest', of('scan', secret), 1],
  ])('%s', (_, code, expected) => {
    expect(code).toBe(expected);
  });
  test('a gap that a policy lets through is none', () => {
    const policies = [
      policyOf({ allow: [{ kind: 'uninspected', paths: ['b'], reason: 'known archive' }] }),
    ];
    expect(exitCodeOf(judged({ act: 'scan', subjects: [gap], policies }))).toBe(0);
    expect(exitCodeOf(judged({ subjects: [gap], policies }))).toBe(0);
  });
  test('payload that was not searched is no gap', () => {
    const coverage = {
      objects: 1,
      bytes: 1,
      notChecked: [{ what: 'x', rule: 'payload' as const }],
    };
    expect(exitCodeOf(judged({ act: 'scan', coverage }))).toBe(0);
  });
  test.each([
    ['usage', 2],
    ['policy.invalid', 2],
    ['git.object-missing', 4],
    ['install.self-test-failed', 1],
    ['io.disk-full', 3],
    ['interrupted', 130],
  ] as const)('%s: %d', (code, expected) => {
    expect(exitCodeOfError(new CordonError(code))).toBe(expected);
  });
  test('what is not ours is internal', () => {
    expect(exitCodeOfError(new TypeError('x'))).toBe(3);
    expect(exitCodeOfError(undefined)).toBe(3);
  });
});

test.each([
  [{ flag: 'always', env: { NO_COLOR: '1' }, isTTY: false }, true],
  [{ flag: 'never', env: { FORCE_COLOR: '1' }, isTTY: true }, false],
  [{ env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTTY: true }, false],
  [{ env: { NO_COLOR: '', FORCE_COLOR: '1', TERM: 'dumb' }, isTTY: false }, true],
  [{ env: { CLICOLOR_FORCE: '1' }, isTTY: false }, true],
  [{ env: { FORCE_COLOR: '0' }, isTTY: true }, false],
  [{ env: { TERM: 'dumb' }, isTTY: true }, false],
  [{ flag: 'auto', env: { TERM: 'xterm' }, isTTY: true }, true],
  [{ env: {}, isTTY: false }, false],
])('colour with %o: %s', (input, expected) => {
  expect(useColor(input)).toBe(expected);
});
