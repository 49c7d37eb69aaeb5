import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectInstall, uninstallRepository } from '../core/install/index.ts';
import { commitFile, makeSandbox, readLog, writeHook } from './support/install-sandbox.ts';
import type { Sandbox } from './support/install-sandbox.ts';

const husky = createRequire(import.meta.url).resolve('husky');

/** What `npm install` does in a clone whose `prepare` is husky. */
function prepare(box: Sandbox, top: string): void {
  const ran = spawnSync(process.execPath, [join(dirname(husky), 'bin.js')], {
    cwd: top,
    env: box.env,
  });
  expect(ran.status).toBe(0);
}

function huskyRepository(box: Sandbox): string {
  const top = box.repository();
  commitFile(box.git, top, 'package.json', '{"devDependencies":{"husky":"9.1.7"}}\n');
  prepare(box, top);
  return top;
}

test('husky stays, its own hook runs after Cordon, and the check runs once', async () => {
  using box = makeSandbox('a b');
  const top = huskyRepository(box);
  const own = join(top, '.husky/pre-push');
  writeHook(own);
  chmodSync(own, 0o644);
  const before = readFileSync(own, 'utf8');
  const { husky: use } = await box.init(top);
  expect(use).toBe('used');
  expect(statSync(own).mode & 0o777).toBe(0o644);
  expect(readFileSync(own, 'utf8').startsWith('#!/bin/sh\n# >>> cordon >>>\n')).toBe(true);
  expect(box.tryGit(top, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
  expect(box.calls().length).toBe(1);
  expect(readLog(own)).toContain(`--\n${box.calls()[0]?.input}`);
  uninstallRepository(top, box.env);
  expect(readFileSync(own, 'utf8')).toBe(before);
});

test('npm install after init rewrites the hooks folder and changes nothing', async () => {
  using box = makeSandbox();
  const top = huskyRepository(box);
  await box.init(top);
  prepare(box, top);
  box.git(top, 'config', 'core.hooksPath', '.husky/_');
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(1);
  expect(inspectInstall(top, box.env)).toMatchObject({ effective: true, problems: [] });
});

test('HUSKY=0 switches husky off, not Cordon', async () => {
  using box = makeSandbox();
  const top = huskyRepository(box);
  await box.init(top);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', 'origin', 'main'], { HUSKY: '0' }).code).toBe(1);
});

/** A clone of a guarded repository in which only `npm install` was run. */
async function colleague(box: Sandbox): Promise<{ clone: string; own: string }> {
  const top = huskyRepository(box);
  const own = join(top, '.husky/pre-push');
  writeHook(own);
  await box.init(top);
  box.git(top, 'add', '.husky', '.cordon');
  box.git(top, 'commit', '--quiet', '-m', 'guard');
  box.git(box.root, 'clone', '--quiet', top, 'colleague');
  const clone = join(box.root, 'colleague');
  box.git(clone, 'remote', 'set-url', 'origin', join(box.root, 'remote.git'));
  prepare(box, clone);
  return { clone, own };
}

test('a clone that only ran npm install is stopped on a machine without Cordon', async () => {
  using box = makeSandbox('a b');
  const { clone } = await colleague(box);
  const pushed = box.tryGit(clone, ['push', 'origin', 'main'], { HOME: join(box.root, 'other') });
  expect(pushed.code).toBe(1);
  expect(pushed.stderr).toContain('cordon init');
});

test('a clone that only ran npm install is guarded on a machine with Cordon', async () => {
  using box = makeSandbox('a b');
  const { clone, own } = await colleague(box);
  const asked = box.calls().length;
  expect(box.tryGit(clone, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
  expect(box.calls().length).toBe(asked + 1);
  expect(readLog(own)).toContain(`--\n${box.calls().at(-1)?.input}`);
  commitFile(box.git, clone, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(clone, ['push', 'origin', 'main']).code).toBe(1);
  writeFileSync(join(clone, 'n.txt'), 'WEIGHTS');
  box.git(clone, 'add', 'n.txt');
  expect(box.tryGit(clone, ['commit', '-m', 'n']).code).toBe(1);
});

test('variables left over from another push do not let a clone skip the check', async () => {
  using box = makeSandbox();
  const top = huskyRepository(box);
  await box.init(top);
  box.git(top, 'add', '.husky');
  box.git(top, 'commit', '--quiet', '-m', 'guard');
  box.git(box.root, 'clone', '--quiet', top, 'colleague');
  const clone = join(box.root, 'colleague');
  prepare(box, clone);
  commitFile(box.git, clone, 'm.txt', 'WEIGHTS');
  const stale = { CORDON_CHECKED: `pre-push:999999:${clone}`, CORDON_PID: '999999' };
  expect(box.tryGit(clone, ['push', 'origin', 'HEAD:x'], stale).code).toBe(1);
});

test('a project without husky gets it for this clone; dependencies and lock file stay', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'package.json', '{"name":"x"}\n');
  commitFile(box.git, top, 'package-lock.json', '{}\n');
  const { husky: use, notes } = await box.init(top);
  expect(use).toBe('offered');
  expect(notes).toContainEqual({ code: 'husky-add' });
  expect(box.git(top, 'config', '--local', '--no-includes', 'core.hooksPath')).toBe('.husky/_');
  expect(existsSync(join(top, '.husky/_/h'))).toBe(true);
  expect(box.git(top, 'status', '--porcelain').split('\n')).toEqual(['?? .cordon/', '?? .husky/']);
  expect(box.tryGit(top, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
  expect(box.calls().length).toBe(1);
  const again = await box.init(top);
  expect(again.notes).toContainEqual({ code: 'unchanged' });
});

test('a project with hooks of its own keeps them: husky would switch them off', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'package.json', '{"name":"x"}\n');
  const own = join(top, '.git/hooks/pre-push');
  writeHook(own);
  const { husky: use } = await box.init(top);
  expect(use).toBe('foreign');
  expect(existsSync(join(top, '.husky'))).toBe(false);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(0);
  expect(readLog(own)).toContain('refs/heads/main');
});

test('a hook with carriage returns keeps them, works, and comes back as it was', async () => {
  using box = makeSandbox();
  const top = huskyRepository(box);
  const own = join(top, '.husky/pre-push');
  const text = '#!/bin/sh #\r\nread -r line #\r\necho "$line" >ran.txt #\r\n';
  writeFileSync(own, text);
  await box.init(top);
  expect(readFileSync(own, 'utf8')).not.toMatch(/[^\r]\n/);
  expect(box.tryGit(top, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
  expect(readFileSync(join(top, 'ran.txt'), 'utf8')).toContain('refs/heads/main');
  box.git(top, 'config', 'core.hooksPath', '.husky/_');
  const direct = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: '.husky/_',
  };
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', 'origin', 'main'], direct).code).toBe(1);
  rmSync(join(top, 'ran.txt'));
  box.git(top, 'reset', '--quiet', '--hard', 'HEAD~1');
  expect(box.tryGit(top, ['push', 'origin', 'HEAD:y'], direct)).toMatchObject({ code: 0 });
  expect(readFileSync(join(top, 'ran.txt'), 'utf8')).toContain('refs/heads/y');
  uninstallRepository(top, box.env);
  expect(readFileSync(own, 'utf8')).toBe(text);
});

test('three thousand refs reach the rest of a husky hook', async () => {
  using box = makeSandbox();
  const top = huskyRepository(box);
  const own = join(top, '.husky/pre-push');
  writeHook(own);
  await box.init(top);
  const head = box.git(top, 'rev-parse', 'HEAD');
  const packed = Array.from(
    { length: 3000 },
    (_, n) => `${head} refs/heads/f/${'n'.repeat(60)}${n}\n`,
  );
  writeFileSync(
    join(top, '.git/packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${packed.toSorted().join('')}`,
  );
  const direct = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: '.husky/_',
  };
  expect(box.tryGit(top, ['push', '--quiet', 'origin', '--all'], direct)).toMatchObject({
    code: 0,
  });
  expect(readLog(own)?.split('\n--\n')[1]).toBe(box.calls()[0]?.input);
});

test('a husky folder in a project that since adopted husky stays after uninstall', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'package.json', '{"name":"x"}\n');
  await box.init(top);
  writeFileSync(join(top, 'package.json'), '{"devDependencies":{"husky":"9.1.7"}}\n');
  mkdirSync(join(top, '.husky'), { recursive: true });
  writeFileSync(join(top, '.husky/commit-msg'), 'true\n');
  uninstallRepository(top, box.env);
  expect(box.git(top, 'config', 'core.hooksPath')).toBe('.husky/_');
  expect(existsSync(join(top, '.husky/_/h'))).toBe(true);
  expect(existsSync(join(top, '.husky/pre-push'))).toBe(false);
});
