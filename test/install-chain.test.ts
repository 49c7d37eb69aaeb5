import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectInstall } from '../core/install/index.ts';
import { commitFile, makeSandbox, readLog, writeHook } from './support/install-sandbox.ts';
import type { Sandbox } from './support/install-sandbox.ts';

test('three thousand refs reach Cordon and the chained hook byte for byte', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const own = join(top, '.git/hooks/pre-push');
  writeHook(own);
  await box.init(top);
  const head = box.git(top, 'rev-parse', 'HEAD');
  const packed = Array.from(
    { length: 3000 },
    (_, n) => `${head} refs/heads/f/${'n'.repeat(60)}${n}\n`,
  ).sort();
  writeFileSync(
    join(top, '.git/packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${packed.join('')}`,
  );
  expect(box.tryGit(top, ['push', '--quiet', 'origin', '--all']).code).toBe(0);
  const [call] = box.calls();
  expect(call?.input.split('\n').length).toBe(3002);
  expect(readLog(own)?.split('\n--\n')[1]).toBe(call?.input);
});

test('hooks of every name pass on arguments, input and exit code', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const hooks = join(top, '.git/hooks');
  writeHook(join(hooks, 'commit-msg'), 3);
  writeHook(join(hooks, 'post-rewrite'));
  writeHook(join(hooks, 'reference-transaction'));
  await box.init(top);
  writeFileSync(join(top, 'a.txt'), 'a\n');
  box.git(top, 'add', 'a.txt');
  expect(box.tryGit(top, ['commit', '-m', 'a']).code).toBe(1);
  expect(readLog(join(hooks, 'commit-msg'))).toBe('commit-msg\n.git/COMMIT_EDITMSG\n--\n');
  rmSync(join(hooks, 'commit-msg'));
  box.git(top, 'commit', '-m', 'a');
  box.git(top, 'commit', '--amend', '-m', 'b');
  expect(readLog(join(hooks, 'post-rewrite'))).toMatch(
    /^post-rewrite\namend\n--\n[0-9a-f]{40} [0-9a-f]{40}\n$/,
  );
  expect(readLog(join(hooks, 'reference-transaction'))).toContain('committed');
});

test('a hook that git would not run is not run by us', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const own = join(top, '.git/hooks/pre-push');
  writeHook(own, 1);
  chmodSync(own, 0o644);
  await box.init(top);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(0);
  expect(readLog(own)).toBeUndefined();
});

test('a chained hook that refuses stops the push', async () => {
  using box = makeSandbox();
  const top = box.repository();
  writeHook(join(top, '.git/hooks/pre-push'), 77);
  await box.init(top);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(1);
  expect(box.git(join(box.root, 'remote.git'), 'for-each-ref')).toBe('');
});

test.each(['local', 'global', 'relative', 'included', 'set later'])(
  'a hooks folder that is configured stays in use: %s',
  async (how) => {
    using box = makeSandbox('a b');
    const top = box.repository();
    const folder = how === 'relative' ? join(top, 'tools/hooks') : join(box.root, 'my hooks');
    writeHook(join(folder, 'pre-push'));
    const set = (): void => {
      if (how === 'global') box.git(top, 'config', '--global', 'core.hooksPath', folder);
      else if (how === 'relative') box.git(top, 'config', 'core.hooksPath', 'tools/hooks');
      else if (how === 'included') {
        writeFileSync(join(top, '.git/more'), `[core]\n\thooksPath = ${folder}\n`);
        box.git(top, 'config', 'include.path', 'more');
      } else box.git(top, 'config', 'core.hooksPath', folder);
    };
    if (how !== 'set later') set();
    await box.init(top);
    if (how === 'set later') set();
    expect(box.tryGit(top, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
    expect(box.calls().length).toBe(1);
    expect(readLog(join(folder, 'pre-push'))).toContain('refs/heads/main');
    expect(inspectInstall(top, box.env)).toMatchObject({
      effective: true,
      previousHooksDir: folder,
    });
  },
);

test('hooks switched off by an empty setting stay off, Cordon does not', async () => {
  using box = makeSandbox();
  const top = box.repository();
  writeHook(join(top, '.git/hooks/pre-push'), 1);
  box.git(top, 'config', 'core.hooksPath', '');
  await box.init(top);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(0);
  expect(box.calls().length).toBe(1);
});

/** A stand-in that notes what `git lfs pre-push` would upload for; real git-lfs is not everywhere. */
function addLfs(box: Sandbox): { log: string; env: NodeJS.ProcessEnv } {
  const bin = join(box.root, 'bin');
  writeHook(join(bin, 'git-lfs'));
  return { log: join(bin, 'git-lfs'), env: { PATH: `${bin}:${box.env['PATH']}` } };
}

test('git-lfs uploads nothing when the push is refused, and everything when it is not', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const { log, env } = addLfs(box);
  writeFileSync(join(top, '.git/hooks/pre-push'), '#!/bin/sh\ngit lfs pre-push "$@"\n', {
    mode: 0o755,
  });
  await box.init(top);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  expect(box.tryGit(top, ['push', 'origin', 'main'], env).code).toBe(1);
  expect(readLog(log)).toBeUndefined();
  box.git(top, 'reset', '--quiet', '--hard', 'HEAD~1');
  expect(box.tryGit(top, ['push', 'origin', 'main'], env)).toMatchObject({ code: 0 });
  const remote = join(box.root, 'remote.git');
  expect(readLog(log)).toBe(
    `git-lfs\npre-push\norigin\n${remote}\n--\n${box.calls().at(-1)?.input}`,
  );
});

test('git-lfs that is first used after init still uploads', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const { log, env } = addLfs(box);
  await box.init(top);
  expect(box.tryGit(top, ['push', 'origin', 'main'], env)).toMatchObject({ code: 0 });
  expect(readLog(log)).toBeUndefined();
  mkdirSync(join(top, '.git/lfs'));
  expect(box.tryGit(top, ['push', 'origin', 'main:x'], env)).toMatchObject({ code: 0 });
  expect(readLog(log)).toContain('pre-push\norigin');
});

test('a tool that overwrites a stub is told of at the next commit, and kept by the next init', async () => {
  using box = makeSandbox();
  const top = box.repository();
  await box.init(top);
  const stub = join(top, '.git/cordon/hooks/pre-push');
  writeHook(stub);
  writeFileSync(join(top, 'a.txt'), 'a\n');
  box.git(top, 'add', 'a.txt');
  expect(box.tryGit(top, ['commit', '-m', 'a'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('another tool replaced') as string,
  });
  expect(inspectInstall(top, box.env).problems).toMatchObject([
    { code: 'file-changed', path: stub },
  ]);
  const { touched } = await box.init(top);
  const place = join(top, '.git/hooks/pre-push');
  expect(touched).toContainEqual({ path: place, how: 'moved' });
  expect(inspectInstall(top, box.env)).toMatchObject({ effective: true, problems: [] });
  box.git(top, 'commit', '-m', 'a');
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(0);
  expect(readLog(stub)).toContain('refs/heads/main');
});

test('hooks folders that lead to each other in a circle end', async () => {
  using box = makeSandbox();
  const top = box.repository();
  await box.init(top);
  const folder = join(box.root, 'org');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'pre-push'),
    `#!/bin/sh\nexec '${join(top, '.git/cordon/hooks/pre-push')}' "$@"\n`,
    { mode: 0o755 },
  );
  box.git(top, 'config', '--global', 'core.hooksPath', folder);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(1);
});

test('a hook of the receiving side in a work tree that others push to still runs', async () => {
  using box = makeSandbox();
  const top = box.repository();
  writeHook(join(top, '.git/hooks/post-receive'));
  box.git(top, 'config', 'receive.denyCurrentBranch', 'updateInstead');
  await box.init(top);
  box.git(box.root, 'clone', '--quiet', top, 'other');
  const other = join(box.root, 'other');
  commitFile(box.git, other, 'new.txt', 'new\n');
  expect(box.tryGit(other, ['push', 'origin', 'HEAD:main'])).toMatchObject({ code: 0 });
  expect(readFileSync(join(top, 'new.txt'), 'utf8')).toBe('new\n');
  expect(readLog(join(top, '.git/hooks/post-receive'))).toContain('refs/heads/main');
});
