import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  inspectInstall,
  installServer,
  selfTest,
  uninstallRepository,
} from '../core/install/index.ts';
import type { ServerResult } from '../core/install/index.ts';
import {
  commitFile,
  makeSandbox,
  readLog,
  snapshot,
  writeHook,
} from './support/install-sandbox.ts';
import type { Sandbox } from './support/install-sandbox.ts';

const install = (box: Sandbox, cwd: string): ServerResult =>
  installServer({ cwd, runtime: { from: box.dist, version: '0.1.0' }, env: box.env });

test('a bare repository refuses what a laptop let through, and takes the rest', () => {
  using box = makeSandbox('a b');
  const top = box.repository();
  const remote = join(box.root, 'remote.git');
  const { layout, hook } = install(box, remote);
  expect({ layout, hook }).toEqual({ layout: 'plain', hook: join(remote, 'hooks/pre-receive') });
  expect(box.tryGit(top, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
  const head = box.git(top, 'rev-parse', 'HEAD');
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', '--no-verify', 'origin', 'main'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('remote: cordon: blocked') as string,
  });
  expect(box.git(remote, 'rev-parse', 'main')).toBe(head);
  const [call] = box.calls();
  expect(call).toMatchObject({ hook: 'pre-receive', args: [], cwd: remote });
  expect(call?.env['GIT_QUARANTINE_PATH']).toMatch(/objects\/tmp_objdir/);
});

test('the hook that stood there runs after Cordon with the same input, and comes back as it was', () => {
  using box = makeSandbox();
  const top = box.repository();
  const remote = join(box.root, 'remote.git');
  const hook = join(remote, 'hooks/pre-receive');
  writeHook(hook);
  const before = snapshot(remote);
  install(box, remote);
  const once = snapshot(remote);
  install(box, remote);
  expect(snapshot(remote)).toEqual(once);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(0);
  const asked = readFileSync(`${hook}.log`, 'utf8');
  expect(asked).toBe(`pre-receive.before-cordon\n--\n${box.calls()[0]?.input}`);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(1);
  expect(readLog(hook)).toBe(asked);
  uninstallRepository(remote, box.env);
  const moving = /^(?:objects|refs)|\.log$/;
  const still = (seen: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(seen).filter(([name]) => !moving.test(name)));
  expect(still(snapshot(remote))).toEqual(still(before));
});

test('a chained hook that refuses is heard', () => {
  using box = makeSandbox();
  const top = box.repository();
  const remote = join(box.root, 'remote.git');
  writeHook(join(remote, 'hooks/pre-receive'), 5);
  install(box, remote);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(1);
});

test.each([
  ['gitea', 'hooks/pre-receive.d', 'hooks/pre-receive.d/cordon'],
  ['gitlab', 'custom_hooks', 'custom_hooks/pre-receive.d/cordon'],
] as const)('the folders of %s are known by sight', (layout, folder, place) => {
  using box = makeSandbox();
  const remote = box.bare();
  mkdirSync(join(remote, folder), { recursive: true });
  const before = snapshot(remote);
  expect(install(box, remote)).toMatchObject({ layout, hook: join(remote, place) });
  expect(statSync(join(remote, place)).mode & 0o777).toBe(0o755);
  uninstallRepository(remote, box.env);
  expect(snapshot(remote)).toEqual(before);
});

test("Gitea's own hook, which hands the input to each file of the folder, is refused by ours", () => {
  using box = makeSandbox();
  const top = box.repository();
  const remote = join(box.root, 'remote.git');
  mkdirSync(join(remote, 'hooks/pre-receive.d'));
  const main =
    'data=$(cat)\nfor hook in hooks/pre-receive.d/*; do\n  [ -x "$hook" ] || continue\n  echo "$data" | "$hook" || exit 1\ndone\n';
  writeFileSync(join(remote, 'hooks/pre-receive'), `#!/bin/sh\n${main}`, { mode: 0o755 });
  install(box, remote);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(0);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(1);
  expect(box.calls().length).toBe(2);
});

test('whoever git runs as can read and run it, whatever the umask of who installed', () => {
  using box = makeSandbox();
  const remote = box.bare();
  mkdirSync(join(remote, 'custom_hooks'));
  const umask = process.umask(0o077);
  try {
    const { runtime } = install(box, remote);
    expect(statSync(runtime.directory).mode & 0o777).toBe(0o755);
    expect(statSync(join(runtime.directory, 'chunks/limit.mjs')).mode & 0o777).toBe(0o644);
    expect(statSync(join(remote, 'cordon')).mode & 0o777).toBe(0o755);
    expect(statSync(join(remote, 'custom_hooks/pre-receive.d')).mode & 0o777).toBe(0o755);
    expect(statSync(join(remote, 'cordon/runtime')).mode & 0o777).toBe(0o755);
    expect(statSync(join(remote, 'cordon/run.sh')).mode & 0o777).toBe(0o644);
  } finally {
    process.umask(umask);
  }
});

test.each(['run.sh', 'runtime'])('without its %s the server takes nothing', (name) => {
  using box = makeSandbox();
  const top = box.repository();
  const remote = join(box.root, 'remote.git');
  install(box, remote);
  rmSync(join(remote, 'cordon', name), { recursive: true });
  const { code, stderr } = box.tryGit(top, ['push', 'origin', 'main']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^remote: cordon: .*this push is stopped/m);
});

test('a hooks folder outside the repository is not installed into', () => {
  using box = makeSandbox();
  const remote = box.bare();
  box.git(remote, 'config', 'core.hooksPath', '/srv/hooks');
  const before = snapshot(remote);
  expect(() => install(box, remote)).toThrow(
    expect.objectContaining({ code: 'install.foreign-hook' }) as Error,
  );
  expect(snapshot(remote)).toEqual(before);
});

test.each(['hooks', 'hooks/pre-receive'])(
  'a %s that is a link to what others share is left alone',
  (path) => {
    using box = makeSandbox();
    const remote = box.bare();
    const shared = join(box.root, 'shared');
    renameSync(join(remote, 'hooks'), shared);
    writeHook(join(shared, 'pre-receive'));
    if (path !== 'hooks') mkdirSync(join(remote, 'hooks'));
    symlinkSync(path === 'hooks' ? shared : join(shared, 'pre-receive'), join(remote, path));
    const before = snapshot(box.root);
    expect(() => install(box, remote)).toThrow(
      expect.objectContaining({ code: 'install.foreign-hook' }) as Error,
    );
    expect(snapshot(box.root)).toEqual(before);
  },
);

test('a repository with a work tree is refused', () => {
  using box = makeSandbox();
  const top = box.repository();
  expect(() => install(box, top)).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
});

test('an error at any step leaves the server as it was', () => {
  using box = makeSandbox();
  const remote = box.bare();
  writeHook(join(remote, 'hooks/pre-receive'));
  const before = snapshot(remote);
  const all: string[] = [];
  const options = { cwd: remote, runtime: { from: box.dist, version: '0.1.0' }, env: box.env };
  installServer({ ...options, onStep: (step) => all.push(step) });
  uninstallRepository(remote, box.env);
  expect(snapshot(remote)).toEqual(before);
  expect(all.length).toBeGreaterThan(10);
  for (const [index] of all.entries()) {
    let seen = 0;
    const onStep = (): void => {
      if (seen++ === index) throw new Error('stop');
    };
    expect(() => installServer({ ...options, onStep })).toThrow('stop');
    expect(snapshot(remote)).toEqual(before);
  }
});

test('a moved bare repository still judges; damage is named', () => {
  using box = makeSandbox();
  const top = box.repository();
  const remote = join(box.root, 'remote.git');
  install(box, remote);
  expect(inspectInstall(remote, box.env)).toMatchObject({ effective: true, problems: [] });
  const moved = join(box.root, 'moved.git');
  renameSync(remote, moved);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', moved, 'main']).code).toBe(1);
  expect(box.calls().length).toBe(1);
  appendFileSync(join(moved, 'hooks/pre-receive'), 'exit 0\n');
  expect(inspectInstall(moved, box.env).problems).toMatchObject([{ code: 'file-changed' }]);
});

test("the server's self-test makes two real pushes and leaves nothing", async () => {
  using box = makeSandbox();
  const remote = box.bare();
  install(box, remote);
  const before = snapshot(remote);
  await expect(selfTest({ cwd: remote, env: box.env })).resolves.toMatchObject({
    weightsRefused: true,
  });
  expect(snapshot(remote)).toEqual(before);
});
