import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  clearedForInternal,
  judged,
  oid,
  pathName,
  secretFact,
  subjectOf,
  weightsFact,
} from '../judge/judging.fixture.ts';
import type { Oid } from '../model.ts';
import { renderVerdict } from './index.ts';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cordon-remedy-'));
  git('init', '-q', '-b', 'main');
});
afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

// Marks the first commit of a rebase, as a person would in the editor.
const env = {
  ...process.env,
  GIT_SEQUENCE_EDITOR: "sed -i.bak '1s/^pick/edit/'",
  GIT_EDITOR: 'true',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
};
const git = (...args: readonly string[]) =>
  execFileSync('git', args, {
    cwd: top,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

function commit(files: Readonly<Record<string, string | undefined>>): Oid {
  for (const [path, content] of Object.entries(files)) {
    const file = join(top, path);
    if (content === undefined) rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  git('add', '-A');
  git('commit', '-q', '-m', 'work');
  return git('rev-parse', 'HEAD') as Oid;
}

/**
 * The lines beside and under `fix`, pasted into a shell in a folder of the repository; words for the
 * reader are left out.
 */
function paste(text: string, folder = '.'): void {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('    fix'));
  const to = lines.findIndex((line, at) => at > from && /^ {4}allow|^$/.test(line));
  const script = lines
    .slice(from, to)
    .map((line) => line.replace(/^ {4}fix/, '').replace(/ \(mark its line.*$/, ''))
    .filter((line) => !line.includes('then:'))
    .join('\n');
  execFileSync('sh', ['-ec', script], { cwd: join(top, folder), env, stdio: 'pipe' });
}

function reportOn(path: string, at: Oid, roots: readonly string[] = []): string {
  const verdict = judged({
    destination: clearedForInternal,
    subjects: [
      subjectOf(undefined, {
        places: [{ path: pathName(path), commit: at }],
        facts: [weightsFact()],
      }),
    ],
  });
  return renderVerdict(verdict, {
    refs: [{ name: 'refs/heads/main', tip: git('rev-parse', 'HEAD') }],
    rootCommits: new Set(roots),
  });
}

const held = () => git('log', '--format=', '--name-only', '-z', 'HEAD').split(/[\0\n]+/);

const names = [
  'w.bin',
  "it's a 'model'.bin",
  '$(touch pwned)',
  '-rf',
  ':/x',
  '!x^',
  '_x.bin',
  '.hidden',
  'a*[b].bin',
  `${'deep/'.repeat(30)}w.bin`,
];

test.each(names)('weights in the last commit, named %s', (name) => {
  commit({ keep: '1' });
  const at = commit({ [name]: 'weights' });
  paste(reportOn(name, at));
  expect(held()).not.toContain(name);
  expect(held()).toContain('keep');
  // What the user had is still there, only no longer in the commit.
  expect(git('status', '--porcelain', '-uall', '-z')).toContain(`?? ${name}`);
});

test.each(names)('weights added, then removed, named %s', (name) => {
  commit({ keep: '1' });
  const at = commit({ [name]: 'weights', other: '1' });
  commit({ [name]: undefined, more: '1' });
  paste(reportOn(name, at));
  expect(held()).not.toContain(name);
  expect(held()).toEqual(expect.arrayContaining(['keep', 'other', 'more']));
});

test('pasted in a folder below the top', () => {
  commit({ keep: '1' });
  const at = commit({ 'w.bin': 'weights', 'sub/other': '1' });
  paste(reportOn('w.bin', at), 'sub');
  expect(held()).not.toContain('w.bin');
});

test('weights in the first commit of all', () => {
  const at = commit({ 'w.bin': 'weights', keep: '1' });
  commit({ more: '1' });
  paste(reportOn('w.bin', at, [at]));
  expect(held()).not.toContain('w.bin');
  expect(held()).toEqual(expect.arrayContaining(['keep', 'more']));
});

test('a staged file leaves the index, also before the first commit', () => {
  writeFileSync(join(top, 'a b'), 'x');
  git('add', '-A');
  const verdict = judged({
    act: 'commit',
    destination: undefined,
    subjects: [subjectOf('a b', { object: oid('1'), facts: [weightsFact()] })],
  });
  const blocked = {
    ...verdict,
    findings: verdict.findings.map((one) => ({ ...one, severity: 'block' as const })),
  };
  paste(renderVerdict(blocked));
  expect(git('status', '--porcelain')).toBe('?? "a b"');
});

test('a secret is revoked and edited out, and only then the commit is made again', () => {
  commit({ keep: '1' });
  const at = commit({ 'a.py': 'secret' });
  const verdict = judged({
    destination: clearedForInternal,
    subjects: [
      subjectOf(undefined, {
        places: [{ path: pathName('a.py'), commit: at }],
        facts: [secretFact()],
      }),
    ],
  });
  const text = renderVerdict(verdict, { refs: [{ name: 'refs/heads/main', tip: at }] });
  writeFileSync(join(top, 'a.py'), 'clean');
  paste(text);
  expect(text).toContain('Revoke it');
  expect(git('show', 'HEAD:a.py')).toBe('clean');
  expect(git('rev-list', '--count', 'HEAD')).toBe('2');
});
