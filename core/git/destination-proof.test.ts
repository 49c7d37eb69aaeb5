import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, type RepoOptions, type TestRepo } from '../../test/support/repo.ts';
import type { Oid } from '../model.ts';
import { proveHeld } from './destination-proof.ts';
import { enumeratePush } from './enumerate-push.ts';
import { lsRemote, provableTips, type RemoteRef } from './remote-refs.ts';
import { openRepository } from './repository.ts';

const repo = (options?: RepoOptions): TestRepo => {
  const one = makeRepo(options);
  onTestFinished(() => one.cleanup());
  return one;
};
const open = (at: TestRepo, env: Record<string, string> = {}) =>
  openRepository(at.dir, { env: { ...at.env, ...env } });
const timeoutMs = 60_000;

/** Every name, byte and time of change under a folder. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const place = join(folder, name);
    const found = lstatSync(place);
    hash.update(`${name}\0${found.mode}\0${found.size}\0${found.mtimeMs}\0`);
    if (found.isFile()) hash.update(readFileSync(place));
  }
  return hash.digest('hex');
}

/**
 * A client at an old main; a colleague has moved main since, so that its tip is not in the clone.
 * The client's branch holds old content and one new file.
 */
async function moved(objectFormat: 'sha1' | 'sha256' = 'sha1') {
  const remote = repo({ bare: true, objectFormat });
  const colleague = repo({ objectFormat });
  colleague.commit({ old: 'old leak', 'd/also': 'also' });
  await colleague.push(remote.dir, 'main');
  const client = repo({ cloneOf: remote.dir });
  colleague.commit({ theirs: 'theirs' });
  await colleague.push(remote.dir, 'main');
  const tip = client.commit({ mine: 'mine' }) as Oid;
  return {
    remote,
    client,
    tip,
    held: ['HEAD:old', 'HEAD:d/also', 'HEAD:d', 'HEAD~1'].map((name) =>
      client.git('rev-parse', name),
    ),
    fresh: ['HEAD:mine', 'HEAD^{tree}', 'HEAD'].map((name) => client.git('rev-parse', name)),
  };
}

test.each([
  ['a path', 'sha1', (dir: string) => dir],
  ['file://', 'sha1', (dir: string) => `file://${dir}`],
  ['a path', 'sha256', (dir: string) => dir],
] as const)('proves over %s (%s) what a moved main holds', async (_, format, urlOf) => {
  for (const filter of ['true', 'false']) {
    const { remote, client, tip, held, fresh } = await moved(format);
    remote.git('config', 'uploadpack.allowFilter', filter);
    const url = urlOf(remote.dir);
    const opened = await open(client);
    const before = digestOf(join(client.dir, '.git'));
    const refs = await lsRemote(opened, { url, timeoutMs });
    const tips = provableTips(refs);
    expect(tips).toEqual([remote.git('rev-parse', 'main')]);
    // The tip is unknown here, so nothing is excluded and old content is in the listing.
    const set = await enumeratePush(opened, { tips: [tip], negatives: tips });
    expect(set.unknownNegatives).toEqual(tips);
    const candidates = set.objects.map(({ oid }) => oid);
    expect(candidates).toEqual(expect.arrayContaining([...held, ...fresh]));
    const proof = await proveHeld(opened, { url, tips, candidates, timeoutMs });
    expect(proof).toMatchObject({ proven: true });
    expect(candidates.filter((oid) => !proof.held.has(oid)).toSorted()).toEqual(fresh.toSorted());
    expect(digestOf(join(client.dir, '.git'))).toBe(before);
  }
});

test('blobs that are only promised are proven by the trees that name them', async () => {
  const remote = repo({ bare: true });
  remote.git('config', 'uploadpack.allowFilter', 'true');
  const colleague = repo();
  for (let n = 0; n < 3; n += 1) colleague.commit({ 'd/x': `${n}` });
  await colleague.push(remote.dir, 'main');
  const url = `file://${remote.dir}`;
  const client = repo({ cloneOf: url, cloneArgs: ['--filter=blob:none'] });
  colleague.commit({ theirs: 'theirs' });
  await colleague.push(remote.dir, 'main');
  const opened = await open(client);
  const tips = provableTips(await lsRemote(opened, { url, timeoutMs }));
  const { missing } = await enumeratePush(opened, {
    tips: [client.commit({ mine: 'mine' }) as Oid],
    negatives: tips,
  });
  expect(missing).toHaveLength(2);
  expect(await proveHeld(opened, { url, tips, candidates: missing, timeoutMs })).toMatchObject({
    proven: true,
    held: new Set(missing),
  });
});

test('a claim in the clone proves nothing', async () => {
  const { remote, client, tip } = await moved();
  client.git('update-ref', 'refs/remotes/origin/main', tip);
  client.git('tag', 'pushed', tip);
  const opened = await open(client);
  const tips = provableTips(await lsRemote(opened, { url: remote.dir, timeoutMs }));
  const mine = client.git('rev-parse', 'HEAD:mine') as Oid;
  const proof = await proveHeld(opened, { url: remote.dir, tips, candidates: [mine], timeoutMs });
  expect(proof).toMatchObject({ proven: true, held: new Set() });
});

test('tips that are here need no connection', async () => {
  const { client, remote } = await moved();
  const tip = client.git('rev-parse', 'HEAD~1') as Oid;
  remote.cleanup();
  const candidates = [client.git('rev-parse', 'HEAD:old'), client.git('rev-parse', 'HEAD:mine')];
  const request = { url: remote.dir, tips: [tip], candidates: candidates as Oid[], timeoutMs };
  expect(await proveHeld(await open(client), request)).toEqual({
    proven: true,
    held: new Set([candidates[0]]),
  });
});

test('a destination that does not answer proves nothing more', async () => {
  const { client, remote } = await moved();
  remote.cleanup();
  const request = {
    url: remote.dir,
    tips: ['ab'.repeat(20), client.git('rev-parse', 'HEAD~1')] as Oid[],
    candidates: [
      client.git('rev-parse', 'HEAD:old'),
      client.git('rev-parse', 'HEAD:mine'),
    ] as Oid[],
    timeoutMs,
  };
  expect(await proveHeld(await open(client), request)).toMatchObject({
    proven: false,
    held: new Set([client.git('rev-parse', 'HEAD:old')]),
    reason: { code: 'git.connection-failed' },
  });
});

test.each([['--depth=1'], ['--filter=blob:none'], ['--filter=tree:0']])(
  'a clone made with %s can ask too',
  async (cloneArg) => {
    const remote = repo({ bare: true });
    remote.git('config', 'uploadpack.allowFilter', 'true');
    remote.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const colleague = repo();
    for (let n = 0; n < 3; n += 1) colleague.commit({ [`f${n}`]: `${n}`, 'd/x': `${n}` });
    await colleague.push(remote.dir, 'main');
    const client = repo({ cloneOf: `file://${remote.dir}`, cloneArgs: [cloneArg] });
    colleague.commit({ theirs: 'theirs' });
    await colleague.push(remote.dir, 'main');
    client.commit({ mine: 'mine' });
    const before = digestOf(join(client.dir, '.git'));
    const opened = await open(client);
    const url = `file://${remote.dir}`;
    const tips = provableTips(await lsRemote(opened, { url, timeoutMs }));
    const [old, mine] = [client.git('rev-parse', 'HEAD:f2'), client.git('rev-parse', 'HEAD:mine')];
    const proof = await proveHeld(opened, {
      url,
      tips,
      candidates: [old, mine] as Oid[],
      timeoutMs,
    });
    expect(proof.held.has(mine as Oid)).toBe(false);
    expect(proof).toMatchObject({ proven: true, held: new Set([old]) });
    expect(digestOf(join(client.dir, '.git'))).toBe(before);
  },
);

/** An ssh that runs the command here, and notes how it was called. */
function fakeSsh(at: TestRepo): string {
  at.write(
    '.git/ssh',
    `#!/bin/sh\necho "$@" >> '${at.dir}/.git/ssh-log'\nfor last; do :; done\nexec sh -c "$last"\n`,
  );
  chmodSync(join(at.dir, '.git/ssh'), 0o755);
  return join(at.dir, '.git/ssh');
}

test.each(['GIT_SSH_COMMAND', 'core.sshCommand'])(
  'connects through ssh as git does: %s',
  async (way) => {
    const { remote, client, held, fresh } = await moved();
    const ssh = `'${fakeSsh(client)}' -o Some=Option`;
    if (way === 'core.sshCommand') client.git('config', way, ssh);
    const opened = await open(client, way === 'GIT_SSH_COMMAND' ? { [way]: ssh } : {});
    const url = `git@lab.example:${remote.dir}`;
    const tips = provableTips(await lsRemote(opened, { url, timeoutMs }));
    const candidates = [...held, ...fresh] as Oid[];
    const proof = await proveHeld(opened, { url, tips, candidates, timeoutMs });
    expect(proof).toMatchObject({ proven: true, held: new Set(held) });
    const calls = readFileSync(join(client.dir, '.git/ssh-log'), 'utf8').trim().split('\n');
    expect(calls.filter((call) => call.startsWith('-o Some=Option'))).toHaveLength(calls.length);
    expect(calls.filter((call) => call.includes('git-upload-pack'))).toHaveLength(2);
  },
);

test('rewriting rules are not applied a second time', async () => {
  const { remote, client } = await moved();
  const decoy = repo({ bare: true });
  const url = `file://${remote.dir}`;
  client.git('config', `url.file://${decoy.dir}.insteadOf`, url);
  client.git('config', '--global', `url.file://${decoy.dir}.pushInsteadOf`, url);
  const env = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${decoy.dir}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'file:',
  };
  expect(await lsRemote(await open(client, env), { url, timeoutMs })).toContainEqual({
    ref: 'refs/heads/main',
    oid: remote.git('rev-parse', 'main'),
  });
});

test('each push URL is asked for itself', async () => {
  const { client, remote } = await moved();
  const second = repo({ bare: true });
  client.git('push', '-q', remote.dir, 'HEAD:refs/heads/x');
  const opened = await open(client);
  const refs = async (url: string): Promise<RemoteRef[]> => lsRemote(opened, { url, timeoutMs });
  expect((await refs(remote.dir)).map(({ ref }) => ref)).toContain('refs/heads/x');
  expect(await refs(second.dir)).toEqual([]);
});

test('lists what tags point at, but proves by tips that a server gives', async () => {
  const remote = repo();
  const tip = remote.commit({ a: 'a' });
  remote.git('tag', '-m', 'one', 'v1');
  remote.git('update-ref', 'refs/pull/1/head', remote.commit({ b: 'b' }));
  remote.git('update-ref', 'refs/heads/main', tip);
  const refs = await lsRemote(await open(repo()), { url: remote.dir, timeoutMs });
  expect(refs.map(({ ref }) => ref)).toEqual([
    'HEAD',
    'refs/heads/main',
    'refs/pull/1/head',
    'refs/tags/v1',
    'refs/tags/v1^{}',
  ]);
  expect(provableTips(refs)).toEqual([tip, remote.git('rev-parse', 'refs/tags/v1')]);
});

test.each([['--upload-pack=touch marker'], ['-oProxyCommand=touch marker'], ['ext::touch marker']])(
  'an address that names a program connects to nothing: %s',
  async (url) => {
    const at = repo();
    await expect(lsRemote(await open(at), { url, timeoutMs })).rejects.toMatchObject({
      code: 'git.connection-failed',
    });
    expect(existsSync(join(at.dir, 'marker'))).toBe(false);
  },
);

test('a remote that never answers is given up, and its password is not told', async () => {
  const at = repo();
  at.write('.git/ssh', '#!/bin/sh\nexec cat > /dev/null\n');
  chmodSync(join(at.dir, '.git/ssh'), 0o755);
  const opened = await open(at, { GIT_SSH_COMMAND: `'${join(at.dir, '.git/ssh')}'` });
  await expect(
    lsRemote(opened, { url: 'ssh://user:pass@lab.example/x', timeoutMs: 500 }),
  ).rejects.toMatchObject({
    code: 'git.connection-failed',
    data: { timedOut: true, url: 'ssh://lab.example/x' },
  });
});
