import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectInstall } from '../core/install/index.ts';
import { commitFile, makeSandbox, writeHook } from './support/install-sandbox.ts';
import type { Sandbox } from './support/install-sandbox.ts';

const guarded = { code: 1, asked: 1 };

/** Pushes weights from `cwd`: how git ended, and how often Cordon was asked. */
function pushWeights(box: Sandbox, cwd: string, more: readonly string[] = []): typeof guarded {
  const before = box.calls().length;
  const remote = join(box.root, 'remote.git');
  const { code } = box.tryGit(cwd, [...more, 'push', remote, 'HEAD:refs/heads/leak']);
  return { code, asked: box.calls().length - before };
}

test.each(['plain', 'husky'])(
  'linked worktrees made before and after init are guarded: %s',
  async (kind) => {
    using box = makeSandbox('a b');
    const top = box.repository();
    if (kind === 'husky') {
      mkdirSync(join(top, '.husky'));
      commitFile(box.git, top, 'package.json', '{"devDependencies":{"husky":"9"}}');
      box.git(top, 'config', 'core.hooksPath', '.husky/_');
    }
    commitFile(box.git, top, 'm.txt', 'WEIGHTS');
    box.git(top, 'worktree', 'add', '--quiet', join(box.root, 'early'), '-b', 'early');
    await box.init(top);
    box.git(top, 'worktree', 'add', '--quiet', join(box.root, 'late'), '-b', 'late');
    mkdirSync(join(box.root, 'early/sub'));
    expect(pushWeights(box, join(box.root, 'early/sub'))).toEqual(guarded);
    expect(pushWeights(box, join(box.root, 'late'))).toEqual(guarded);
    expect(pushWeights(box, top)).toEqual(guarded);
    expect(inspectInstall(top, box.env)).toMatchObject({ effective: true, problems: [] });
  },
);

test('init from a linked worktree guards them all', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  box.git(top, 'worktree', 'add', '--quiet', join(box.root, 'linked'));
  await box.init(join(box.root, 'linked'));
  expect(pushWeights(box, top)).toEqual(guarded);
  expect(pushWeights(box, join(box.root, 'linked'))).toEqual(guarded);
});

test('a branch from before is guarded', async () => {
  using box = makeSandbox();
  const top = box.repository();
  box.git(top, 'branch', 'old');
  await box.init(top);
  box.git(top, 'add', '.cordon');
  box.git(top, 'commit', '--quiet', '-m', 'policy');
  box.git(top, 'checkout', '--quiet', 'old');
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(pushWeights(box, top)).toEqual(guarded);
});

test('pushes from inside .git and with a git directory from elsewhere are guarded', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  await box.init(top);
  expect(pushWeights(box, join(top, '.git'))).toEqual(guarded);
  expect(pushWeights(box, box.root, [`--git-dir=${join(top, '.git')}`])).toEqual(guarded);
});

test('a repository that was moved or copied is guarded, and init heals it', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  await box.init(top);
  const copy = join(box.root, 'copy');
  cpSync(top, copy, { recursive: true });
  const moved = join(box.root, 'moved');
  renameSync(top, moved);
  expect(pushWeights(box, copy)).toEqual(guarded);
  expect(pushWeights(box, moved)).toEqual(guarded);
  await box.init(moved);
  expect(pushWeights(box, join(moved, '.git'))).toEqual(guarded);
  expect(inspectInstall(moved, box.env).effective).toBe(true);
});

test('a submodule is guarded where init was run in it', async () => {
  using box = makeSandbox();
  const inner = box.repository('inner');
  const outer = box.repository('outer');
  box.git(outer, 'submodule', '--quiet', 'add', inner, 'sub');
  const sub = join(outer, 'sub');
  commitFile(box.git, sub, 'm.txt', 'WEIGHTS');
  await box.init(sub);
  expect(pushWeights(box, sub)).toEqual(guarded);
  const moved = join(box.root, 'moved');
  renameSync(outer, moved);
  expect(pushWeights(box, join(moved, 'sub'))).toEqual(guarded);
});

test('a git directory that stands elsewhere is guarded', async () => {
  using box = makeSandbox();
  const top = box.repository('seed');
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  box.git(box.root, 'clone', '--quiet', '--separate-git-dir', join(box.root, 'away'), top, 'work');
  await box.init(join(box.root, 'work'));
  expect(pushWeights(box, join(box.root, 'work'))).toEqual(guarded);
});

test('a later setting that wins over ours is named, and init puts ours last again', async () => {
  using box = makeSandbox();
  const top = box.repository();
  await box.init(top);
  const config = join(top, '.git/config');
  writeFileSync(config, `${readFileSync(config, 'utf8')}[core]\n\thooksPath = elsewhere\n`);
  expect(inspectInstall(top, box.env)).toMatchObject({
    effective: false,
    problems: [{ code: 'shadowed', scope: 'local', hooksDir: join(top, 'elsewhere') }],
  });
  await box.init(top);
  expect(inspectInstall(top, box.env)).toMatchObject({
    effective: true,
    previousHooksDir: join(top, 'elsewhere'),
  });
});

test("a work tree's own configuration that shadows ours is named", async () => {
  using box = makeSandbox();
  const top = box.repository();
  const linked = join(box.root, 'linked');
  box.git(top, 'worktree', 'add', '--quiet', linked);
  await box.init(top);
  box.git(top, 'config', 'extensions.worktreeConfig', 'true');
  box.git(linked, 'config', '--worktree', 'core.hooksPath', '/nowhere');
  expect(inspectInstall(top, box.env).problems).toMatchObject([
    { code: 'shadowed', scope: 'worktree', worktree: linked, hooksDir: '/nowhere' },
  ]);
});

test('damage is named: a deleted script, a lost exec bit, a changed program, a hook that came later', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const { runtime } = await box.init(top);
  const hooks = join(top, '.git/cordon/hooks');
  writeHook(join(top, '.git/hooks/reference-transaction'));
  writeFileSync(join(runtime.directory, 'cordon.mjs'), 'process.exit(0)');
  rmSync(join(hooks, 'post-merge'));
  writeFileSync(join(hooks, 'pre-push'), readFileSync(join(hooks, 'pre-push')), { mode: 0o644 });
  rmSync(join(hooks, 'pre-commit'));
  writeFileSync(join(hooks, 'pre-commit'), readFileSync(join(hooks, 'pre-push')), { mode: 0o644 });
  const codes = inspectInstall(top, box.env).problems.map(({ code }) => code);
  expect(codes.toSorted()).toEqual(
    ['file-missing', 'hook-not-passed', 'not-executable', 'runtime-changed'].toSorted(),
  );
  await box.init(top);
  expect(inspectInstall(top, box.env)).toMatchObject({ effective: true, problems: [] });
});

test('git gc, remote changes and section removal leave the include in place', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  await box.init(top);
  box.git(top, 'remote', 'remove', 'origin');
  box.git(top, 'remote', 'add', 'again', join(box.root, 'remote.git'));
  box.git(top, 'config', 'user.name', 'Someone');
  box.git(top, 'gc', '--quiet');
  expect(pushWeights(box, top)).toEqual(guarded);
  expect(existsSync(join(top, '.git/cordon/config'))).toBe(true);
});
