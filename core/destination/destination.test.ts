import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { compileDestinationGlob } from './match-destination.ts';
import { displayUrl, normalizeUrl } from './normalize-url.ts';
import { resolveDestination } from './resolve-destination.ts';
import { rewriteUrl } from './rewrite-url.ts';

const dir = mkdtempSync(join(tmpdir(), 'cordon-destination-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('one place has one normal form', () => {
  const spellings: Record<string, readonly string[]> = {
    'github.com/acme/models': [
      'git@github.com:acme/models.git',
      'git@GitHub.com:Acme/Models',
      'ssh://git@github.com/acme/models.git',
      'ssh://git@github.com:22/acme/models',
      'ssh://git@ssh.github.com:443/acme/models.git',
      'https://github.com/acme/models',
      'https://user:password@github.com:443//acme/./models.git/',
      'https://github.com./acme/x/../models',
      'git://github.com/acme/models',
      'https://github.com/acme/%6dodels',
    ],
    'git.lab.example:2222/Team/x': [
      'ssh://git@git.lab.example:2222/Team/x.git',
      'ssh://GIT.lab.example:02222/Team/x',
    ],
    '[::1]:8080/a': ['https://[::1]:8080/a'],
  };
  for (const [normal, urls] of Object.entries(spellings)) {
    test.each(urls)(`%s is ${normal}`, (url) => expect(normalizeUrl(url)).toBe(normal));
  }

  test('a folder reached through a link, a file URL or a relative path is one folder', () => {
    mkdirSync(join(dir, 'real.git'));
    symlinkSync(join(dir, 'real.git'), join(dir, 'link'));
    const normal = normalizeUrl(join(dir, 'real.git'));
    expect(normalizeUrl(join(dir, 'link'))).toBe(normal);
    expect(normalizeUrl(`file://${dir}/real.git/`)).toBe(normal);
    expect(normalizeUrl('./real.git', { cwd: dir })).toBe(normal);
    expect(normalizeUrl('real', { cwd: dir })).toBe(normal);
  });
});

describe('what only looks like a cleared place is another', () => {
  const cleared = compileDestinationGlob('https://github.com/acme/*');
  test.each([
    'https://github.com.evil.example/acme/models',
    'https://github.com@evil.example/acme/models',
    'https://evil.example#@github.com/acme/models',
    'https://evil.example?@github.com/acme/models',
    'https://evil.example\\@github.com/acme/models',
    'https://github.com:8443/acme/models',
    'https://github.com/acme/../evil/models',
    'https://github.com/acme/%2e%2e/evil/models',
    'https://github.com/evil/acme/models',
    'https://github.com/acme/models/more',
    'ext::ssh github.com acme/models',
    'ext::https://github.com/acme/models',
    'git@evil.example:github.com/acme/models',
    'https://github.com\n.evil.example/acme/models',
    'github.com/acme/models',
  ])('%j', (url) => expect(cleared(normalizeUrl(url, { cwd: '/srv' }))).toBe(false));

  test('and the place itself is cleared in every form', () => {
    expect(cleared(normalizeUrl('git@github.com:Acme/models.git'))).toBe(true);
    expect(cleared(normalizeUrl('https://github.com/acme/models'))).toBe(true);
  });
});

describe('globs', () => {
  const matches = (glob: string, url: string) =>
    compileDestinationGlob(glob)(normalizeUrl(url, { cwd: '/srv' }));
  test.each([
    ['git@git.lab.example:*/**', 'ssh://git@git.lab.example/team/deep/x', true],
    ['git@git.lab.example:*/**', 'https://git.lab.example/team/x', true],
    ['https://*.lab.example/**', 'git@git.lab.example:a/b', true],
    ['https://*.lab.example/**', 'git@lab.example.evil:a/b', false],
    ['https://*/acme/x', 'https://evil.example/deep/acme/x', false],
    ['/srv/git/*', '/srv/git/model.git', true],
    ['/srv/git/*', '/srv/git/a/b', false],
    ['/srv/git/**', '/srv/other/a', false],
    ['https://git.lab.example/{a,b}', 'https://git.lab.example/b.git', true],
    ['https://git.lab.example/a?', 'https://git.lab.example/ab', true],
    ['https://git.lab.example/Team/*', 'https://git.lab.example/team/x', false],
    ['**', 'ext::sh -c evil', false],
  ])('%s against %s: %s', (glob, url, expected) => expect(matches(glob, url)).toBe(expected));
});

test('no text makes it throw, and no other host has the same form', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(typeof normalizeUrl(text, { cwd: '/srv' })).toBe('string');
      expect(typeof normalizeUrl(`https://${text}`, { cwd: '/srv' })).toBe('string');
    }),
    { numRuns: 10_000 },
  );
  fc.assert(
    fc.property(fc.domain(), fc.domain(), (a, b) => {
      fc.pre(a.toLowerCase() !== b.toLowerCase());
      expect(normalizeUrl(`https://${a}/x`)).not.toBe(normalizeUrl(`git@${b}:x`));
    }),
  );
});

test('a password is never shown', () => {
  expect(displayUrl('https://me:hunter2@git.lab.example/x')).toBe('https://git.lab.example/x');
  expect(displayUrl('https://git.lab.example/\u001b[2Jx')).toBe(
    'https://git.lab.example/\uFFFD[2Jx',
  );
});

describe('the way git will really take', () => {
  const config = (values: Record<string, string> = {}) => ({ get: (key: string) => values[key] });
  const file = join(dir, 'ssh_config');
  writeFileSync(
    file,
    [
      'Host work',
      '  HostName git.lab.example',
      '  Port 2222',
      'Host github.com',
      '  HostName evil.example',
      'Host tunnel',
      '  HostName git.lab.example',
      '  ProxyCommand nc evil.example 22',
      '',
    ].join('\n'),
  );
  const env = { PATH: process.env['PATH'], HOME: dir, GIT_SSH_COMMAND: `ssh -F ${file}` };
  const resolved = (url: string, more = {}) =>
    resolveDestination({ url, config: config(), env, cwd: dir, ...more });

  test('an alias is the host it leads to, also where it is named like another one', async () => {
    expect((await resolved('work:team/x')).destination.normal).toBe('git.lab.example:2222/team/x');
    expect((await resolved('git@github.com:acme/x')).destination.normal).toBe(
      'evil.example/acme/x',
    );
  });
  test('home is home in any spelling', async () => {
    const { destination } = await resolved('work:team/x.git', {
      home: 'ssh://git@git.lab.example:2222/team/x',
    });
    expect(destination.home).toBe(true);
  });
  test('a command in the place of ssh, or a proxy in front of it, is told', async () => {
    const rules = async (url: string, more = {}) =>
      (await resolved(url, more)).notes.map(({ rule }) => rule);
    expect(await rules('tunnel:x')).toEqual(['ssh-command', 'proxy-command']);
    expect(await rules('ext::sh -c evil')).toEqual(['remote-helper']);
    const quiet = { env: { ...env, GIT_SSH_COMMAND: 'ssh -i ~/.ssh/id -o IdentitiesOnly=yes' } };
    expect(await rules('git@nowhere.example:x', quiet)).toEqual([]);
    const set = {
      env: { ...env, GIT_SSH_COMMAND: '' },
      config: config({ 'core.sshcommand': './evil' }),
    };
    expect(await rules('git@nowhere.example:x', set)).toEqual(['ssh-command']);
    const proxy = { config: config({ 'core.gitproxy': 'evil' }) };
    expect(await rules('git://git.lab.example/x', proxy)).toEqual(['git-proxy']);
  });
});

test('rewrites a URL as git does', () => {
  const repo = join(dir, 'rewriting');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repo, ...args], { encoding: 'utf8' }).trim();
  mkdirSync(repo);
  git('init', '--quiet');
  git('config', 'url.https://a.example/.insteadOf', 'lab:');
  git('config', 'url.https://b.example/deep/.insteadOf', 'lab:deep/');
  git('config', 'url.ssh://push.example/.pushInsteadOf', 'lab:');
  const entries = git('config', '--list', '-z')
    .split('\0')
    .filter(Boolean)
    .map((item) => ({ key: item.split('\n')[0] ?? '', value: item.split('\n')[1] }));
  for (const url of ['lab:x', 'lab:deep/x', 'https://other.example/x']) {
    git('config', 'remote.r.url', url);
    expect(rewriteUrl(url, { entries }, 'fetch')).toBe(git('remote', 'get-url', 'r'));
    expect(rewriteUrl(url, { entries }, 'push')).toBe(git('remote', 'get-url', '--push', 'r'));
  }
  git('config', 'remote.r.pushurl', 'lab:x');
  expect(rewriteUrl('lab:x', { entries }, 'pushurl')).toBe(git('remote', 'get-url', '--push', 'r'));
});
