import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, Verdict } from '../model.ts';
import {
  clearedForInternal,
  executableFact,
  judged,
  oid,
  pathName,
  secretFact,
  subjectOf,
  uninspectedFact,
  weightsFact,
} from '../judge/judging.fixture.ts';
import { renderVerdict } from './index.ts';
import type { ReportContext } from './index.ts';
import { widthOf } from './layout.ts';

const context = {
  remote: 'origin',
  place: 'github.com/acme/models',
  refs: [{ name: 'refs/heads/main', tip: oid('c'), commits: 3, objects: 14 }],
};
const to = clearedForInternal;
const linesOf = (verdict: Verdict, extra: ReportContext = context) =>
  renderVerdict(verdict, extra).split('\n');

const weights = judged({
  destination: to,
  subjects: [subjectOf('weights/enc.txt', { facts: [weightsFact()] })],
});

test('a clean push is one line', () => {
  expect(linesOf(judged({ milliseconds: 100 }))).toEqual([
    'cordon: push to origin (github.com/acme/models) allowed (14 objects, 0.1 s)',
  ]);
});

test('a blocked push says it first and last, and between them what, why and how to mend it', () => {
  expect(linesOf(weights)).toEqual([
    'cordon: push to origin (github.com/acme/models) BLOCKED: 1 problem',
    '  refs/heads/main  3 new commits  14 objects, 2.1 GB scanned in 0.8 s',
    '',
    '  BLOCK  weights/safetensors  weights/enc.txt  ccccccc',
    '    Model weights (safetensors, 2.1 GB in 291 tensors) are restricted;',
    '    github.com/acme/models is cleared for internal.',
    '    Take it out, or send it to a destination cleared for restricted:',
    '    git.lab.example/**.',
    '    fix    git rm -q --cached -- :/weights/enc.txt &&',
    '           git commit --amend --no-edit --allow-empty',
    "    allow  - {kind: weights, paths: ['weights/enc.txt'], reason: 'REASON'}",
    '',
    '  An allow line goes into .cordon/policy.yaml at home, through review.',
    '  Not checked: nothing.',
    'cordon: push to origin (github.com/acme/models) BLOCKED: 1 problem',
  ]);
});

describe('the remedy fits where the content came in', () => {
  const blockedIn = (commit: string, extra = {}) =>
    renderVerdict(
      judged({
        destination: to,
        subjects: [
          subjectOf(undefined, {
            places: [{ path: pathName('a.bin'), commit: oid(commit) }],
            facts: [weightsFact()],
          }),
        ],
      }),
      { ...context, ...extra },
    );
  test('in the last commit: amend', () => {
    expect(blockedIn('c')).toContain('git commit --amend');
    expect(blockedIn('c')).not.toContain('rebase');
  });
  test('further back: rebase to it', () => {
    expect(blockedIn('7')).toContain('git rebase -i 7777777^');
    expect(blockedIn('7')).toContain('git rebase --continue');
  });
  test('in a root commit, which has no parent: --root', () => {
    expect(blockedIn('7', { rootCommits: new Set([oid('7')]) })).toContain('git rebase -i --root');
  });
  test('in several commits: one at a time, and the others are counted', () => {
    const verdict = judged({
      destination: to,
      subjects: ['7', '8', 'c'].map((digit) =>
        subjectOf(undefined, {
          object: oid(digit),
          places: [{ path: pathName(`w${digit}.bin`), commit: oid(digit) }],
          facts: [weightsFact()],
        }),
      ),
    });
    const text = renderVerdict(verdict, context);
    expect(text).toContain('2 other commits');
    expect(blockedIn('7')).not.toContain('other commit');
    expect(text).toContain('-- :/w7.bin');
    expect(text).not.toContain(':/w8.bin');
  });
  test('staged: out of the index', () => {
    const verdict = judged({
      act: 'commit',
      destination: undefined,
      subjects: [subjectOf('a b', { facts: [secretFact()] })],
    });
    expect(renderVerdict(verdict)).toContain("git add -- ':/a b'");
  });
  test('in a commit message: reword; in a tag: make it again', () => {
    const text = (type: 'commit' | 'tag', object: string) =>
      renderVerdict(
        judged({
          destination: to,
          subjects: [subjectOf(undefined, { type, object: oid(object), facts: [secretFact()] })],
        }),
        context,
      );
    expect(text('commit', 'c')).toContain('fix    git commit --amend');
    expect(text('commit', '7')).toContain('git rebase -i 7777777^ (mark its line reword)');
    expect(text('tag', '7')).toContain('delete the tag');
  });
});

describe('many findings', () => {
  const many = judged({
    destination: to,
    subjects: Array.from({ length: 42 }, (_, at) =>
      subjectOf(`src/model/${at}.py`, { object: oid((at + 16).toString(16)) }),
    ),
  });
  test('are grouped by rule, five places shown, the rest counted', () => {
    const lines = linesOf(many, { ...context, fullReport: 'cordon scan --range A..B' });
    expect(
      lines.filter((line) => line.includes('src/model/') && line.includes('ccccccc')),
    ).toHaveLength(5);
    expect(lines.some((line) => line.includes('37 more'))).toBe(true);
    expect(lines.some((line) => line.includes('cordon scan --range A..B'))).toBe(true);
    expect(lines.length).toBeLessThan(25);
  });
  test('of more rules than fit leave none uncounted', () => {
    const rules = Array.from({ length: 9 }, (_, at) =>
      subjectOf(`k${at}`, {
        object: oid(String(at + 1)),
        facts: [secretFact({ rule: `rule-${at}`, fingerprint: `c1:${at}` })],
      }),
    );
    const text = renderVerdict(judged({ destination: to, subjects: rules }), {
      ...context,
      fullReport: 'cordon scan',
    });
    expect(text.match(/ BLOCK {2}/g)).toHaveLength(5);
    expect(text).toContain('4 more: cordon scan');
  });
  test('of one kind do not hide another kind', () => {
    const secrets = Array.from({ length: 6 }, (_, at) =>
      subjectOf(`k${at}`, {
        object: oid(String(at + 1)),
        facts: [secretFact({ rule: `rule-${at}`, fingerprint: `c1:${at}` })],
      }),
    );
    const others = [
      subjectOf('w.bin', { object: oid('8'), facts: [weightsFact()] }),
      subjectOf('x.zip', { object: oid('9'), facts: [uninspectedFact()] }),
      subjectOf('src/model/a.py', { object: oid('a') }),
    ];
    const lines = linesOf(judged({ destination: to, subjects: [...secrets, ...others] }));
    const heads = lines.filter((line) => line.startsWith('  BLOCK'));
    const kinds = heads.map((line) => line.replace(/^ {2}BLOCK {2}(\S+?)\/.*/, '$1'));
    expect(kinds).toEqual(['secret', 'secret', 'weights', 'label', 'uninspected']);
  });
  test('that only warn come after all that blocks', () => {
    const warnings = ['4', '5', '6', '7', '8'].map((digit) =>
      subjectOf(`m${digit}`, {
        object: oid(digit),
        facts: [executableFact({ grade: 'unknown', rule: `r${digit}` })],
      }),
    );
    const blocks = ['1', '2', '3'].map((digit) =>
      subjectOf(`w${digit}`, { object: oid(digit), facts: [weightsFact({ rule: `f${digit}` })] }),
    );
    const lines = linesOf(judged({ destination: to, subjects: [...warnings, ...blocks] }));
    const words = lines.flatMap((line) => /^ {2}(BLOCK|warn) /.exec(line)?.[1] ?? []);
    expect(words).toEqual(['BLOCK', 'BLOCK', 'BLOCK', 'warn', 'warn']);
  });
  test('of one file in many versions are one line', () => {
    const verdict = judged({
      destination: to,
      subjects: ['1', '2', '3'].map((digit) =>
        subjectOf('a.bin', { object: oid(digit), facts: [weightsFact()] }),
      ),
    });
    expect(renderVerdict(verdict, context)).toContain('a.bin  ccccccc  3 versions');
  });
});

test('content at rest is found, not blocked', () => {
  const subjects = [subjectOf('a.env', { facts: [secretFact()] })];
  const lines = linesOf(judged({ act: 'scan', destination: undefined, subjects }), { place: '.' });
  expect(lines[0]).toBe('cordon: scan of . FOUND: 1 problem');
  expect(lines.at(-1)).toBe(lines[0]);
  const warned = judged({
    act: 'scan',
    destination: undefined,
    subjects: [subjectOf('w.bin', { facts: [executableFact({ grade: 'unknown' })] })],
  });
  expect(linesOf(warned, { place: '.' })[0]).toMatch(/^cordon: scan of \. found: 1 warning/);
  const clean = judged({ act: 'scan', destination: undefined });
  expect(linesOf(clean, { place: '.' })[0]).toMatch(/^cordon: scan of \. clean \(/);
});

test('what was not checked is always told', () => {
  const verdict = judged({
    act: 'scan',
    destination: undefined,
    subjects: [subjectOf('a.zip', { facts: [uninspectedFact({ at: { layer: 'b.zip' } })] })],
  });
  const text = renderVerdict(verdict, { place: '.' });
  expect(text).toContain('cordon: scan of . INCOMPLETE: 1 warning');
  expect(text).toContain('Not checked: a.zip!b.zip (it is encrypted).');
  const payload = judged({
    coverage: { objects: 1, bytes: 1, notChecked: [{ what: '2 GB of tensors', rule: 'payload' }] },
  });
  expect(linesOf(payload)).toHaveLength(2);
});

test('what was let through is told with who did it and why', () => {
  const facts = [secretFact({ marker: { reason: 'documentation sample' } })];
  const text = renderVerdict(judged({ subjects: [subjectOf('a.md', { facts })] }), context);
  expect(text).toContain('1 let through');
  expect(text).toContain('let through by a marker on its line: documentation sample');
});

test('the first line tells where it goes before how much was looked at', () => {
  const facts = [secretFact({ marker: { reason: 'sample' } })];
  const [first] = linesOf(judged({ subjects: [subjectOf('a.md', { facts })] }));
  expect(first).toContain('origin (github.com/acme/models)');
});

test('a secret in a name: no command holds the name or its stand-in', () => {
  const value = ['hf', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tV9xY1zA2b'].join('_');
  const path = `notes/${value}.txt`;
  const facts = [secretFact({ at: { layer: '', offset: 6 } })];
  const shown = (commit: string) =>
    renderVerdict(
      judged({
        destination: to,
        subjects: [
          subjectOf(path, {
            type: 'name',
            places: [{ path: pathName(path), commit: oid(commit) }],
            facts,
          }),
        ],
      }),
      context,
    );
  for (const commit of ['c', '7']) {
    expect(shown(commit)).not.toContain(value);
    expect(shown(commit)).toContain('git mv');
    expect(shown(commit)).not.toContain('git add');
  }
  expect(shown('7')).toContain('git rebase -i 7777777^');
});

test('colour only where asked, and never over a remote', () => {
  expect(renderVerdict(weights, context)).not.toContain('\u001b');
  expect(renderVerdict(weights, context, { color: true })).toContain('\u001b[31;1mBLOCKED');
  expect(renderVerdict(weights, context, { color: true, style: 'remote' })).not.toContain('\u001b');
});

describe('whatever names and texts hold', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\u001b',
        '[2J',
        '\r',
        '\n',
        '\u202e',
        '\u200b',
        "'",
        '\\',
        ' ',
        '/',
        '中',
        '…',
        '😀',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 120,
  });
  const finding: fc.Arbitrary<Finding> = fc.record({
    kind: fc.constantFrom(
      'secret',
      'weights',
      'label',
      'uninspected',
      'policy',
      'executable-model',
    ),
    rule: hostile,
    label: fc.constant('restricted'),
    severity: fc.constantFrom('block', 'warn'),
    path: hostile,
    line: fc.nat(),
    layer: hostile,
    commit: fc.constantFrom(oid('c'), oid('7')),
    fingerprint: fc.constant('f1:0'),
    message: hostile,
    action: hostile,
  });
  const verdict: fc.Arbitrary<Verdict> = fc
    .record({
      findings: fc.array(finding, { maxLength: 12 }),
      what: fc.array(hostile, { maxLength: 5 }),
      act: fc.constantFrom('push', 'commit', 'receive', 'scan'),
      verdict: fc.constantFrom('allow', 'warn', 'block'),
    })
    .map(({ findings, what, act, verdict: decision }) => ({
      ...judged(),
      act,
      verdict: decision,
      findings,
      coverage: {
        objects: 1,
        bytes: 1,
        notChecked: what.map((one) => ({ what: one, rule: 'malformed' as const })),
      },
    }));
  test('no line is wider than asked, and none holds a control character', () => {
    fc.assert(
      fc.property(verdict, hostile, fc.integer({ min: 40, max: 120 }), (given, name, columns) => {
        const about = { remote: name, place: name, refs: [{ name, commits: 1 }], fullReport: name };
        for (const style of ['terminal', 'remote'] as const) {
          const text = renderVerdict(given, about, { style, columns });
          const lines = text.split('\n');
          const most = Math.min(columns, style === 'remote' ? 72 : 80);
          for (const line of lines) {
            expect(widthOf(line)).toBeLessThanOrEqual(most);
            expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
            expect(style === 'terminal' || /^[ -~]*$/.test(line)).toBe(true);
          }
          expect(lines.at(-1)).toMatch(/^(?:cordon:| {2})/);
          expect(lines[0]).toMatch(/^cordon: /);
        }
      }),
      { numRuns: 600 },
    );
  });
  test('a dangerous name is shown and not offered for pasting', () => {
    const evil = 'a\u001b]0;x\u0007\ncordon: push allowed';
    const text = renderVerdict(
      judged({ destination: to, subjects: [subjectOf(evil, { facts: [executableFact()] })] }),
      context,
    );
    expect(text.split('\n').filter((line) => line.startsWith('cordon:'))).toHaveLength(2);
    expect(text).toContain('its name cannot be pasted safely');
    expect(text).not.toContain('git rm');
  });
});
