import { describe, expect, test } from 'vitest';
import type { Act, CopyFact } from '../model.ts';
import {
  clearedForInternal,
  homeRemote,
  judged,
  oid,
  pathName,
  policyOf,
  subjectOf,
  weightsFact,
} from './judging.fixture.ts';

const acts: readonly Act[] = ['commit', 'push', 'receive', 'scan'];

describe.each(acts)('the label of an act: %s', (act) => {
  const labelOf = (changes: Parameters<typeof judged>[0]) => judged({ act, ...changes }).label;

  test('is the highest of what it carries, in any order', () => {
    const paths = ['docs/a.md', 'src/model/a.py', 'readme.md'];
    const subjects = paths.map((path) => subjectOf(path));
    expect(labelOf({ subjects })).toBe('restricted');
    expect(labelOf({ subjects: subjects.toReversed() })).toBe('restricted');
    expect(labelOf({ subjects: [subjectOf('docs/a.md'), subjectOf('b')] })).toBe('internal');
    expect(labelOf({ subjects: [subjectOf('docs/a.md')] })).toBe('public');
  });

  test('is not set where nothing carries one', () => {
    expect(labelOf({ subjects: [] })).toBeUndefined();
    expect(labelOf({ subjects: [subjectOf(undefined, { type: 'commit' })] })).toBeUndefined();
  });

  test('counts names elsewhere, and content that has no name', () => {
    const moved = subjectOf('docs/a.md', { elsewhere: [pathName('src/model/a.py')] });
    expect(labelOf({ subjects: [moved] })).toBe('restricted');
    expect(labelOf({ subjects: [subjectOf(undefined)] })).toBe('internal');
  });

  test('is raised by weights of a counting size, summed up, and not by small ones', () => {
    const part = (path: string, payloadBytes: number) =>
      subjectOf(path, { facts: [weightsFact({ payloadBytes })] });
    expect(labelOf({ subjects: [part('a', 65_536)] })).toBe('restricted');
    expect(labelOf({ subjects: [part('a', 40_000), part('b', 40_000)] })).toBe('restricted');
    expect(labelOf({ subjects: [part('a', 40_000)] })).toBe('internal');
  });

  test('is raised by a sure copy', () => {
    const fact: CopyFact = {
      kind: 'copy',
      rule: 'copy',
      at: { layer: '' },
      label: 'confidential',
      source: { path: 'src/a.py', line: 1 },
      grade: 'sure',
      fingerprint: 'c1:0',
    };
    const withCopy = (grade: CopyFact['grade']) =>
      subjectOf('readme.md', { facts: [{ ...fact, grade }] });
    expect(labelOf({ subjects: [withCopy('sure')] })).toBe('confidential');
    expect(labelOf({ subjects: [withCopy('likely')] })).toBe('internal');
  });

  test('is that of the policy which ranks it highest', () => {
    const policies = [
      policyOf({ markings: [] }, 'organisation'),
      policyOf({ markings: [{ paths: ['a'], label: 'restricted' }] }),
    ];
    expect(labelOf({ policies, subjects: [subjectOf('a')] })).toBe('restricted');
    expect(labelOf({ policies: policies.toReversed(), subjects: [subjectOf('a')] })).toBe(
      'restricted',
    );
  });

  test('goes on past what the destination is not cleared for', () => {
    const subjects = [
      subjectOf('b', {
        places: ['docs/a.md', 'b', 'src/model/a.py'].map((path) => ({ path: pathName(path) })),
      }),
      subjectOf('c', { object: oid('b') }),
    ];
    for (const destination of [clearedForInternal, homeRemote]) {
      expect(labelOf({ destination, subjects })).toBe('restricted');
    }
  });
});
