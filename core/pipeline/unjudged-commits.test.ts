import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Repository } from '../git/index.ts';
import { findUnjudgedCommits, noteJudgedCommit } from './unjudged-commits.ts';

let dir: string;
let log: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cordon-unjudged-'));
  log = join(dir, 'logs/HEAD');
  mkdirSync(join(dir, 'logs'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const where = () => ({
  repo: { gitDir: dir, commonDir: dir } as Repository,
  stateDir: join(dir, 'cordon'),
});
const oid = (digit: number) => String(digit).repeat(40);
const line = (from: number, to: number, said: string) =>
  `${oid(from)} ${oid(to)} Ada\tx <ada@lab.example> 1795523779 +0000\t${said}\n`;
const add = (from: number, to: number, said: string) => appendFileSync(log, line(from, to, said));
const told = () => {
  const { commits, keepPlace } = findUnjudgedCommits(where());
  keepPlace();
  return commits.map(({ object, how }) => `${how} ${object[0]}`);
};

test('what nobody could record is found again', () => {
  expect(told()).toEqual([]);
  add(0, 1, 'commit (initial): quiet');
  for (let time = 0; time < 2; time += 1) {
    expect(findUnjudgedCommits(where()).commits).toMatchObject([{ object: oid(1) }]);
  }
  expect(told()).toEqual(['commit (initial) 1']);
  expect(told()).toEqual([]);
});

test('what was before the first look is not told', () => {
  add(0, 1, 'commit (initial): start');
  expect(told()).toEqual([]);
  expect(told()).toEqual([]);
});

test('commits and merges that no hook judged are told once; those it judged are not', () => {
  expect(told()).toEqual([]);
  noteJudgedCommit(where());
  add(0, 1, 'commit (initial): judged before there was a log');
  add(1, 2, 'commit: quiet');
  noteJudgedCommit(where());
  add(2, 3, 'commit: judged');
  add(3, 4, 'commit (amend): quiet: too');
  add(4, 5, "merge side: Merge made by the 'ort' strategy.");
  add(5, 6, "pull origin main: Merge made by the 'ort' strategy.");
  expect(told()).toEqual(['commit 2', 'commit (amend) 4', 'merge 5', 'pull 6']);
  expect(told()).toEqual([]);
});

test('what runs no pre-commit by itself is nobody’s evasion', () => {
  add(0, 1, 'commit (initial): start');
  expect(told()).toEqual([]);
  for (const said of [
    'cherry-pick: x',
    'rebase (pick): x',
    'rebase (continue): x',
    'commit (cherry-pick): x',
    'revert: x',
    'am: x',
    'merge side: Fast-forward',
    'pull: Fast-forward',
    'reset: moving to HEAD~1',
    'checkout: moving from main to commit: x',
  ]) {
    add(1, 2, said);
  }
  expect(told()).toEqual([]);
});

test('a log that git rewrote is begun anew', () => {
  add(0, 1, 'commit (initial): start');
  add(1, 2, 'commit: second');
  expect(told()).toEqual([]);
  writeFileSync(log, line(7, 8, 'commit: of another log, longer than the one before'.repeat(9)));
  expect(told()).toEqual([]);
  rmSync(log);
  expect(told()).toEqual([]);
  add(0, 1, 'commit (initial): again');
  expect(told()).toEqual(['commit (initial) 1']);
});

test('the first commit after git expired all of the log is judged like any other', () => {
  add(0, 1, 'commit (initial): start');
  expect(told()).toEqual([]);
  writeFileSync(log, '');
  expect(told()).toEqual([]);
  noteJudgedCommit(where());
  add(1, 2, 'commit: judged');
  add(2, 3, 'commit: quiet');
  expect(told()).toEqual(['commit 3']);
});

test('a first commit of an orphan branch is judged like any other', () => {
  add(0, 1, 'commit (initial): start');
  expect(told()).toEqual([]);
  noteJudgedCommit(where());
  add(0, 2, 'commit (initial): orphan');
  add(0, 3, 'commit (initial): another, quiet');
  expect(told()).toEqual(['commit (initial) 3']);
});

test('a subject of any length is no evasion', () => {
  add(0, 1, `commit (initial): ${'long '.repeat(9000)}`);
  expect(told()).toEqual([]);
  noteJudgedCommit(where());
  add(1, 2, `commit: ${'long '.repeat(9000)}`);
  noteJudgedCommit(where());
  add(2, 3, 'commit: short');
  expect(told()).toEqual([]);
});
