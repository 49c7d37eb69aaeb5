import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  cordon,
  makeLab,
  makeToken,
  makeWeights,
  policyFor,
  runProgram,
  writeFiles,
} from '../support/lab.ts';
import { makeRepo } from '../support/repo.ts';
import type { TestRepo } from '../support/repo.ts';

interface Guarded extends Disposable {
  readonly repo: TestRepo;
  readonly head: () => string;
}

/** A clone with Cordon's hooks and a policy that is at home. */
async function makeGuarded(clearance?: string, more: readonly string[] = []): Promise<Guarded> {
  const origin = makeRepo({ bare: true });
  const repo = makeLab();
  repo.addRemote('origin', origin.dir);
  const cleared = clearance === undefined ? {} : { [origin.dir]: clearance };
  repo.commit({ 'readme.md': 'A model.\n', '.cordon/policy.yaml': policyFor(cleared, more) });
  expect(await cordon(repo, ['init'])).toMatchObject({ code: 0, stderr: '' });
  repo.git('push', '-q', '--no-verify', '-u', 'origin', 'main');
  return {
    repo,
    head: () => repo.git('rev-parse', 'HEAD'),
    [Symbol.dispose]() {
      repo.cleanup();
      origin.cleanup();
    },
  };
}

const script = (): string => `TOKEN = "${makeToken()}"\n`;

test('a clean commit says nothing', async () => {
  using guarded = await makeGuarded();
  const { repo } = guarded;
  repo.write('a.py', 'print("hello")\n');
  repo.git('add', '-A');
  const before = guarded.head();
  expect(await repo.run('commit', '-q', '-m', 'a')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(guarded.head()).not.toBe(before);
});

test('a staged secret is stopped, its value masked, and the index stays as it is', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.write('up.py', script());
  repo.git('add', 'up.py');
  const before = guarded.head();
  const stopped = await repo.run('commit', '-m', 'a');
  expect(stopped.code).toBe(1);
  expect(stopped.stdout).toBe('');
  expect(stopped.stderr).toContain('up.py:1');
  expect(stopped.stderr).not.toContain(makeToken());
  expect(guarded.head()).toBe(before);
  expect(repo.git('diff', '--cached', '--name-only')).toBe('up.py');
});

test.each([
  ['commit -a', ['commit', '-a', '-m', 'x']],
  ['commit -- path', ['commit', '-m', 'x', '--', 'readme.md']],
  ['commit --amend -a', ['commit', '--amend', '--no-edit', '-a']],
  ['commit -i path', ['commit', '-m', 'x', '-i', 'readme.md']],
] as const)('%s is looked at as git will commit it', async (_name, args) => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  const before = guarded.head();
  repo.write('readme.md', script());
  expect((await repo.run(...args)).code).toBe(1);
  expect(guarded.head()).toBe(before);
  repo.write('readme.md', 'Only words.\n');
  expect((await repo.run(...args)).code).toBe(0);
});

test('commit -- path is not stopped by what else is staged', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.write('up.py', script());
  repo.git('add', '-A');
  repo.write('readme.md', 'Only words.\n');
  expect((await repo.run('commit', '-m', 'words', '--', 'readme.md')).code).toBe(0);
  expect((await repo.run('commit', '-m', 'rest')).code).toBe(1);
});

test('the index counts, not the work tree', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  // Staged secret, taken out in the work tree only: it would be committed.
  repo.write('a.py', script());
  repo.git('add', '-A');
  repo.write('a.py', 'clean\n');
  expect((await repo.run('commit', '-m', 'a')).code).toBe(1);
  // Staged clean, secret in the work tree only: it would not.
  repo.git('add', '-A');
  repo.write('a.py', script());
  expect((await repo.run('commit', '-m', 'a')).code).toBe(0);
});

test('the first commit of a repository is guarded', async () => {
  using repo = makeLab();
  repo.addRemote('origin', '/nowhere/models.git');
  expect((await cordon(repo, ['init'])).code).toBe(0);
  repo.write('up.py', script());
  repo.git('add', '-A');
  expect((await repo.run('commit', '-m', 'first')).code).toBe(1);
  expect((await repo.run('rev-parse', '--verify', '-q', 'HEAD')).code).not.toBe(0);
  repo.write('up.py', 'import os\n');
  repo.git('add', '-A');
  expect((await repo.run('commit', '-m', 'first')).code).toBe(0);
});

test('weights are stopped where no destination at all is cleared for them', async () => {
  using guarded = await makeGuarded('restricted');
  const { repo } = guarded;
  repo.write('notes.txt', makeWeights());
  repo.git('add', '-A');
  const before = guarded.head();
  expect((await repo.run('commit', '-m', 'w')).code).toBe(1);
  expect(guarded.head()).toBe(before);
});

test('weights warn where some destination is cleared for them', async () => {
  using guarded = await makeGuarded('weights');
  const { repo } = guarded;
  repo.write('notes.txt', makeWeights());
  repo.git('add', '-A');
  const before = guarded.head();
  const committed = await repo.run('commit', '-q', '-m', 'w');
  expect(committed.code).toBe(0);
  expect(committed.stderr).toContain('notes.txt');
  expect(guarded.head()).not.toBe(before);
});

test('restricted code may be committed: where it goes is the push', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.write('src/model/a.py', 'a = 1\n');
  repo.git('add', '-A');
  expect(await repo.run('commit', '-q', '-m', 'a')).toMatchObject({ code: 0, stderr: '' });
});

test('a clean merge that brings a secret is stopped', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.git('checkout', '-q', '-b', 'side');
  repo.commit({ 'up.py': script() });
  repo.git('checkout', '-q', 'main');
  repo.commit({ 'b.txt': 'b\n' });
  const before = guarded.head();
  expect((await repo.run('merge', '--no-edit', 'side')).code).not.toBe(0);
  expect(guarded.head()).toBe(before);
  expect((await repo.run('merge', '--abort')).code).toBe(0);
  repo.git('checkout', '-q', '-b', 'plain', 'HEAD~1');
  repo.commit({ 'c.txt': 'c\n' });
  repo.git('checkout', '-q', 'main');
  expect((await repo.run('merge', '-q', '--no-edit', 'plain')).code).toBe(0);
});

test('a conflict that is resolved is looked at when it is committed', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.git('checkout', '-q', '-b', 'side');
  repo.commit({ 'a.txt': 'side\n' });
  repo.git('checkout', '-q', 'main');
  repo.commit({ 'a.txt': 'main\n' });
  expect((await repo.run('merge', 'side')).code).toBe(1);
  // With the conflict still in the index: a question about it is answered all the same.
  expect((await cordon(repo, ['scan', '--staged'])).code).toBe(0);
  repo.write('a.txt', script());
  repo.git('add', '-A');
  expect((await repo.run('commit', '--no-edit')).code).toBe(1);
  repo.write('a.txt', 'both\n');
  repo.git('add', '-A');
  expect((await repo.run('commit', '--no-edit')).code).toBe(0);
});

test('a file that is only meant to be added is not yet content', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.write('later.py', script());
  repo.git('add', '-N', 'later.py');
  repo.write('now.py', 'now = 1\n');
  repo.git('add', 'now.py');
  expect((await repo.run('commit', '-q', '-m', 'now')).code).toBe(0);
  expect(repo.git('ls-tree', '--name-only', 'HEAD')).not.toContain('later.py');
  expect((await repo.run('commit', '-a', '-m', 'later')).code).toBe(1);
});

test('taking a file with a secret out is not stopped', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.commit({ 'up.py': script(), 'm.bin': makeWeights() });
  repo.git('rm', '-q', 'up.py', 'm.bin');
  expect((await repo.run('commit', '-q', '-m', 'out')).code).toBe(0);
  expect(existsSync(join(repo.dir, 'up.py'))).toBe(false);
});

test('a line with a reason lets a sample through', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.write('up.py', `${script().trimEnd()}  # cordon:allow huggingface-token a made-up sample\n`);
  repo.git('add', '-A');
  expect((await repo.run('commit', '-q', '-m', 'sample')).code).toBe(0);
});

test('where the policy only observes, all is told and nothing is stopped', async () => {
  using guarded = await makeGuarded('internal', ['mode: observe']);
  const { repo } = guarded;
  repo.write('up.py', script());
  repo.git('add', '-A');
  const committed = await repo.run('commit', '-q', '-m', 'a');
  expect(committed.code).toBe(0);
  expect(committed.stderr).toContain('up.py:1');
});

test('in a subfolder, and with an index of its own, the same content is stopped', async () => {
  using guarded = await makeGuarded('internal');
  const { repo } = guarded;
  repo.write('deep/down/up.py', script());
  writeFiles(repo.dir, { 'deep/down/clean.py': 'x = 1\n' });
  const other = { ...repo.env, GIT_INDEX_FILE: join(repo.dir, '.git/other-index') };
  const before = guarded.head();
  repo.git('add', '-A');
  const sub = await repo.run('-C', 'deep/down', 'commit', '-m', 'a');
  expect(sub.code).toBe(1);
  repo.git('reset', '-q');
  await runProgram('git', ['read-tree', 'HEAD'], repo.dir, { env: other });
  await runProgram('git', ['add', 'deep/down/up.py'], repo.dir, { env: other });
  expect((await runProgram('git', ['commit', '-m', 'a'], repo.dir, { env: other })).code).toBe(1);
  expect(guarded.head()).toBe(before);
  // The usual index holds nothing: there is nothing to stop.
  repo.git('add', 'deep/down/clean.py');
  expect((await repo.run('commit', '-q', '-m', 'clean')).code).toBe(0);
});
