import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cordon, makeLab, makeToken, makeWeights, policyFor, runProgram } from '../support/lab.ts';
import { makeRepo } from '../support/repo.ts';
import type { TestRepo } from '../support/repo.ts';

interface Guarded extends Disposable {
  readonly repo: TestRepo;
  readonly origin: TestRepo;
}

/** A clone and its home, not yet guarded. */
function makeClone(): Guarded {
  const origin = makeRepo({ bare: true });
  const repo = makeLab();
  repo.addRemote('origin', origin.dir);
  repo.commit({
    'readme.md': 'A model.\n',
    '.cordon/policy.yaml': policyFor({ [origin.dir]: 'internal' }),
  });
  return {
    repo,
    origin,
    [Symbol.dispose]() {
      repo.cleanup();
      origin.cleanup();
    },
  };
}

async function makeGuarded(): Promise<Guarded> {
  const made = makeClone();
  expect(await cordon(made.repo, ['init'])).toMatchObject({ code: 0, stderr: '' });
  return made;
}

const modules = join(import.meta.dirname, '../../node_modules');

test("a repository of husky's keeps its own hook, and is guarded first", async () => {
  using made = makeClone();
  const { repo, origin } = made;
  const log = join(dirname(repo.dir), 'own.log');
  const own = `cat >>'${log}'\necho own hook was here >&2\n`;
  repo.commit({
    'package.json': '{"name":"m","scripts":{"prepare":"husky"},"devDependencies":{"husky":"^9"}}\n',
    '.husky/pre-push': own,
    '.gitignore': 'node_modules\n',
  });
  mkdirSync(join(repo.dir, 'node_modules'));
  cpSync(join(modules, 'husky'), join(repo.dir, 'node_modules/husky'), { recursive: true });
  const husky = join(repo.dir, 'node_modules/husky/bin.js');
  expect((await runProgram(process.execPath, [husky], repo.dir, { env: repo.env })).code).toBe(0);
  expect((await cordon(repo, ['init'])).code).toBe(0);
  expect(readFileSync(join(repo.dir, '.husky/pre-push'), 'utf8')).toContain(own);
  const tip = repo.commit({ 'a.txt': 'a\n' });
  const clean = await repo.push('origin', 'main');
  expect(clean.code).toBe(0);
  expect(clean.stderr).toContain('own hook was here');
  const zero = '0'.repeat(40);
  expect(readFileSync(log, 'utf8')).toBe(`refs/heads/main ${tip} refs/heads/main ${zero}\n`);
  repo.commit({ 'm.txt': makeWeights() });
  expect((await repo.push('origin', 'main')).code).toBe(1);
  expect(readFileSync(log, 'utf8').split('\n').length).toBe(2);
  // husky writes its own folder again at every `npm install`.
  expect((await runProgram(process.execPath, [husky], repo.dir, { env: repo.env })).code).toBe(0);
  expect((await repo.push('origin', 'main')).code).toBe(1);
  expect(origin.git('rev-parse', 'main')).toBe(tip);
});

test('linked worktrees made before and after init are guarded', async () => {
  using made = makeClone();
  const { repo, origin } = made;
  const before = join(dirname(repo.dir), 'before');
  const after = join(dirname(repo.dir), 'after');
  repo.git('worktree', 'add', '-q', '-b', 'before', before);
  expect((await cordon(repo, ['init'])).code).toBe(0);
  repo.git('worktree', 'add', '-q', '-b', 'after', after);
  for (const [name, dir] of [
    ['before', before],
    ['after', after],
  ] as const) {
    const there = (...args: string[]) => runProgram('git', args, dir, { env: repo.env });
    const write = (path: string, content: string | Buffer) =>
      repo.write(`../${name}/${path}`, content);
    write('up.py', `T = "${makeToken()}"\n`);
    await there('add', '-A');
    expect((await there('commit', '-m', 'secret')).code).toBe(1);
    write('up.py', 'clean = 1\n');
    write('m.txt', makeWeights());
    await there('add', '-A');
    expect((await there('commit', '--no-verify', '-m', 'weights')).code).toBe(0);
    expect((await there('push', 'origin', name)).code).toBe(1);
    expect(origin.git('for-each-ref', `refs/heads/${name}`)).toBe('');
  }
});

test('a branch from before Cordon is guarded, and so is a detached head', async () => {
  using made = makeClone();
  const { repo, origin } = made;
  repo.git('checkout', '-q', '--orphan', 'old');
  repo.git('rm', '-rfq', '.');
  repo.commit({ 'old.txt': 'from before\n' });
  repo.git('checkout', '-q', 'main');
  expect((await cordon(repo, ['init'])).code).toBe(0);
  repo.git('add', '-A');
  repo.git('commit', '-q', '--no-verify', '-m', 'guarded');
  expect((await repo.push('-q', 'origin', 'main')).code).toBe(0);
  repo.git('checkout', '-q', 'old');
  expect(existsSync(join(repo.dir, '.cordon/policy.yaml'))).toBe(false);
  repo.commit({ 'm.txt': makeWeights() });
  expect((await repo.push('origin', 'old')).code).toBe(1);
  repo.git('checkout', '-q', '--detach');
  expect((await repo.push('origin', 'HEAD:refs/heads/detached')).code).toBe(1);
  expect(origin.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});

const gitPath = async (repo: TestRepo): Promise<string> =>
  (await runProgram('/bin/sh', ['-c', 'command -v git'], '/', { env: repo.env })).stdout.trim();

test('without a PATH the hook finds its way', async () => {
  using made = await makeGuarded();
  const { repo, origin } = made;
  const git = await gitPath(repo);
  const env = { HOME: repo.env['HOME'] ?? '' };
  expect((await runProgram(git, ['push', '-q', 'origin', 'main'], repo.dir, { env })).code).toBe(0);
  repo.commit({ 'm.txt': makeWeights() });
  const pushed = await runProgram(git, ['push', 'origin', 'main'], repo.dir, { env });
  expect(pushed.code).toBe(1);
  expect(pushed.stderr).toContain('m.txt');
  expect(origin.git('rev-parse', 'main')).toBe(repo.git('rev-parse', 'HEAD~1'));
});

test('no program that lies in the repository is run', async () => {
  using made = await makeGuarded();
  const { repo } = made;
  const mark = join(dirname(repo.dir), 'ran');
  const names = ['node', 'git', 'sh', 'cat', 'ssh', 'uname', 'dirname', 'env', 'printf', 'git-lfs'];
  for (const name of names) {
    for (const folder of ['', 'bin/', '.git/', 'node_modules/.bin/']) {
      repo.write(`${folder}${name}`, `#!/bin/sh\necho ${folder}${name} >>'${mark}'\nexit 0\n`);
      chmodSync(join(repo.dir, `${folder}${name}`), 0o755);
    }
  }
  repo.commit({ 'm.txt': makeWeights() });
  const git = await gitPath(repo);
  const usual = repo.env['PATH'] ?? '';
  for (const planted of ['', '.', 'bin', './bin', 'node_modules/.bin', join(repo.dir, 'bin')]) {
    const env = { ...repo.env, PATH: `${planted}:${usual}` };
    // git itself would run a `git-remote-…` or `sh` of such a PATH: only what we start counts here.
    const pushed = await runProgram(git, ['push', 'origin', 'main'], repo.dir, { env });
    expect(pushed.code).toBe(1);
    expect(existsSync(mark) ? readFileSync(mark, 'utf8') : '').toBe('');
  }
});

test.each([
  ['its runtime', '.local/share/cordon'],
  ['its scripts', '../repo/.git/cordon/run.sh'],
] as const)('without %s a push and a commit stop with one sentence', async (_name, place) => {
  using made = await makeGuarded();
  const { repo, origin } = made;
  rmSync(join(repo.env['HOME'] ?? '', place), { recursive: true });
  const pushed = await repo.push('origin', 'main');
  expect(pushed.code).toBe(1);
  const said = pushed.stderr.split('\n').filter((line) => line.startsWith('cordon:'));
  expect(said).toMatchObject([expect.stringContaining('cordon init')]);
  expect(origin.git('for-each-ref')).toBe('');
  repo.write('a.txt', 'a\n');
  repo.git('add', '-A');
  expect((await repo.run('commit', '-m', 'a')).code).toBe(1);
  expect((await cordon(repo, ['init'])).code).toBe(0);
  expect((await repo.run('commit', '-q', '-m', 'a')).code).toBe(0);
  expect((await repo.push('-q', 'origin', 'main')).code).toBe(0);
});
