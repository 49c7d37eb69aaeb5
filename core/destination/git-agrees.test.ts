import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileDestinationGlob } from './match-destination.ts';
import { normalizeUrl, parseAddress } from './normalize-url.ts';
import { resolveDestination } from './resolve-destination.ts';

const dir = mkdtempSync(join(tmpdir(), 'cordon-git-agrees-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
execFileSync('git', ['init', '--quiet', dir]);
const asked = join(dir, 'asked');
const ssh = join(dir, 'ssh.sh');
writeFileSync(ssh, `#!/bin/sh\nprintf '%s\\0' "$@" > '${asked}'\nexit 1\n`);
chmodSync(ssh, 0o755);

/** The host that git hands to ssh for a URL; undefined where it does not call ssh. */
function hostOfGit(url: string): { host: string; port: string } | undefined {
  rmSync(asked, { force: true });
  spawnSync('git', ['-C', dir, 'ls-remote', '--', url], {
    env: { ...process.env, GIT_SSH_COMMAND: `'${ssh}'`, GIT_SSH_VARIANT: 'ssh' },
    stdio: 'ignore',
  });
  if (!existsSync(asked)) return undefined;
  const words = readFileSync(asked, 'utf8').split('\0');
  let port = '';
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at += 1) {
    if (words[at] === '-p') port = words[at + 1] ?? '';
    if (words[at] === '-p' || words[at] === '-o') at += 1;
  }
  const host = words[at] ?? '';
  return { host: host.slice(host.lastIndexOf('@') + 1), port };
}

describe('a URL that git takes to another host than it seems to name', () => {
  const cleared = compileDestinationGlob('https://github.com/**');
  test.each([
    ['ssh://evil.example%2facme@github.com/acme/x', 'evil.example'],
    ['ssh://evil.example%3a22%2f@github.com/acme/x', 'evil.example'],
    ['ssh://[evil.example]@github.com/acme/x', 'evil.example'],
    ['ssh://a%40[evil.example]b@github.com/acme/x', 'evil.example'],
    ['github.com#evil:acme/x', 'github.com#evil'],
    ['git@\uff47ithub.com:acme/x', '\uff47ithub.com'],
    ['github.com?:acme/x', 'github.com?'],
    ['ssh://a:b@github.com:22/acme/x', 'github.com:22'],
  ])('%s', (url, host) => {
    expect(hostOfGit(url)?.host).toBe(host);
    expect(cleared(normalizeUrl(url))).toBe(false);
  });
});

test('whatever is put together from the parts of URLs, git and Cordon name one host', () => {
  const noise = '@ [ ] : :22 / %2f %40 %3a %5b %5d [::1] % ? # ~ // .git - _'.split(' ');
  let seed = Number(process.env['SEED'] ?? 20_260);
  const pick = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(seed / 256) % below;
  };
  let agreed = 0;
  for (let run = 0; run < 400; run += 1) {
    const maybe = (...words: string[]) => (pick(3) === 0 ? (words[pick(words.length)] ?? '') : '');
    const url = [
      pick(3) === 0 ? '' : 'ssh://',
      maybe(...noise),
      maybe('git@', 'evil.example@', 'a:b@'),
      maybe(...noise),
      pick(2) === 0 ? 'GitHub.com' : 'evil.example',
      maybe(...noise),
      pick(2) === 0 ? '/acme/x' : ':acme/x',
    ].join('');
    const git = hostOfGit(url);
    const ours = parseAddress(url);
    if (git === undefined || ours === undefined) continue;
    expect([url, ours.written, ours.port]).toEqual([url, git.host, git.port]);
    agreed += 1;
  }
  expect(agreed).toBeGreaterThan(20);
});

describe('what ssh would do with the host as written', () => {
  const file = join(dir, 'config');
  writeFileSync(
    file,
    [
      'Host GITHUB.COM github.com.',
      '  HostName evil.example',
      'Match host slow.example exec "sleep 9"',
      '  HostName evil.example',
      '',
    ].join('\n'),
  );
  const env = { PATH: process.env['PATH'], HOME: dir, GIT_SSH_COMMAND: `ssh -F ${file}` };
  const config = { get: () => undefined, entries: [] };
  const normalOf = async (url: string, more = {}) => {
    const request = { url, config, env: { ...env, ...more }, cwd: dir };
    return (await resolveDestination(request)).destination.normal;
  };
  test.each([
    [`ssh -F /dev/null -o HostName=evil.example`, 'evil.example/acme/x'],
    [`ssh -F /dev/null -o "HostName evil.example" -v -p 2222`, 'evil.example:2222/acme/x'],
    [`/usr/bin/ssh -F/dev/null -oHostName=evil.example`, 'evil.example/acme/x'],
    [`ssh -F /dev/null -W evil.example:22`, 'github.com/acme/x'],
  ])('options of the ssh command are followed: %s', async (command, normal) => {
    expect(await normalOf('git@github.com:acme/x', { GIT_SSH_COMMAND: command })).toBe(normal);
  });
  test('a jump host is told where nobody checks who answers', async () => {
    const notesOf = async (options: string) => {
      const more = { GIT_SSH_COMMAND: `ssh -F /dev/null -J jump.example ${options}` };
      const request = { url: 'git@github.com:acme/x', config, env: { ...env, ...more }, cwd: dir };
      return (await resolveDestination(request)).notes.filter(({ rule }) => rule !== 'ssh-command');
    };
    expect(await notesOf('')).toEqual([]);
    expect(await notesOf('-o StrictHostKeyChecking=no')).toHaveLength(1);
    expect(await notesOf('-o HostKeyAlias=evil')).toHaveLength(1);
  });
  test('names that are pinned to an address, and certificates nobody checks, are told', async () => {
    const entries = [
      { key: 'http.curloptresolve', value: 'github.com:443:192.0.2.1' },
      { key: 'http.https://github.com/.sslverify', value: 'false' },
      { key: 'http.sslverify', value: 'true' },
    ];
    const url = 'https://github.com/acme/x';
    const { notes } = await resolveDestination({
      url,
      config: { ...config, entries },
      env,
      cwd: dir,
    });
    expect(notes).toEqual([
      { rule: 'git-proxy', detail: 'http.curloptresolve = github.com:443:192.0.2.1' },
      { rule: 'git-proxy', detail: 'http.https://github.com/.sslverify = false' },
    ]);
  });
  test('aliases that differ in case or by a last dot are followed', async () => {
    expect(await normalOf('git@GITHUB.COM:acme/x')).toBe('evil.example/acme/x');
    expect(await normalOf('ssh://git@github.com./acme/x')).toBe('evil.example/acme/x');
    expect(await normalOf('git@github.com:acme/x')).toBe('github.com/acme/x');
  });
  test('an ssh that does not say where it goes clears nothing', async () => {
    expect(await normalOf('git@slow.example:acme/x')).toBe('helper:git@slow.example:acme/x');
    expect(await normalOf('-oProxyCommand=x:acme/x')).toMatch(/^helper:/);
  });
});
