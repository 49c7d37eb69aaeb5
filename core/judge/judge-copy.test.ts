import { describe, expect, test } from 'vitest';
import type { CopyFact, Decision } from '../model.ts';
import {
  clearedForInternal,
  copyFact,
  homeRemote,
  judged,
  pathName,
  policyOf,
  subjectOf,
} from './judging.fixture.ts';

/** What a push to a place that is cleared for internal says about these facts. */
const pushed = (facts: readonly CopyFact[], path = 'src/util.py') =>
  judged({ destination: clearedForInternal, subjects: [subjectOf(path, { facts })] });
const copiesOf = (verdict: ReturnType<typeof judged>) =>
  verdict.findings.filter(({ kind }) => kind === 'copy');

test('a finding names label, source, lines, and one thing to do', () => {
  const [finding, ...others] = pushed([copyFact()]).findings;
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'copy',
    rule: 'copy',
    label: 'restricted',
    severity: 'block',
    path: 'src/util.py',
    line: 10,
    endLine: 49,
    source: {
      path: 'src/model/attention.py',
      line: 12,
      endLine: 51,
      grade: 'sure',
      bits: 900,
      tokens: 320,
    },
    fingerprint: copyFact().fingerprint,
  });
  for (const part of ['10-49', 'src/model/attention.py:12-51', 'restricted', 'internal']) {
    expect(finding?.message).toContain(part);
  }
  expect(finding?.action).toContain('git.lab.example/**');
});

test('how sure it is, is said in words', () => {
  const message = (changes: Partial<CopyFact>) => pushed([copyFact(changes)]).findings[0]?.message;
  expect(message({})).toContain(' are a copy of ');
  expect(message({ rule: 'renamed' })).toContain(' are a renamed copy of ');
  expect(message({ rule: 'whole' })).toContain('The same file as ');
  const resting = judged({
    act: 'scan',
    destination: undefined,
    subjects: [subjectOf('docs/a.md', { facts: [copyFact({ grade: 'likely' })] })],
  });
  expect(resting.findings[0]?.message).toContain('look like a copy');
  expect(resting.findings[0]?.message).toContain('only public');
});

describe('what the label of the place says already is no news', () => {
  test.each([
    ['src/util.py', 'restricted', 'block'],
    ['src/util.py', 'confidential', 'block'],
    ['src/util.py', 'internal', 'allow'],
    ['docs/a.md', 'internal', 'allow'],
    ['docs/a.md', 'confidential', 'block'],
  ] as const)('%s holds a copy of %s content: %s', (path, label, decision: Decision) => {
    expect(pushed([copyFact({ label })], path).verdict).toBe(decision);
  });
  test('a marked file is told by its label alone', () => {
    const verdict = pushed([copyFact(), copyFact({ rule: 'whole' })], 'src/model/b.py');
    expect(verdict.findings.map(({ kind }) => kind)).toEqual(['label']);
  });
  test('so is one that was moved away unchanged', () => {
    const subject = subjectOf('src/util.py', {
      facts: [copyFact({ rule: 'whole' })],
      elsewhere: [pathName('src/model/attention.py')],
    });
    const verdict = judged({ destination: clearedForInternal, subjects: [subject] });
    expect(verdict.findings.map(({ kind, rule }) => [kind, rule])).toEqual([['label', 'moved']]);
  });
  test('copies.from says from which label on it counts', () => {
    const lower = policyOf({ copies: { from: 'internal' } });
    const facts = [copyFact({ label: 'internal' })];
    const subjects = [subjectOf('docs/a.md', { facts })];
    const destination = { url: 'x', normal: 'example.org/x', home: false };
    expect(judged({ destination, subjects }).verdict).toBe('allow');
    expect(judged({ destination, subjects, policies: [lower] }).verdict).toBe('block');
  });
});

describe('one paste is told once', () => {
  const near = copyFact({
    source: { path: 'src/model/attention_v2.py', line: 2 },
    at: { layer: '', line: 11 },
    endLine: 50,
    bits: 700,
    fingerprint: 'c1:22',
  });
  const lesser = { ...near, label: 'confidential', bits: 5000, fingerprint: 'c1:33' };
  const beyond = copyFact({ at: { layer: '', line: 40 }, endLine: 90, fingerprint: 'c1:44' });
  test('by the source with the highest label, then by the one that covers most', () => {
    for (const facts of [
      [copyFact(), near, lesser],
      [lesser, near, copyFact()],
    ]) {
      const found = copiesOf(pushed(facts));
      expect(found.map(({ source }) => source?.path)).toEqual(['src/model/attention.py']);
    }
  });
  test('but lines of its own are told', () => {
    expect(copiesOf(pushed([copyFact(), beyond]))).toHaveLength(2);
  });
  test('a less classified whole file does not hide a piece of a more classified one', () => {
    const whole = copyFact({ rule: 'whole', label: 'confidential', fingerprint: 'c1:55' });
    const labels = copiesOf(pushed([whole, copyFact()])).map(({ label }) => label);
    expect(labels).toEqual(['restricted', 'confidential']);
  });
  test('a likely copy does not hide a sure one where only the sure one counts', () => {
    const likely = copyFact({ grade: 'likely', fingerprint: 'c1:66' });
    const sure = copyFact({ label: 'confidential', fingerprint: 'c1:77' });
    expect(copiesOf(pushed([likely, sure])).map(({ label }) => label)).toEqual(['confidential']);
  });
  test('in every version of a file it is one problem', () => {
    const versions = ['1', '2', '3'].map((digit) =>
      subjectOf('src/util.py', { object: digit.repeat(40) as never, facts: [copyFact()] }),
    );
    const verdict = judged({ destination: clearedForInternal, subjects: versions });
    expect(copiesOf(verdict)).toHaveLength(1);
  });
});

describe('who may let it through', () => {
  const { fingerprint } = copyFact();
  const reason = 'published last year';
  const allowing = (line: object, source: 'home' | 'organisation' | 'tip' = 'home') =>
    policyOf({ allow: [{ kind: 'copy', reason, ...line }] }, source);
  const under = (policies: readonly ReturnType<typeof policyOf>[]) =>
    judged({
      destination: clearedForInternal,
      policies,
      subjects: [subjectOf('src/util.py', { facts: [copyFact()] })],
    });
  test.each([{ fingerprint }, { paths: ['src/*.py'] }, { rule: 'copy', fingerprint }])(
    'a line of home: %o',
    (line) => {
      const verdict = under([allowing(line)]);
      expect(verdict.verdict).toBe('allow');
      expect(copiesOf(verdict)).toMatchObject([{ allowed: { by: 'home', reason } }]);
    },
  );
  test.each([
    { fingerprint: 'c1:other' },
    { paths: ['other/**'] },
    { rule: 'renamed', fingerprint },
    { kind: 'label', fingerprint },
  ])('not another line: %o', (line) => {
    expect(under([allowing(line)]).verdict).toBe('block');
  });
  test("not the push's own policy", () => {
    expect(under([allowing({ fingerprint }, 'tip')]).verdict).toBe('block');
    expect(under([policyOf(), allowing({ fingerprint }, 'tip')]).verdict).toBe('block');
  });
  test('what the destination has already is told, not blocked', () => {
    const known = subjectOf('src/util.py', {
      facts: [copyFact()],
      knownSecrets: new Set([fingerprint]),
    });
    for (const subject of [
      known,
      { ...known, knownSecrets: new Set<string>(), atDestination: true },
    ]) {
      const verdict = judged({ destination: clearedForInternal, subjects: [subject] });
      expect(verdict.verdict).toBe('warn');
      expect(copiesOf(verdict)).toHaveLength(1);
    }
  });
});

test('a commit is not held up, and home takes what it is cleared for', () => {
  const subjects = [subjectOf('src/util.py', { facts: [copyFact()] })];
  expect(judged({ act: 'commit', destination: undefined, subjects }).findings).toEqual([]);
  expect(judged({ destination: homeRemote, subjects }).findings).toEqual([]);
});

describe('a registered checkpoint', () => {
  const weights = {
    kind: 'weights',
    rule: 'safetensors',
    at: { layer: '' },
    payloadBytes: 10_000_000,
    evidence: 'content',
  } as const;
  const whole = copyFact({ rule: 'whole' });
  const pushedUnder = (allow: Parameters<typeof policyOf>[0], facts = [weights, whole]) =>
    judged({
      destination: clearedForInternal,
      policies: [policyOf(allow)],
      subjects: [subjectOf('src/a.bin', { facts })],
    });
  test('is one problem: weights', () => {
    expect(pushedUnder({}).findings.map(({ kind }) => kind)).toEqual(['weights']);
  });
  test('is a copy where only its registration says so', () => {
    const named = [{ ...weights, evidence: 'name' } as const, whole];
    expect(copiesOf(pushedUnder({}, named as never))).toHaveLength(1);
    const small = [{ ...weights, payloadBytes: 100 } as const, whole];
    expect(copiesOf(pushedUnder({}, small as never))).toHaveLength(1);
  });
  test('is a copy where a line lets other weights through', () => {
    const line = { kind: 'weights', paths: ['src/**'], maxBytes: 1, reason: 'toys' } as const;
    expect(copiesOf(pushedUnder({ allow: [line] }))).toHaveLength(1);
  });
  test('is a copy where weights are labelled lower than it is', () => {
    const lower = { weights: { label: 'internal', minBytes: 65_536 } };
    expect(copiesOf(pushedUnder(lower))).toHaveLength(1);
  });
});
