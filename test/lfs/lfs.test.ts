import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cordon, makeLab, makeToken, makeWeights, policyFor } from '../support/lab.ts';
import { makeRepo } from '../support/repo.ts';
import type { TestRepo } from '../support/repo.ts';

/**
 * Real uploads by git-lfs behind our hook. git-lfs is not part of git, so a machine may lack it; CI
 * sets CORDON_TEST_LFS, and there its absence is a failure.
 */
const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0;
const isWanted = Boolean(process.env['CORDON_TEST_LFS']);

interface Pair extends Disposable {
  readonly repo: TestRepo;
  readonly origin: TestRepo;
  /** Ids of the LFS objects on the server. */
  readonly uploaded: () => string[];
}

/** A clone whose `*.bin` are LFS's, with Cordon's hooks, and a server that LFS uploads to. */
async function makePair(clearance: string): Promise<Pair> {
  const origin = makeRepo({ bare: true });
  const repo = makeLab();
  // A path has no LFS server: git-lfs' own standalone agent copies into the bare repository.
  repo.addRemote('origin', `file://${origin.dir}`);
  repo.git('lfs', 'install', '--skip-repo');
  repo.git('lfs', 'install', '--local');
  repo.commit({
    '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    '.cordon/policy.yaml': policyFor({ [`file://${origin.dir}`]: clearance }),
  });
  expect(await cordon(repo, ['init'])).toMatchObject({ code: 0, stderr: '' });
  expect((await repo.push('-q', 'origin', 'main')).code).toBe(0);
  return {
    repo,
    origin,
    uploaded: () => {
      const store = join(origin.dir, 'lfs/objects');
      if (!existsSync(store)) return [];
      const names = readdirSync(store, { recursive: true, encoding: 'utf8' });
      return names.flatMap((name) => /[0-9a-f]{64}$/.exec(name) ?? []);
    },
    [Symbol.dispose]() {
      repo.cleanup();
      origin.cleanup();
    },
  };
}

const idOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  async 'what is refused is not uploaded'() {
    using pair = await makePair('internal');
    const { repo, origin } = pair;
    const before = origin.git('rev-parse', 'main');
    const weights = makeWeights();
    repo.commit({ 'm.bin': weights });
    expect(repo.git('cat-file', 'blob', 'HEAD:m.bin')).toContain(`oid sha256:${idOf(weights)}`);
    const pushed = await repo.push('origin', 'main');
    expect(pushed.code).toBe(1);
    expect(pushed.stderr).toContain('m.bin');
    expect(pair.uploaded()).toEqual([]);
    expect(origin.git('rev-parse', 'main')).toBe(before);
  },

  async 'what is cleared is uploaded by git-lfs, after us'() {
    using pair = await makePair('weights');
    const { repo, origin } = pair;
    const weights = makeWeights();
    const tip = repo.commit({ 'm.bin': weights });
    expect((await repo.push('origin', 'main')).code).toBe(0);
    expect(pair.uploaded()).toEqual([idOf(weights)]);
    expect(origin.git('rev-parse', 'main')).toBe(tip);
  },

  async 'a secret behind a pointer is found'() {
    using pair = await makePair('weights');
    pair.repo.commit({ 'env.bin': `T = "${makeToken()}"\n` });
    expect((await pair.repo.push('origin', 'main')).code).toBe(1);
    expect(pair.uploaded()).toEqual([]);
  },

  async 'bytes that are not here cannot be looked at: 4, and the push is stopped'() {
    using pair = await makePair('weights');
    const { repo, origin } = pair;
    const before = origin.git('rev-parse', 'main');
    const weights = makeWeights();
    const tip = repo.commit({ 'm.bin': weights });
    rmSync(join(repo.dir, '.git/lfs/objects'), { recursive: true });
    repo.git('config', 'lfs.allowincompletepush', 'true');
    const line = `refs/heads/main ${tip} refs/heads/main ${before}\n`;
    const url = `file://${origin.dir}`;
    const hook = ['hook', 'pre-push', 'origin', url];
    expect((await cordon(repo, hook, { input: line })).code).toBe(4);
    const report = JSON.parse(
      readFileSync(join(repo.dir, '.git/cordon/last.json'), 'utf8'),
    ) as Report;
    expect(report.findings).toMatchObject([
      { kind: 'uninspected', rule: 'missing', path: 'm.bin' },
    ]);
    expect((await repo.push('origin', 'main')).code).toBe(1);
    expect(origin.git('rev-parse', 'main')).toBe(before);
  },

  async 'bytes under the id of others do not pass for them'() {
    using pair = await makePair('internal');
    const { repo } = pair;
    const weights = makeWeights();
    repo.commit({ 'm.bin': weights });
    const id = idOf(weights);
    const place = `.git/lfs/objects/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`;
    rmSync(join(repo.dir, place));
    repo.write(place, 'only words\n'.repeat(11_000).slice(0, weights.length));
    expect((await repo.push('origin', 'main')).code).toBe(1);
    expect(pair.uploaded()).toEqual([]);
  },

  async 'with no hook of git-lfs of its own, the files are not left behind'() {
    using pair = await makePair('weights');
    const { repo } = pair;
    rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
    const weights = makeWeights(2);
    repo.commit({ 'm.bin': weights });
    expect((await repo.push('origin', 'main')).code).toBe(0);
    expect(pair.uploaded()).toEqual([idOf(weights)]);
  },

  async 'several refs reach git-lfs as they reached us'() {
    using pair = await makePair('weights');
    const { repo, origin } = pair;
    const [one, two] = [makeWeights(3), makeWeights(4)];
    repo.git('checkout', '-q', '-b', 'one');
    repo.commit({ 'one.bin': one });
    repo.git('checkout', '-q', '-b', 'two', 'main');
    repo.commit({ 'two.bin': two });
    expect((await repo.push('origin', 'one', 'two')).code).toBe(0);
    expect(pair.uploaded().sort()).toEqual([idOf(one), idOf(two)].sort());
    expect(
      origin.git('for-each-ref', '--format=%(refname)', 'refs/heads/one', 'refs/heads/two'),
    ).toBe('refs/heads/one\nrefs/heads/two');
  },

  async 'an administrator names the store, and the server looks behind pointers too'() {
    using pair = await makePair('weights');
    const { repo, origin } = pair;
    const server = { ...origin, env: { ...repo.env } };
    expect((await cordon(server, ['init', '--server', '--url', `file://${origin.dir}`])).code).toBe(
      0,
    );
    const before = origin.git('rev-parse', 'main');
    const weights = makeWeights(5);
    const tip = repo.commit({ 'm.bin': weights });
    // The bytes went to a store that the server is not told of.
    expect((await repo.push('--no-verify', 'origin', 'main')).code).toBe(1);
    expect(origin.git('rev-parse', 'main')).toBe(before);
    origin.git('config', 'cordon.lfsStore', join(repo.dir, '.git/lfs/objects'));
    expect((await repo.push('--no-verify', 'origin', 'main')).code).toBe(0);
    expect(origin.git('rev-parse', 'main')).toBe(tip);
  },
};

const withoutLfs: typeof scenarios = {
  async 'without git-lfs a pointer is known all the same'() {
    if (isWanted) {
      expect.unreachable('CORDON_TEST_LFS is set, and `git lfs version` fails: install git-lfs');
    }
    console.warn('GIT-LFS IS NOT ON THIS MACHINE: real LFS uploads were NOT tested.');
    using repo = makeLab();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 131200\n`;
    repo.commit({ 'm.bin': pointer });
    expect((await cordon(repo, ['scan', '--history'])).code).toBe(4);
  },
};

// A skipped test would look like one that passed: what cannot be tried is not listed.
test.each(Object.entries(hasLfs ? scenarios : withoutLfs))('%s', async (_name, run) => {
  expect.hasAssertions();
  await run();
});

interface Report {
  readonly findings: readonly { readonly kind: string; readonly rule: string }[];
}
