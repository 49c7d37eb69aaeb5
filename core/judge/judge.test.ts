import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fact, PolicySource } from '../model.ts';
import type { AllowLine, Policy } from '../policy/policy.ts';
import {
  clearedForInternal,
  executableFact,
  homeRemote,
  judged,
  notListed,
  oid,
  pathName,
  policyOf,
  secretFact,
  subjectOf,
  uninspectedFact,
  weightsFact,
} from './judging.fixture.ts';
import type { Subject } from './judge.ts';

const to = clearedForInternal;
const reason = 'decided in review';
const allowing = (line: Omit<AllowLine, 'reason'>, source: PolicySource = 'home') =>
  policyOf({ allow: [{ ...line, reason }] }, source);

describe('who may let a secret through', () => {
  const subjects = [subjectOf('src/a.py', { facts: [secretFact()] })];
  const line = { kind: 'secret', fingerprint: secretFact().fingerprint } as const;

  test.each(['organisation', 'home', 'file'] as const)('%s, to anywhere', (source) => {
    for (const destination of [homeRemote, to]) {
      const verdict = judged({ destination, subjects, policies: [allowing(line, source)] });
      expect(verdict.verdict).toBe('allow');
      expect(verdict.findings).toMatchObject([{ kind: 'secret', allowed: { by: source, reason } }]);
    }
  });
  test('the pushed tip, to home, before every policy', () => {
    const policies = [policyOf({}, 'organisation'), policyOf(), allowing(line, 'tip')];
    expect(judged({ subjects, policies })).toMatchObject({
      verdict: 'allow',
      findings: [{ allowed: { by: 'tip' } }],
    });
    expect(judged({ subjects, policies: [allowing(line, 'tip')] }).verdict).toBe('allow');
  });
  test.each(['push', 'receive', 'review'] as const)('not the tip on %s elsewhere', (act) => {
    const way = { act, destination: act === 'push' ? to : homeRemote, subjects };
    expect(judged({ ...way, policies: [allowing(line, 'tip')] }).verdict).toBe('block');
    expect(judged({ ...way, policies: [policyOf(), allowing(line, 'tip')] }).verdict).toBe('block');
  });
  test('one policy alone does not let through what another blocks', () => {
    const policies = [allowing(line), policyOf({}, 'organisation')];
    expect(judged({ destination: to, subjects, policies }).verdict).toBe('block');
  });
  test('a marker without a reason is none', () => {
    const facts = [secretFact({ marker: { reason: '  ' } })];
    expect(judged({ subjects: [subjectOf('a', { facts })] }).verdict).toBe('block');
  });
  test('a marker at one place does not cover the same value at another', () => {
    const facts = [
      secretFact({ marker: { reason: 'sample' } }),
      secretFact({ at: { layer: '', line: 99 } }),
    ];
    const verdict = judged({ subjects: [subjectOf('a', { facts })] });
    expect(verdict.findings).toMatchObject([{ severity: 'block', line: 99 }]);
  });
});

describe('allow lines', () => {
  const weights = (path: string, payloadBytes: number, object = 'a') =>
    subjectOf(path, { object: oid(object), facts: [weightsFact({ payloadBytes })] });
  const fixtures = { kind: 'weights', paths: ['test/fixtures/**'], maxBytes: 1_000_000 } as const;

  test('hold for the paths they name', () => {
    const policies = [allowing(fixtures)];
    const at = (path: string) =>
      judged({ destination: to, policies, subjects: [weights(path, 900_000)] }).verdict;
    expect(at('test/fixtures/a.bin')).toBe('allow');
    expect(at('src/a.bin')).toBe('block');
  });
  test('hold at each place for itself', () => {
    const subject = subjectOf(undefined, {
      places: [{ path: pathName('test/fixtures/a') }, { path: pathName('src/a') }],
      facts: [weightsFact({ payloadBytes: 900_000 })],
    });
    const verdict = judged({
      destination: to,
      policies: [allowing(fixtures)],
      subjects: [subject],
    });
    expect(verdict.findings).toMatchObject([
      { path: 'src/a', severity: 'block' },
      { path: 'test/fixtures/a', allowed: { by: 'home' } },
    ]);
  });
  test('maxBytes only narrows', () => {
    const policies = [allowing(fixtures)];
    const subjects = [weights('test/fixtures/a.bin', 1_000_001)];
    expect(judged({ destination: to, policies, subjects }).verdict).toBe('block');
  });
  test('a model cut into parts under maxBytes does not pass in one push', () => {
    const subjects = Array.from({ length: 8 }, (_, at) =>
      weights(`test/fixtures/${at}.bin`, 900_000, String(at + 1)),
    );
    const policies = [allowing(fixtures)];
    const verdict = judged({ destination: to, policies, subjects });
    expect(verdict.findings.filter((one) => one.severity === 'block')).toHaveLength(8);
    expect(judged({ destination: to, policies, subjects: subjects.slice(0, 1) }).verdict).toBe(
      'allow',
    );
    // At rest, all versions of a fixture lie side by side: there each counts for itself.
    expect(judged({ act: 'scan', destination: undefined, policies, subjects }).verdict).toBe(
      'allow',
    );
  });
  test('a spent line does not hand its load on to another', () => {
    const line = (glob: string) => ({ ...fixtures, paths: [glob], reason });
    const policies = [policyOf({ allow: [line('test/**'), line('test/fixtures/**')] })];
    const subjects = ['1', '2', '3'].map((digit) =>
      weights(`test/fixtures/${digit}.bin`, 900_000, digit),
    );
    const verdict = judged({ destination: to, policies, subjects });
    expect(verdict.findings.filter((one) => one.severity === 'block')).toHaveLength(3);
  });
  test('a size that is not known meets no maxBytes', () => {
    const line = { kind: 'uninspected', paths: ['**'], maxBytes: 100 } as const;
    const one = (bytes?: number) =>
      judged({
        policies: [allowing(line)],
        subjects: [
          subjectOf('a.zip', {
            facts: [uninspectedFact()],
            ...(bytes === undefined ? {} : { bytes }),
          }),
        ],
      }).verdict;
    expect(one()).toBe('block');
    expect(one(101)).toBe('block');
    expect(one(100)).toBe('allow');
  });
  test('every condition must hold', () => {
    const found = judged({ destination: to, subjects: [weights('a', 1e6)] }).findings[0];
    const fingerprint = found?.fingerprint ?? '';
    const verdict = (line: Omit<AllowLine, 'reason'>) =>
      judged({ destination: to, policies: [allowing(line)], subjects: [weights('a', 1e6)] })
        .verdict;
    expect(verdict({ kind: 'weights', fingerprint })).toBe('allow');
    expect(verdict({ kind: 'weights', rule: 'safetensors' })).toBe('allow');
    expect(verdict({ kind: 'weights', rule: 'gguf', fingerprint })).toBe('block');
    expect(verdict({ kind: 'weights', paths: ['b'], fingerprint })).toBe('block');
    expect(verdict({ kind: 'label', fingerprint })).toBe('block');
    expect(verdict({ kind: 'weights' })).toBe('block');
  });
  test('a line without a reason lets nothing through', () => {
    const policies = [policyOf({ allow: [{ kind: 'weights', paths: ['**'], reason: ' ' }] })];
    expect(judged({ destination: to, policies, subjects: [weights('a', 1e6)] }).verdict).toBe(
      'block',
    );
  });
  test.each([
    ['label', 'src/model/a.py', []],
    ['executable-model', 'a', [executableFact()]],
    ['uninspected', 'a', [uninspectedFact()]],
  ] as const)('of kind %s come from policies 1 and 2 alone', (kind, path, facts) => {
    const subjects = [subjectOf(path, { facts: facts as readonly Fact[] })];
    const line = { kind, paths: [path] } as const;
    const verdict = (...policies: ReturnType<typeof policyOf>[]) =>
      judged({ destination: to, policies, subjects }).verdict;
    expect(verdict(allowing(line))).toBe('allow');
    expect(verdict(allowing(line, 'organisation'))).toBe('allow');
    expect(verdict(allowing(line, 'tip'))).toBe('block');
    expect(verdict(policyOf(), allowing(line, 'tip'))).toBe('block');
    // Two refs of one push, each with a policy of its own, do not vouch for each other.
    expect(verdict(allowing(line, 'tip'), allowing(line, 'tip'))).toBe('block');
    // A push that changes something else keeps home's lines, which the tip carries too.
    expect(verdict(allowing(line), allowing(line, 'tip'))).toBe('allow');
  });
});

describe('what the destination has is told, never blocked', () => {
  test.each([
    ['secret', [secretFact()]],
    ['weights', [weightsFact()]],
    ['executable-model', [executableFact()]],
    ['uninspected', [uninspectedFact()]],
  ] as const)('%s', (kind, facts) => {
    const subjects = [
      subjectOf('docs/a', { facts: facts as readonly Fact[], atDestination: true }),
    ];
    const verdict = judged({ destination: to, subjects });
    expect(verdict).toMatchObject({ verdict: 'warn', findings: [{ kind, severity: 'warn' }] });
  });
  test('a label', () => {
    const subjects = [subjectOf('src/model/a.py', { atDestination: true })];
    expect(judged({ destination: to, subjects }).verdict).toBe('warn');
  });
  test('a known value in a new version of its file, and an unknown one beside it', () => {
    const other = 'c1:ffff';
    const facts = [secretFact(), secretFact({ fingerprint: other })];
    const subjects = [
      subjectOf('docs/a', { facts, knownSecrets: new Set([secretFact().fingerprint]) }),
    ];
    expect(judged({ destination: to, subjects }).findings).toMatchObject([
      { severity: 'block', fingerprint: other },
      { severity: 'warn', fingerprint: secretFact().fingerprint },
    ]);
  });
});

describe('weights add up', () => {
  const small = (count: number, atDestination = false) =>
    Array.from({ length: count }, (_, at) =>
      subjectOf(`data/${at}.npy`, {
        object: `${at}`.padStart(40, '0') as Subject['object'] & string,
        facts: [weightsFact({ rule: 'npy', payloadBytes: 1000 })],
        atDestination,
      }),
    );
  test('below the limit they warn, above it each blocks', () => {
    expect(judged({ destination: to, subjects: small(65) }).verdict).toBe('warn');
    const many = judged({ destination: to, subjects: small(66) });
    expect(many.findings.filter((one) => one.severity === 'block')).toHaveLength(66);
    expect(many.findings[0]?.label).toBe('restricted');
  });
  test('what the destination has does not count', () => {
    const subjects = [...small(1), ...small(80, true).slice(1)];
    expect(judged({ destination: to, subjects }).verdict).toBe('warn');
  });
  test('many arrays in one container count together', () => {
    const facts = Array.from({ length: 66 }, (_, at) =>
      weightsFact({ rule: 'npy', payloadBytes: 1000, at: { layer: `${at}.npy` } }),
    );
    const verdict = judged({ destination: to, subjects: [subjectOf('a.npz', { facts })] });
    expect(verdict.findings).toMatchObject([{ kind: 'weights', severity: 'block', rule: 'npy' }]);
  });
  test('of two formats in one subject each is a finding', () => {
    const facts = [weightsFact(), weightsFact({ rule: 'gguf' })];
    const verdict = judged({ destination: to, subjects: [subjectOf('a', { facts })] });
    expect(verdict.findings.map((one) => one.rule)).toEqual(['gguf', 'safetensors']);
  });
});

describe('labels', () => {
  const label = (subject: Subject, changes: Partial<Policy> = {}) =>
    judged({ destination: notListed, policies: [policyOf(changes)], subjects: [subject] }).findings;

  test('marked content keeps its label under an unmarked and under a lower name', () => {
    for (const path of ['src/x.py', 'docs/x.md']) {
      const [found] = label(subjectOf(path, { elsewhere: [pathName('src/model/a.py')] }));
      expect(found).toMatchObject({ rule: 'moved', label: 'restricted', path });
    }
  });
  test('two places in one push share the higher marking', () => {
    const places = ['src/model/a.py', 'docs/a.md'].map((path) => ({ path: pathName(path) }));
    expect(label(subjectOf(undefined, { places }))).toMatchObject([
      { path: 'docs/a.md', rule: 'moved', label: 'restricted' },
      { path: 'src/model/a.py', rule: 'marked', label: 'restricted' },
    ]);
  });
  test('a marking lowers the default for its own path only', () => {
    expect(label(subjectOf('docs/a.md'))).toEqual([]);
    expect(label(subjectOf('docs/a.md', { elsewhere: [pathName('src/a.md')] }))).toEqual([]);
    expect(label(subjectOf('src/a.md', { elsewhere: [pathName('docs/a.md')] }))).toMatchObject([
      { rule: 'unmarked', label: 'internal' },
    ]);
  });
  test('an empty file is the same object everywhere, and carries nothing along', () => {
    const object = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' as ReturnType<typeof oid>;
    const elsewhere = [pathName('src/model/__init__.py')];
    expect(label(subjectOf('docs/__init__.py', { object, elsewhere }))).toEqual([]);
    expect(label(subjectOf('src/model/__init__.py', { object }))).toHaveLength(1);
  });
  test('content without a name is unmarked', () => {
    expect(label(subjectOf(undefined))).toMatchObject([{ rule: 'unmarked', label: 'internal' }]);
  });
  test('commits, tags, trees and names carry none', () => {
    for (const type of ['commit', 'tag', 'tree', 'name'] as const) {
      expect(label(subjectOf('src/model/a.py', { type }))).toEqual([]);
    }
  });
  test('a label the policy does not name goes nowhere', () => {
    const markings = [{ paths: ['**'], label: 'secret-ish' }];
    const verdict = judged({ policies: [policyOf({ markings })], subjects: [subjectOf('a')] });
    expect(verdict.verdict).toBe('block');
  });
  test('home may always receive the policy that lists it', () => {
    const unlisted = { ...notListed, home: true };
    const file = subjectOf('.cordon/policy.yaml');
    for (const act of ['push', 'receive'] as const) {
      expect(judged({ act, destination: unlisted, subjects: [file] }).verdict).toBe('allow');
    }
    expect(judged({ destination: notListed, subjects: [file] }).verdict).toBe('block');
    const marked = subjectOf('.cordon/policy.yaml', { elsewhere: [pathName('src/model/a.py')] });
    expect(judged({ destination: unlisted, subjects: [marked] }).verdict).toBe('block');
  });
});

describe('a secret in a name is withheld wherever the name is told', () => {
  const value = `hf_${'aB3dE5fG7h'.repeat(3)}Qx9Z`;
  const path = `keys/${value}/model.py`;
  const inName = subjectOf(path, {
    type: 'name',
    object: oid('b'),
    facts: [secretFact({ at: { layer: '', offset: 5 }, redacted: 'hf_…x9Z' })],
  });
  test.each([
    ['aligned', inName],
    ['encoded', { ...inName, facts: [secretFact({ at: { layer: 'base64', offset: 0 } })] }],
    ['without offset', { ...inName, facts: [secretFact({ at: { layer: '' } })] }],
    ['of a short secret', { ...inName, facts: [secretFact({ redacted: '<huggingface-token>' })] }],
  ])('%s', (_, name) => {
    const blob = subjectOf(path, {
      places: [{ path: { ...pathName(path), bytes: Buffer.from(path).toString('base64') } }],
      facts: [weightsFact(), uninspectedFact(), secretFact({ fingerprint: 'c1:2' })],
    });
    const sibling = subjectOf(`keys/${value}/other.py`, { elsewhere: [pathName(path)] });
    const verdict = judged({ destination: notListed, subjects: [blob, sibling, name] });
    const told = JSON.stringify(verdict);
    expect(verdict.verdict).toBe('block');
    expect(told).not.toContain(value);
    expect(told).not.toContain(Buffer.from(value).toString('base64').slice(4, 40));
    expect(told).not.toContain(Buffer.from(path).toString('base64'));
  });
});

test('ten thousand names that hold secrets are withheld all the same', () => {
  const value = (at: number) => `hf_${String(at).padStart(34, 'x')}`;
  const subjects = Array.from({ length: 10_000 }, (_, at) =>
    subjectOf(`k/${value(at)}`, {
      type: 'name',
      object: `${at}`.padStart(40, '0') as ReturnType<typeof oid>,
      facts: [
        secretFact({ fingerprint: `c1:${at}`, at: { layer: '', offset: 2 }, redacted: 'hf_…' }),
      ],
    }),
  );
  const moved = subjectOf('x.py', { elsewhere: [pathName(`src/model/${value(7)}`)] });
  const verdict = judged({ destination: notListed, subjects: [moved, ...subjects] });
  expect(verdict.findings.length).toBeGreaterThan(5000);
  expect(JSON.stringify(verdict)).not.toContain('xxxxxxxx');
});

describe('what is found', () => {
  const everything = () => [
    subjectOf('b.py', { object: oid('1'), facts: [secretFact()] }),
    subjectOf('a.py', { object: oid('2'), facts: [secretFact({ fingerprint: 'c1:2' })] }),
    subjectOf('src/model/a.py', { object: oid('3'), facts: [executableFact()] }),
    subjectOf('m.bin', { object: oid('4'), facts: [weightsFact(), uninspectedFact()] }),
    subjectOf('n.npy', { object: oid('5'), facts: [executableFact({ grade: 'unknown' })] }),
    subjectOf('c.py', {
      object: oid('6'),
      facts: [secretFact({ fingerprint: 'c1:3', marker: { reason } })],
    }),
  ];
  test('stands in one order whatever the order of the subjects', () => {
    const first = judged({ subjects: everything() });
    fc.assert(
      fc.property(fc.shuffledSubarray(everything(), { minLength: 6 }), (subjects) => {
        expect(judged({ subjects }).findings).toEqual(first.findings);
      }),
      { numRuns: 50 },
    );
    const severities = first.findings.map((one) => one.severity);
    expect(severities).toEqual(severities.toSorted());
  });
  test('is one finding a value and path, though it stands in many versions', () => {
    const subjects = ['1', '2', '3'].map((digit) =>
      subjectOf('a.py', { object: oid(digit), facts: [secretFact(), secretFact()] }),
    );
    expect(judged({ subjects }).findings).toHaveLength(1);
  });
  test('lists five places of one thing, blocks first, and counts the rest', () => {
    const places = Array.from({ length: 9 }, (_, at) => ({ path: pathName(`p${at}`) }));
    const { findings } = judged({
      destination: to,
      policies: [allowing({ kind: 'weights', paths: ['p0', 'p1'] })],
      subjects: [subjectOf(undefined, { places, facts: [weightsFact()] })],
    });
    expect(findings.map((one) => [one.path, one.severity])).toEqual(
      ['p2', 'p3', 'p4', 'p5', 'p6'].map((path) => [path, 'block']),
    );
    expect(findings.some((one) => one.message.includes('4 other places'))).toBe(true);
  });
  test('is bounded, and the verdict does not depend on what is listed', () => {
    const subjects = Array.from({ length: 5100 }, (_, at) =>
      subjectOf(`src/model/${at}`, { object: `${at}`.padStart(40, '0') as ReturnType<typeof oid> }),
    );
    const { findings, verdict } = judged({ destination: to, subjects });
    expect(verdict).toBe('block');
    expect(findings).toHaveLength(5001);
    expect(findings.at(-1)).toMatchObject({ rule: 'more', severity: 'block' });
  });
  test('has a fingerprint that follows the content, not the name', () => {
    const at = (path: string) =>
      judged({ destination: to, subjects: [subjectOf(path, { facts: [weightsFact()] })] })
        .findings[0]?.fingerprint;
    expect(at('a')).toBe(at('b'));
    expect(at('a')).toMatch(/^f1:[0-9a-f]{32}$/);
  });
  test('never shows control characters in a sentence', () => {
    const evil = '\u001b[2Jcordon: allowed\u202e\r';
    const verdict = judged({
      destination: notListed,
      subjects: [
        subjectOf('x', {
          elsewhere: [pathName(`src/model/${evil}`)],
          facts: [executableFact({ detail: evil }), uninspectedFact({ detail: evil })],
        }),
      ],
      loosened: [{ rule: 'x', detail: evil }],
      brokenTipPolicy: evil,
      destinationNotes: [{ rule: 'git-proxy', detail: evil }],
      coverage: { objects: 1, bytes: 1, notChecked: [{ what: evil, rule: 'missing' }] },
    });
    for (const one of verdict.findings) {
      expect(`${one.message}${one.action}`).not.toMatch(/[\p{Cc}\u202e]/u);
    }
    expect(JSON.stringify(verdict.coverage)).not.toContain('\u202e');
  });
});

describe('coverage', () => {
  const gap = { what: 'a.zip', rule: 'encrypted', object: oid('a') } as const;
  test('a gap that a fact speaks of is told once', () => {
    const verdict = judged({
      subjects: [subjectOf('a.zip', { facts: [uninspectedFact()] })],
      coverage: { objects: 1, bytes: 1, notChecked: [gap] },
    });
    expect(verdict.findings).toHaveLength(1);
    expect(verdict.coverage.notChecked).toEqual([gap]);
  });
  test('a fact that the run did not report joins the list', () => {
    const verdict = judged({ subjects: [subjectOf('a.zip', { facts: [uninspectedFact()] })] });
    expect(verdict.coverage.notChecked).toEqual([gap]);
  });
  test('tensor payload that was not searched is told and blocks nothing', () => {
    const payload = { what: '2 GB of tensors', rule: 'payload' } as const;
    const verdict = judged({ coverage: { objects: 1, bytes: 1, notChecked: [payload] } });
    expect(verdict).toMatchObject({ verdict: 'allow', findings: [] });
  });
});

test('the destination is told with the lowest clearance that any policy gives it', () => {
  const open = policyOf({ destinations: [{ url: '**', clearance: 'restricted' }] }, 'tip');
  const clearance = (...policies: ReturnType<typeof policyOf>[]) =>
    judged({ destination: to, policies }).destination?.clearance;
  expect(clearance(open, policyOf())).toBe('internal');
  expect(clearance(policyOf(), open)).toBe('internal');
  expect(clearance(open)).toBe('restricted');
});

test('subjects are walked once, from any iterable', () => {
  function* subjects() {
    yield subjectOf('a', { facts: [secretFact()] });
  }
  expect(judged({ subjects: subjects() }).verdict).toBe('block');
});
