import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeGuarded, fakeToken, type Guarded } from '../support/guarded.ts';
import { cordon, makeWeights } from '../support/lab.ts';
import { briefly, readBack, recordOf } from './read-back.ts';

const home = (repo: Guarded) => join(dirname(repo.dir), 'home');
const read = (repo: Guarded) => readBack(recordOf(home(repo)));

async function withRepo<T>(
  options: Parameters<typeof makeGuarded>[0],
  act: (repo: Guarded) => Promise<T>,
): Promise<T> {
  const repo = await makeGuarded(options);
  try {
    return await act(repo);
  } finally {
    repo.cleanup();
  }
}

/** `git commit` with the hooks, which the shared helper leaves out. */
const commit = (repo: Guarded, ...args: string[]) =>
  repo.runWith(repo.env, 'commit', '-q', '-m', 'change', ...args);

describe('on a laptop', () => {
  test('init, commits and pushes are recorded, each with its verdict, label and home', () =>
    withRepo({ policy: "markings: [{paths: ['src/**'], label: restricted}]" }, async (repo) => {
      repo.write('src/a.py', 'x = 1\n');
      repo.git('add', '-A');
      expect(await commit(repo)).toMatchObject({ code: 0 });
      expect((await repo.pushed(['origin', 'main'])).code).toBe(1);
      const events = await read(repo);
      expect(briefly(events)).toEqual([
        'push allow self-test',
        'push block self-test',
        'posture installed',
        'push allow',
        'policy-change allow changed',
        'commit allow',
        'push block',
      ]);
      const [, , , , , committed, pushed] = events;
      expect(committed).toMatchObject({ label: 'restricted' });
      expect(pushed).toMatchObject({
        label: 'restricted',
        path: 'src/a.py',
        refs: [{ name: 'refs/heads/main', tip: repo.git('rev-parse', 'HEAD') }],
        findings: [{ kind: 'label', rule: 'marked', severity: 'block' }],
        data: { clearance: 'internal', home: true, blocks: 1 },
      });
      expect(pushed?.to).toBe(pushed?.home);
      expect(pushed?.policy).toMatch(/^sha256:/);
      expect(pushed?.actor).toMatch(/^[^@]+@[^@]+$/);
      const ids = new Set(events.slice(2).map(({ repository }) => repository));
      expect(ids.size).toBe(1);
    }));

  test('a ref that is deleted is recorded, a push of nothing is not', () =>
    withRepo({ isDirect: true }, async (repo) => {
      await repo.pushed(['origin', 'main:old']);
      const before = (await read(repo)).length;
      expect((await repo.pushed(['origin', 'main'])).code).toBe(0);
      expect(await read(repo)).toHaveLength(before);
      const deleted = await repo.pushed(['origin', ':old']);
      expect(deleted).toMatchObject({ code: 0, report: undefined });
      expect(deleted.stderr).not.toMatch(/^cordon/m);
      const [event] = (await read(repo)).slice(before);
      expect(event).toMatchObject({
        kind: 'push',
        verdict: 'allow',
        refs: [{ name: 'refs/heads/old', tip: '0'.repeat(40) }],
      });
      expect(event?.to).toBe(event?.home);
    }));

  test('what is let through is an event of its own; no secret and no reason is kept', () =>
    withRepo({ isDirect: true }, async (repo) => {
      const token = fakeToken(7);
      repo.commit({
        'a.py': `t = "${token}"  # cordon:allow huggingface-token of the old manual\n`,
      });
      expect((await repo.pushed(['origin', 'main'])).code).toBe(0);
      const [push, allow, ...more] = (await read(repo)).slice(2);
      expect(push).toMatchObject({ kind: 'push', verdict: 'allow', data: { allowed: 1 } });
      expect(allow).toMatchObject({
        kind: 'allow',
        path: 'a.py',
        findings: [{ kind: 'secret', rule: 'huggingface-token' }],
        data: { act: 'push', by: 'marker', line: 1 },
      });
      expect(more).toEqual([]);
      const kept = allFilesOf(recordOf(home(repo)));
      expect(kept).toContain('huggingface-token');
      expect(kept).not.toMatch(new RegExp(`${token}|old manual`));
    }));

  test('a looser policy is recorded with what it loosens', () =>
    withRepo({ isDirect: true }, async (repo) => {
      const policy = readFileSync(join(repo.dir, '.cordon/policy.yaml'), 'utf8');
      repo.commit({ '.cordon/policy.yaml': `${policy}mode: observe\n` });
      expect((await repo.pushed(['origin', 'main'])).code).toBe(0);
      const change = (await read(repo)).at(-1);
      expect(change).toMatchObject({
        kind: 'policy-change',
        path: '.cordon/policy.yaml',
        data: { act: 'push', loosened: 1 },
      });
      expect(change?.circumstances).toEqual(expect.arrayContaining(['changed', 'loosened']));
      expect(change?.data?.['loosened1']).toMatch(/^mode: /);
    }));

  test('with record.privacy: keyed, no path, branch or destination stands in clear', () =>
    withRepo({ isDirect: true, policy: 'record: {privacy: keyed}' }, async (repo) => {
      repo.commit({ 'src/golden-goose/model.txt': makeWeights() });
      expect((await repo.pushed(['origin', 'main:golden-goose'])).code).toBe(1);
      const pushed = (await read(repo)).at(-1);
      expect(pushed).toMatchObject({ kind: 'push', verdict: 'block', label: 'restricted' });
      for (const name of [pushed?.path, pushed?.to, pushed?.actor, pushed?.repository]) {
        expect(name).toMatch(/^k1:/);
      }
      const kept = allFilesOf(recordOf(home(repo)));
      expect(kept).not.toContain('golden-goose');
      expect(kept).not.toContain(repo.home.dir);
    }));

  test('a policy that is broken stops the push, and that is recorded', () =>
    withRepo({ isDirect: true }, async (repo) => {
      repo.commit({ 'b.txt': 'hello\n' });
      const env = { CORDON_ORGANISATION_POLICY: join(home(repo), 'organisation.yaml') };
      writeFileSync(env.CORDON_ORGANISATION_POLICY, 'version: [\n');
      expect((await repo.pushed(['origin', 'main'], env)).code).toBe(1);
      expect((await read(repo)).at(-1)).toMatchObject({
        kind: 'push',
        verdict: 'block',
        circumstances: expect.arrayContaining([
          'policy-error',
          'policy-by-environment',
        ]) as string[],
        data: { error: 'policy.invalid' },
      });
    }));

  test('a scan is recorded where it finds something, and only there', () =>
    withRepo({ isDirect: true }, async (repo) => {
      const before = (await read(repo)).length;
      expect(repo.cordon('scan').code).toBe(0);
      expect(await read(repo)).toHaveLength(before);
      repo.write('key.txt', `${fakeToken(3)}\n`);
      expect(repo.cordon('scan').code).toBe(1);
      expect((await read(repo)).at(-1)).toMatchObject({
        kind: 'scan',
        verdict: 'block',
        path: 'key.txt',
        data: { way: 'paths' },
      });
    }));
});

describe('the guard itself', () => {
  test('a commit that no hook judged is told at the next hook, once, and no other is', () =>
    withRepo({}, async (repo) => {
      const write = (name: string) => {
        repo.write(name, `${name}\n`);
        repo.git('add', '-A');
      };
      write('judged.txt');
      expect(await commit(repo)).toMatchObject({ code: 0 });
      // An amended commit that changes nothing is, within the same second, the same commit.
      write('amended.txt');
      expect(await commit(repo, '--amend')).toMatchObject({ code: 0 });
      repo.git('switch', '-q', '-c', 'side', 'HEAD~1');
      write('side.txt');
      expect(await commit(repo)).toMatchObject({ code: 0 });
      expect(await repo.runWith(repo.env, 'merge', '-q', '--no-edit', 'main')).toMatchObject({
        code: 0,
      });
      repo.git('reset', '-q', '--hard', 'HEAD~1');
      repo.git('cherry-pick', 'main');
      repo.git('switch', '-q', 'main');
      const start = (await read(repo)).length;
      write('quiet.txt');
      expect(await commit(repo, '--no-verify')).toMatchObject({ code: 0 });
      const quiet = repo.git('rev-parse', 'HEAD');
      write('next.txt');
      expect(await commit(repo)).toMatchObject({ code: 0 });
      expect((await repo.pushed(['origin', 'main'])).code).toBe(0);
      const events = (await read(repo)).slice(start);
      expect(briefly(events)).toEqual(['posture commit-unjudged', 'commit allow', 'push allow']);
      expect(events[0]).toMatchObject({ object: quiet, data: { how: 'commit' } });
      expect(briefly((await read(repo)).slice(0, start)).join()).not.toContain('unjudged');
    }));

  test('what is noticed while the record cannot be written is told when it can', () =>
    withRepo({}, async (repo) => {
      repo.write('judged.txt', 'a\n');
      repo.git('add', '-A');
      expect(await commit(repo)).toMatchObject({ code: 0 });
      const start = (await read(repo)).length;
      repo.write('quiet.txt', 'b\n');
      repo.git('add', '-A');
      expect(await commit(repo, '--no-verify')).toMatchObject({ code: 0 });
      const quiet = repo.git('rev-parse', 'HEAD');
      // The insider's second step: let something see it that cannot write it down.
      await cordon(repo, ['scan', '--staged'], { env: { XDG_STATE_HOME: '/proc' } });
      repo.write('next.txt', 'c\n');
      repo.git('add', '-A');
      expect(await commit(repo)).toMatchObject({ code: 0 });
      const told = (await read(repo)).slice(start);
      expect(told.filter(({ object }) => object === quiet)).toHaveLength(1);
    }));

  test('a hook that is gone, and one that is back, are each told once', () =>
    withRepo({}, async (repo) => {
      const hook = join(repo.dir, '.git/cordon/hooks/pre-commit');
      const start = (await read(repo)).length;
      chmodSync(hook, 0o644);
      for (const name of ['b', 'c']) {
        repo.commit({ [name]: name });
        expect((await repo.pushed(['origin', 'main'])).code).toBe(0);
      }
      chmodSync(hook, 0o755);
      repo.commit({ d: 'd' });
      expect((await repo.pushed(['origin', 'main'])).code).toBe(0);
      const told = briefly((await read(repo)).slice(start)).filter((one) => /posture/.test(one));
      expect(told).toEqual([
        'posture guard-missing hook-not-executable:pre-commit',
        'posture commit-unjudged',
        'posture commit-unjudged',
        'posture restored',
        'posture commit-unjudged',
      ]);
    }));

  test('core.hooksPath that leads elsewhere is told by the next command', () =>
    withRepo({}, async (repo) => {
      repo.git('config', 'extensions.worktreeConfig', 'true');
      repo.git('config', '--worktree', 'core.hooksPath', '/nonexistent');
      expect(repo.cordon('scan').code).toBe(0);
      expect(briefly(await read(repo)).at(-1)).toBe('posture guard-missing hooks-path-moved');
    }));

  test('uninstall is recorded, and leaves nothing of Cordon in the repository', () =>
    withRepo({}, async (repo) => {
      expect(repo.cordon('uninstall').code).toBe(0);
      const last = (await read(repo)).at(-1);
      expect(last).toMatchObject({ kind: 'posture' });
      expect(last?.circumstances).toContain('uninstalled');
      expect(last?.repository).toBe((await read(repo)).at(-2)?.repository);
      const left = join(repo.dir, '.git/cordon');
      expect(existsSync(left) ? readdirSync(left) : []).toEqual([]);
    }));
});

test('what was missing is told before init mends it, and so is what no hook judged', () =>
  withRepo({}, async (repo) => {
    rmSync(join(repo.dir, '.git/cordon/hooks/pre-push'));
    repo.commit({ 'quiet.txt': 'past the hook\n' });
    const before = (await read(repo)).length;
    expect(repo.cordon('init').code).toBe(0);
    expect(briefly((await read(repo)).slice(before))).toEqual([
      'posture guard-missing hook-missing:pre-push',
      'posture commit-unjudged',
      'push allow self-test',
      'push block self-test',
      'posture installed',
      'posture restored',
    ]);
  }));

test('a state folder that the environment moves is told with the act', () =>
  withRepo({ isDirect: true }, async (repo) => {
    const elsewhere = join(home(repo), 'elsewhere');
    repo.commit({ 'b.txt': 'hello\n' });
    const pushed = await repo.pushed(['origin', 'main'], { XDG_STATE_HOME: elsewhere });
    expect(pushed.code).toBe(0);
    const event = (await readBack(join(elsewhere, 'cordon/record'))).at(-1);
    expect(event).toMatchObject({ kind: 'push', verdict: 'allow' });
    expect(event?.circumstances).toContain('state-moved');
    rmSync(elsewhere, { recursive: true });
  }));

function allFilesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}
