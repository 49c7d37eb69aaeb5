import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uninstallRepository } from '../core/install/index.ts';
import {
  commitFile,
  makeSandbox,
  readLog,
  snapshot,
  writeHook,
} from './support/install-sandbox.ts';

test('a plain repository: a clean push passes, weights do not, uninstall leaves no trace', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const before = snapshot(top);
  await box.init(top);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(0);
  expect(box.calls().map(({ hook }) => hook)).toEqual(['pre-push']);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  const refused = box.tryGit(top, ['push', 'origin', 'main']);
  expect(refused.code).toBe(1);
  expect(box.git(join(box.root, 'remote.git'), 'rev-parse', 'main')).toBe(
    box.git(top, 'rev-parse', 'HEAD~1'),
  );
  box.git(top, 'reset', '--quiet', '--hard', 'HEAD~1');
  uninstallRepository(top, box.env);
  const after = snapshot(top);
  for (const noise of [
    '.git/logs',
    '.git/objects',
    '.git/refs',
    '.git/index',
    '.git/ORIG_HEAD',
    '.git/COMMIT_EDITMSG',
  ]) {
    for (const seen of [before, after])
      for (const name of Object.keys(seen)) if (name.startsWith(noise)) delete seen[name];
  }
  expect(after).toEqual(before);
});

test('the hook that stood there runs after Cordon, with the same arguments and input', async () => {
  using box = makeSandbox('it\'s a "box" with\nnewline');
  const top = box.repository();
  const own = join(top, '.git/hooks/pre-push');
  writeHook(own);
  await box.init(top);
  expect(box.tryGit(top, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
  const [call] = box.calls();
  expect(readLog(own)).toBe(
    `pre-push\norigin\n${join(box.root, 'remote.git')}\n--\n${call?.input}`,
  );
  expect(call?.input).toMatch(/^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}\n$/);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  const log = readFileSync(`${own}.log`);
  expect(box.tryGit(top, ['push', 'origin', 'main']).code).toBe(1);
  expect(readFileSync(`${own}.log`)).toEqual(log);
  expect(existsSync(join(top, '.git/cordon/install.json'))).toBe(true);
});
