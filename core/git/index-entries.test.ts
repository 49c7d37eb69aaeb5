import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, type RepoOptions, type TestRepo } from '../../test/support/repo.ts';
import { listStaged } from './index-entries.ts';
import { openRepository } from './repository.ts';

const repo = (options?: RepoOptions): TestRepo => {
  const one = makeRepo(options);
  onTestFinished(() => one.cleanup());
  return one;
};
const staged = async (at: TestRepo, env: Record<string, string> = {}) =>
  listStaged(await openRepository(at.dir, { env: { ...at.env, ...env } }));

test.each(['sha1', 'sha256'] as const)('before the first commit all is new, %s', async (format) => {
  const at = repo({ objectFormat: format });
  expect(await staged(at)).toEqual([]);
  at.write('a', 'a');
  at.git('add', 'a');
  const oid = at.git('rev-parse', ':a');
  expect(await staged(at)).toEqual([{ oid, mode: '100644', path: { text: 'a' }, oldOids: [] }]);
});

test('lists what is staged, not what lies in the work tree', async () => {
  const at = repo();
  at.commit({ a: 'a', b: 'b', c: 'c' });
  const old = at.git('rev-parse', 'HEAD:a');
  at.write('a', 'staged');
  at.git('add', 'a');
  at.write('a', 'not staged');
  at.git('rm', '-q', '--cached', 'c');
  at.write('announced', 'x');
  at.git('add', '-N', 'announced');
  expect(await staged(at)).toEqual([
    { oid: at.git('rev-parse', ':a'), mode: '100644', path: { text: 'a' }, oldOids: [old] },
    {
      oid: '0'.repeat(40),
      mode: '000000',
      path: { text: 'c' },
      oldOids: [at.git('rev-parse', 'HEAD:c')],
      deleted: true,
    },
  ]);
});

test('every side of a conflict is listed', async () => {
  const at = repo();
  const base = at.commit({ a: '1' });
  at.commit({ a: '2', plain: 'p' });
  at.git('checkout', '-q', '-b', 'other', base);
  at.commit({ a: '3' });
  await at.run('merge', '-q', 'main');
  const entries = await staged(at);
  expect(entries.map(({ path, unmerged }) => [path.text, unmerged])).toEqual([
    ['plain', undefined],
    ['a', true],
    ['a', true],
    ['a', true],
  ]);
  expect(entries.slice(1).map(({ oid }) => oid)).toEqual(
    [1, 2, 3].map((stage) => at.git('rev-parse', `:${stage}:a`)),
  );
});

test('reads the index that a commit of one path uses', async () => {
  const at = repo();
  at.commit({ a: 'a', b: 'b' });
  at.write(
    '.git/hooks/pre-commit',
    '#!/bin/sh\ncp "$GIT_INDEX_FILE" kept; echo $GIT_INDEX_FILE > name\n',
  );
  chmodSync(join(at.dir, '.git/hooks/pre-commit'), 0o755);
  at.write('a', 'aa');
  at.write('b', 'bb');
  at.git('add', 'a');
  at.git('commit', '-q', '-m', 'only b', '--', 'b');
  expect(readFileSync(join(at.dir, 'name'), 'utf8')).toContain('next-index');
  at.git('reset', '-q', '--soft', 'HEAD~1');
  const entries = await staged(at, { GIT_INDEX_FILE: join(at.dir, 'kept') });
  expect(entries.map(({ path }) => path.text)).toEqual(['b']);
});
