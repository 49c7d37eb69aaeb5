import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectInstall, uninstallRepository } from '../core/install/index.ts';
import { commitFile, makeSandbox, snapshot, writeHook } from './support/install-sandbox.ts';
import type { Sandbox } from './support/install-sandbox.ts';

/** Runs `act` as someone whom file modes bind, also where the tests run as root. */
async function asUser<T>(box: Sandbox, act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act();
  chmodSync(join(box.root, '..'), 0o755);
  for (const entry of readdirSync(box.root, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), 65_534, 65_534);
  }
  chownSync(box.root, 65_534, 65_534);
  process.setegid?.(65_534);
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

test('no HOME: told, and nothing is written', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const before = snapshot(box.root);
  const { HOME: _, ...env } = box.env;
  await expect(box.init(top, { env })).rejects.toMatchObject({ code: 'install.no-home' });
  await expect(box.init(top, { env: { ...env, HOME: 'relative' } })).rejects.toMatchObject({
    code: 'install.no-home',
  });
  expect(snapshot(box.root)).toEqual(before);
});

test('XDG_DATA_HOME serves without a HOME', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const { HOME: _, ...env } = box.env;
  const data = join(box.root, 'data');
  const { runtime } = await box.init(top, { env: { ...env, XDG_DATA_HOME: data } });
  expect(runtime.directory.startsWith(join(data, 'cordon/runtime/'))).toBe(true);
});

test.each(['work tree', 'git directory', 'home'])(
  'a read-only %s: told, and nothing is written',
  async (what) => {
    using box = makeSandbox();
    const top = box.repository();
    const folder =
      { 'work tree': top, 'git directory': join(top, '.git'), home: box.home }[what] ?? '';
    const before = snapshot(box.root);
    await asUser(box, async () => {
      chmodSync(folder, 0o555);
      await expect(box.init(top)).rejects.toMatchObject({ code: 'install.read-only' });
      chmodSync(folder, 0o755);
    });
    const homes = new Set(['home/.local', 'home/.local/share']);
    expect(snapshot(box.root, (path) => homes.has(path))).toEqual(before);
  },
);

/** The names of all steps of one init, in order. */
async function listSteps(prepare: (box: Sandbox, top: string) => void): Promise<string[]> {
  using box = makeSandbox();
  const top = box.repository();
  prepare(box, top);
  const steps: string[] = [];
  await box.init(top, { onStep: (step) => steps.push(step) });
  return steps;
}

const withHusky = (box: Sandbox, top: string): void => {
  commitFile(box.git, top, 'package.json', '{"name":"x"}\n');
  mkdirSync(join(top, '.husky'));
  writeFileSync(join(top, '.husky/pre-push'), 'true\n');
};

test.each(['a full disk', 'an interruption'])(
  '%s at any step leaves nothing half-installed',
  async (kind) => {
    const steps = await listSteps(withHusky);
    expect(steps.length).toBeGreaterThan(50);
    using box = makeSandbox();
    const top = box.repository();
    withHusky(box, top);
    const before = snapshot(box.root);
    const homes = new Set(['home/.local', 'home/.local/share']);
    // Where one sort of step ends and the next begins, and some between.
    const sort = (at: number): string | undefined => steps[at]?.split(' ')[0];
    const tried = [...steps.keys()].filter((at) => sort(at) !== sort(at + 1) || at % 25 === 7);
    for (const index of tried) {
      let seen = 0;
      const onStep = (): void => {
        if (seen++ !== index) return;
        if (kind === 'a full disk') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        throw Object.assign(new Error('stop'));
      };
      const failed = await box.init(top, { onStep }).then(
        () => 'installed',
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : 'other'),
      );
      const after = snapshot(box.root, (path) => homes.has(path));
      expect({ index, failed, after }).toEqual({
        index,
        failed: kind === 'a full disk' ? 'io.disk-full' : 'other',
        after: before,
      });
    }
  },
);

test('an interruption of a second init leaves the first as it was', async () => {
  using box = makeSandbox();
  const top = box.repository();
  withHusky(box, top);
  await box.init(top);
  writeHook(join(top, '.git/hooks/pre-push'));
  writeFileSync(join(box.dist, 'chunks/new.mjs'), 'export {};\n');
  const before = snapshot(box.root);
  for (const stop of ['copy cordon.mjs', 'place run.sh', 'place install.json']) {
    const onStep = (step: string): void => {
      if (step === stop) throw new Error('stop');
    };
    await expect(box.init(top, { onStep })).rejects.toThrow('stop');
    expect(snapshot(box.root)).toEqual(before);
  }
});

test('a run that is killed outright is not in effect, can be taken back, and can be repeated', async () => {
  const steps = await listSteps(withHusky);
  using box = makeSandbox();
  const top = box.repository();
  withHusky(box, top);
  const before = snapshot(box.root);
  const index = join(import.meta.dirname, '../core/install/index.ts');
  const places = steps.flatMap((step, at) => (step.startsWith('place ') ? [at] : []));
  for (const at of places.filter((_, n) => n % 9 === 1 || n === places.length - 1)) {
    const script = `
      import { initRepository } from ${JSON.stringify(index)};
      let seen = 0;
      await initRepository({ cwd: ${JSON.stringify(top)}, env: process.env,
        runtime: { from: ${JSON.stringify(box.dist)}, version: '0.1.0' },
        policy: () => ({ policy: 'version: 1\\n', schema: '{}\\n' }),
        onStep: () => { if (seen++ === ${at}) process.kill(process.pid, 'SIGKILL'); } });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: box.env,
      stdio: 'ignore',
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(box.tryGit(top, ['config', 'core.hooksPath']).code).toBe(1);
    rmSync(join(top, '.git/config.lock'), { force: true });
    uninstallRepository(top, box.env);
    const after = snapshot(box.root, (path) => path.startsWith('home/.local'));
    expect(after).toEqual(before);
  }
  await box.init(top);
  expect(inspectInstall(top, box.env).effective).toBe(true);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s while it writes: all is taken back, the exit is clean',
  async (signal) => {
    using box = makeSandbox();
    const top = box.repository();
    withHusky(box, top);
    const before = snapshot(box.root);
    const index = join(import.meta.dirname, '../core/install/index.ts');
    const script = `
    import { initRepository } from ${JSON.stringify(index)};
    let seen = 0;
    await initRepository({ cwd: ${JSON.stringify(top)}, env: process.env,
      runtime: { from: ${JSON.stringify(box.dist)}, version: '0.1.0' },
      policy: () => ({ policy: 'version: 1\\n', schema: '{}\\n' }),
      onStep: () => { if (seen++ === 60) process.kill(process.pid, ${JSON.stringify(signal)}); },
    }).catch((error) => process.exit(error.code === 'interrupted' ? 42 : 1));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: box.env,
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(42);
    const homes = new Set(['home/.local', 'home/.local/share']);
    expect(snapshot(box.root, (path) => homes.has(path))).toEqual(before);
  },
);

test("another git process that holds the configuration's lock: told, and its lock stays", async () => {
  using box = makeSandbox();
  const top = box.repository();
  writeFileSync(join(top, '.git/config.lock'), 'theirs');
  const before = snapshot(top);
  await expect(box.init(top)).rejects.toMatchObject({
    code: 'git.failed',
    data: { detail: 'locked' },
  });
  expect(snapshot(top)).toEqual(before);
});

test('a configuration that is a link stays one', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const real = join(box.root, 'real-config');
  writeFileSync(real, readFileSync(join(top, '.git/config')));
  rmSync(join(top, '.git/config'));
  symlinkSync(real, join(top, '.git/config'));
  const before = readFileSync(real, 'utf8');
  await box.init(top);
  expect(lstatSync(join(top, '.git/config')).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, 'utf8')).toContain('cordon/config');
  uninstallRepository(top, box.env);
  expect(readFileSync(real, 'utf8')).toBe(before);
});

test('a folder where a hook should stand: told, and nothing is written', async () => {
  using box = makeSandbox();
  const top = box.repository();
  mkdirSync(join(top, '.husky/pre-push'), { recursive: true });
  const before = snapshot(box.root, (path) => path.startsWith('home/.local'));
  await expect(box.init(top)).rejects.toMatchObject({ code: 'install.foreign-hook' });
  expect(snapshot(box.root, (path) => path.startsWith('home/.local'))).toEqual(before);
});

test.each([
  ['.husky/pre-push', 'profile'],
  ['.husky', '.'],
  ['.cordon', '.'],
  ['.cordon/policy.yaml', 'absent'],
])('a link %s that leads out of the work tree is not followed', async (path, target) => {
  using box = makeSandbox();
  const top = box.repository();
  const outside = join(box.root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'profile'), 'mine\n');
  commitFile(box.git, top, 'package.json', '{"devDependencies":{"husky":"9.1.7"}}\n');
  mkdirSync(join(top, path, '..'), { recursive: true });
  symlinkSync(join(outside, target), join(top, path));
  const homes = (name: string): boolean => /^home\/\.local(?:\/share)?$/.test(name);
  const before = snapshot(box.root, homes);
  await expect(box.init(top)).rejects.toMatchObject({ code: 'install.foreign-hook' });
  expect(snapshot(box.root, homes)).toEqual(before);
});

test('where there is no repository, a bare one, one without commits', async () => {
  using box = makeSandbox();
  await expect(box.init(box.root)).rejects.toMatchObject({ code: 'git.not-a-repository' });
  await expect(box.init(box.bare())).rejects.toMatchObject({
    code: 'usage',
    data: { reason: 'bare' },
  });
  box.git(box.root, 'init', '--quiet', 'fresh');
  const { home, notes } = await box.init(join(box.root, 'fresh'));
  expect(home).toBeUndefined();
  expect(notes).toContainEqual({ code: 'home-none' });
});

test("another user's repository: git's own refusal is told", async () => {
  using box = makeSandbox();
  const top = box.repository();
  const env = { ...box.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  await expect(box.init(top, { env })).rejects.toMatchObject({ code: 'git.unsafe-repository' });
});

test('a build without its program is refused', async () => {
  using box = makeSandbox();
  const top = box.repository();
  writeFileSync(join(box.dist, 'cordon.mjs'), '');
  await expect(box.init(top)).rejects.toMatchObject({ code: 'source.unreadable' });
  rmSync(join(box.dist, 'cordon.mjs'));
  await expect(box.init(top)).rejects.toMatchObject({ code: 'source.unreadable' });
  expect(existsSync(join(top, '.git/cordon'))).toBe(false);
});

test('a program that was altered is put right by the next init', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const { runtime } = await box.init(top);
  const main = join(runtime.directory, 'cordon.mjs');
  const whole = readFileSync(main);
  writeFileSync(main, 'process.exit(0)');
  const again = await box.init(top);
  expect(again.runtime).toMatchObject({ id: runtime.id, created: true });
  expect(readFileSync(main)).toEqual(whole);
});
