import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRepository } from './find-repository.ts';
import { listRemotes, withoutCredentials } from './list-remotes.ts';
import { chooseHome } from './pin-home.ts';

let top = '';
const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: top, encoding: 'utf8' });

beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'cordon-remotes-'));
  git('init', '--quiet', '--initial-branch=trunk');
});
afterAll(() => rmSync(top, { recursive: true }));

test('no remotes, then several URLs, rewritten ones, names that look like options', async () => {
  expect(await listRemotes(top)).toEqual([]);
  git('remote', 'add', 'origin', 'short:models');
  git('config', 'url.https://git.lab.example/.insteadOf', 'short:');
  git('remote', 'set-url', '--add', '--push', 'origin', 'git@one.example:a/b');
  git('remote', 'set-url', '--add', '--push', 'origin', 'https://me:hunter2@two.example/a/b');
  git('config', 'remote.--all.url', '/somewhere');
  const remotes = await listRemotes(top);
  expect(remotes).toEqual([
    { name: '--all', fetchUrl: '/somewhere', pushUrls: ['/somewhere'] },
    {
      name: 'origin',
      fetchUrl: 'https://git.lab.example/models',
      pushUrls: ['git@one.example:a/b', 'https://two.example/a/b'],
    },
  ]);
});

test.each([
  ['https://me:word@host.example/a@b', 'https://host.example/a@b'],
  ['https://token@host.example/a', 'https://host.example/a'],
  ['ssh://git@host.example:22/a', 'ssh://git@host.example:22/a'],
  ['ssh://git:word@host.example/a', 'ssh://host.example/a'],
  ['git@host.example:a/b', 'git@host.example:a/b'],
  ['/a:b@c/d', '/a:b@c/d'],
])('%s without credentials', (url, without) => {
  expect(withoutCredentials(url)).toBe(without);
});

test('home is origin; its branch is what the clone knows, else the likeliest', async () => {
  const repository = findRepository(top);
  const remotes = await listRemotes(top);
  expect(chooseHome(repository, remotes)).toMatchObject({
    remote: 'origin',
    url: 'https://git.lab.example/models',
    branch: 'refs/heads/trunk',
    branchKnown: false,
  });
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/release/main');
  expect(chooseHome(repository, remotes)).toMatchObject({
    branch: 'refs/heads/release/main',
    branchKnown: true,
  });
});

test('home without an origin: the only remote, none of several', () => {
  const repository = findRepository(top);
  const remote = (name: string) => ({ name, fetchUrl: `/${name}`, pushUrls: [] });
  expect(chooseHome(repository, [remote('up')])).toMatchObject({ url: '/up' });
  expect(chooseHome(repository, [remote('up'), remote('down')])).toBeUndefined();
  expect(chooseHome(repository, [])).toBeUndefined();
});
