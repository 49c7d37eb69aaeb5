import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, type RepoOptions } from '../../test/support/repo.ts';
import { openRepository } from './repository.ts';
import { runGit } from './spawn.ts';

const repo = (options?: RepoOptions) => {
  const one = makeRepo(options);
  onTestFinished(() => one.cleanup());
  return one;
};

test('opens the top from a subfolder and through a symlink', async () => {
  const at = repo();
  at.commit({ 'sub/deep/a': 'a' });
  const expected = {
    dir: at.dir,
    gitDir: join(at.dir, '.git'),
    commonDir: join(at.dir, '.git'),
    workTree: at.dir,
    bare: false,
    objectFormat: 'sha1',
    zeroOid: '0'.repeat(40),
    shallow: false,
    partial: false,
  };
  expect(await openRepository(at.dir, { env: at.env })).toMatchObject(expected);
  expect(await openRepository(join(at.dir, 'sub/deep'), { env: at.env })).toMatchObject(expected);
  symlinkSync(join(at.dir, 'sub'), join(at.env['HOME'] ?? '', 'link'));
  const linked = await openRepository(join(at.env['HOME'] ?? '', 'link'), { env: at.env });
  expect(linked).toMatchObject(expected);
});

test('opens a repository without commits, a SHA-256 one and a bare one', async () => {
  const at = repo({ objectFormat: 'sha256' });
  expect(await openRepository(at.dir, { env: at.env })).toMatchObject({
    objectFormat: 'sha256',
    zeroOid: '0'.repeat(64),
  });
  const bare = repo({ bare: true });
  const opened = await openRepository(bare.dir, { env: bare.env });
  expect(opened).toMatchObject({
    dir: bare.dir,
    gitDir: bare.dir,
    commonDir: bare.dir,
    bare: true,
  });
  expect(opened).not.toHaveProperty('workTree');
});

test('opens a linked worktree, as a hook in it finds it', async () => {
  const at = repo();
  at.commit({ a: 'a' });
  const tree = join(at.env['HOME'] ?? '', 'tree');
  at.git('worktree', 'add', '-q', tree);
  const expected = {
    dir: tree,
    gitDir: join(at.dir, '.git/worktrees/tree'),
    commonDir: join(at.dir, '.git'),
    workTree: tree,
  };
  expect(await openRepository(tree, { env: at.env })).toMatchObject(expected);
  // In a linked worktree git sets GIT_DIR for its hooks.
  const env = { ...at.env, GIT_DIR: join(at.dir, '.git/worktrees/tree') };
  expect(await openRepository(tree, { env })).toMatchObject(expected);
});

test('an inherited GIT_DIR counts', async () => {
  const bare = repo({ bare: true });
  const elsewhere = repo();
  expect(await openRepository(bare.dir, { env: { ...bare.env, GIT_DIR: '.' } })).toMatchObject({
    gitDir: bare.dir,
    bare: true,
  });
  const env = { ...bare.env, GIT_DIR: bare.dir };
  expect(await openRepository(elsewhere.dir, { env })).toMatchObject({ gitDir: bare.dir });
});

test('opens a submodule, whose git directory is elsewhere', async () => {
  const inner = repo();
  inner.commit({ a: 'a' });
  const at = repo();
  at.git('submodule', '--quiet', 'add', inner.dir, 'sub');
  expect(await openRepository(join(at.dir, 'sub'), { env: at.env })).toMatchObject({
    dir: join(at.dir, 'sub'),
    gitDir: join(at.dir, '.git/modules/sub'),
    commonDir: join(at.dir, '.git/modules/sub'),
  });
});

test('core.worktree leads to no other repository', async () => {
  const at = repo();
  const tip = at.commit({ leak: 'leak' });
  const decoy = repo();
  decoy.commit({ clean: 'clean' });
  at.git('config', 'core.worktree', decoy.dir);
  const opened = await openRepository(at.dir, { env: at.env });
  expect(opened).toMatchObject({ gitDir: join(at.dir, '.git'), workTree: decoy.dir });
  const head = await runGit(opened, ['rev-parse', 'HEAD', '--absolute-git-dir']);
  expect(head.toString()).toBe(`${tip}\n${join(at.dir, '.git')}\n`);
});

test('a folder name may hold newlines', async () => {
  const at = repo();
  const odd = join(at.dir, 'odd\nname\n--cordon');
  mkdirSync(odd);
  at.git('init', '-q', odd);
  expect(await openRepository(odd, { env: at.env })).toMatchObject({
    workTree: odd,
    gitDir: join(odd, '.git'),
  });
});

test('tells shallow and partial clones', async () => {
  const source = repo();
  source.commit({ a: 'a' });
  source.commit({ a: 'b' });
  source.git('config', 'uploadpack.allowFilter', 'true');
  const url = `file://${source.dir}`;
  const shallow = repo({ cloneOf: url, cloneArgs: ['--depth=1'] });
  expect(await openRepository(shallow.dir, { env: shallow.env })).toMatchObject({
    shallow: true,
    partial: false,
  });
  const partial = repo({ cloneOf: url, cloneArgs: ['--filter=blob:none'] });
  expect(await openRepository(partial.dir, { env: partial.env })).toMatchObject({
    shallow: false,
    partial: true,
  });
});

test('says what is no repository, and what is not ours', async () => {
  const at = repo();
  const empty = realpathSync(mkdtempSync(join(tmpdir(), 'cordon-test-')));
  onTestFinished(() => rmSync(empty, { recursive: true }));
  await expect(openRepository(empty, { env: at.env })).rejects.toMatchObject({
    code: 'git.not-a-repository',
  });
  await expect(openRepository(join(empty, 'gone'), { env: at.env })).rejects.toMatchObject({
    code: 'git.not-a-repository',
  });
  const env = { ...at.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  await expect(openRepository(at.dir, { env })).rejects.toMatchObject({
    code: 'git.unsafe-repository',
  });
});
