import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, type RepoOptions, type TestRepo } from '../../test/support/repo.ts';
import type { Oid } from '../model.ts';
import { findPaths, type PathOfBlob } from './label-history.ts';
import { listPaths } from './list-paths.ts';
import { listTree, treeEntry } from './list-tree.ts';
import { openRepository } from './repository.ts';

const repo = (options?: RepoOptions): TestRepo => {
  const one = makeRepo(options);
  onTestFinished(() => one.cleanup());
  return one;
};
const open = (at: TestRepo) => openRepository(at.dir, { env: at.env });
const list = async (at: TestRepo, tips: readonly string[], negatives: readonly string[] = []) =>
  listPaths(await open(at), { tips: tips as Oid[], negatives: negatives as Oid[] });
const texts = (entries: readonly { path: { text: string } }[]): string[] =>
  entries.map(({ path }) => path.text);

const oddNames = [
  ' ',
  'a b',
  'a\nb.key',
  ':colon',
  ':100644 x',
  '"quoted"',
  'tab\there',
  '-dash',
  'ü',
];

test.each(['sha1', 'sha256'] as const)('lists odd names whole, %s', async (objectFormat) => {
  const at = repo({ objectFormat });
  const latin1 = Buffer.from('caf\xe9', 'latin1');
  const tip = at.commit(
    new Map<string | Buffer, string>([...oddNames, latin1].map((n) => [n, 'x'])),
  );
  const entries = await list(at, [tip]);
  expect(texts(entries).sort()).toEqual([...oddNames, 'caf\uFFFD'].sort());
  expect(entries.find(({ path }) => path.bytes !== undefined)?.path.bytes).toBe(
    latin1.toString('base64'),
  );
  const tree = await listTree(await open(at), tip);
  expect(texts(tree).sort()).toEqual(texts(entries).sort());
  const entry = await treeEntry(await open(at), tip, ':colon');
  expect(entry).toMatchObject({ mode: '100644', path: { text: ':colon' } });
  expect(await treeEntry(await open(at), tip, '*')).toBeUndefined();
});

test('tells what stood at a path, what was renamed, and what went', async () => {
  const at = repo();
  const first = at.commit({ keep: 'one', old: 'moved', gone: 'gone' });
  const id = (path: string, commit = 'HEAD') => at.git('rev-parse', `${commit}:${path}`);
  const second = at.commit({ keep: 'two', old: null, 'new/name': 'moved', gone: null });
  expect(await list(at, [second], [first])).toEqual([
    {
      commit: second,
      oid: '0'.repeat(40),
      mode: '000000',
      path: { text: 'gone' },
      oldOids: [id('gone', first)],
      deleted: true,
    },
    {
      commit: second,
      oid: id('keep'),
      mode: '100644',
      path: { text: 'keep' },
      oldOids: [id('keep', first)],
    },
    // Published already, so rev-list does not list the blob; its new name counts all the same.
    {
      commit: second,
      oid: id('new/name'),
      mode: '100644',
      path: { text: 'new/name' },
      oldOids: [],
    },
    {
      commit: second,
      oid: '0'.repeat(40),
      mode: '000000',
      path: { text: 'old' },
      oldOids: [id('old', first)],
      deleted: true,
    },
  ]);
});

test('shows what a merge has from no parent, and only that', async () => {
  const at = repo();
  const base = at.commit({ a: 'a', both: '1' });
  const left = at.commit({ left: 'l', both: '2' });
  at.git('checkout', '-q', '-b', 'right', base);
  const right = at.commit({ right: 'r' });
  at.git('merge', '-q', '--no-commit', '--no-ff', left);
  const merge = at.commit({ evil: 'evil', both: '3' });
  const entries = await list(at, [merge], [left, right]);
  expect(entries.map(({ path, oldOids }) => [path.text, oldOids.length])).toEqual([
    ['both', 2],
    ['evil', 0],
  ]);
  expect(texts(await list(at, [merge])).sort()).toEqual(
    ['a', 'both', 'both', 'both', 'evil', 'left', 'right'].sort(),
  );
});

test('lists the tree that a tag names, and a nested tag of a commit', async () => {
  const at = repo();
  const tip = at.commit({ 'd/a': 'a' });
  const blob = at.gitBytes('x', 'hash-object', '-w', '--stdin').toString().trim();
  const tree = at.gitBytes(`100644 blob ${blob}\tonly\n`, 'mktree').toString().trim();
  at.git('tag', '-m', 'tree', 'treed', tree);
  at.git('tag', '-m', 'blob', 'blobbed', blob);
  at.git('tag', '-m', 'inner', 'inner', tip);
  at.git('tag', '-m', 'outer', 'outer', 'inner');
  const id = (name: string) => at.git('rev-parse', `refs/tags/${name}`);
  expect(await list(at, [id('treed')])).toEqual([
    { oid: blob, mode: '100644', path: { text: 'only' }, oldOids: [] },
  ]);
  expect(texts(await list(at, [id('outer')]))).toEqual(['d/a']);
  expect(await list(at, [id('blobbed')])).toEqual([]);
});

test('submodules, symlinks and settings that hide changes', async () => {
  const at = repo();
  const first = at.commit({ 'd/a': 'a' });
  at.write('.gitmodules', '[submodule "s"]\n\tpath = s\n\turl = ../s\n\tignore = all\n');
  at.git('update-index', '--add', '--cacheinfo', `160000,${first},s`);
  at.gitBytes('', 'config', 'diff.ignoreSubmodules', 'all');
  at.git('config', 'submodule.s.ignore', 'all');
  at.git('config', 'diff.relative', 'true');
  at.git('config', 'diff.renames', 'copies');
  at.git('config', 'core.quotePath', 'true');
  at.git('config', 'core.abbrev', '7');
  const link = at.gitBytes('/etc/passwd', 'hash-object', '-w', '--stdin').toString().trim();
  at.git('update-index', '--add', '--cacheinfo', `120000,${link},link`);
  at.git('update-index', '--add', '.gitmodules');
  at.git('commit', '-q', '-m', 'second');
  const tip = at.git('rev-parse', 'HEAD');
  const opened = await openRepository(`${at.dir}/d`, { env: at.env });
  const entries = await listPaths(opened, { tips: [tip as Oid], negatives: [first as Oid] });
  expect(entries.map(({ path, mode }) => [path.text, mode])).toEqual([
    ['.gitmodules', '100644'],
    ['link', '120000'],
    ['s', '160000'],
  ]);
});

test('history gives every path a blob ever had, and goes on from where it was', async () => {
  const at = repo();
  const first = at.commit({ 'secret/plan': 'plan', 'docs/a': 'a' });
  const second = at.commit({ 'secret/plan': null, 'docs/plan': 'plan' });
  const blob = at.git('rev-parse', 'HEAD:docs/plan') as Oid;
  const find = async (query: Omit<Parameters<typeof findPaths>[1], 'tips'> = {}) => {
    const found: PathOfBlob[] = [];
    for await (const some of findPaths(await open(at), { tips: [second as Oid], ...query })) {
      found.push(...some);
    }
    return found;
  };
  expect((await find()).filter(({ oid }) => oid === blob).map(({ path }) => path.text)).toEqual([
    'docs/plan',
    'secret/plan',
  ]);
  expect(texts(await find({ exclude: [first as Oid, 'ab'.repeat(20) as Oid] }))).toEqual([
    'docs/plan',
  ]);
  expect(texts(await find({ prefixes: ['secret'] }))).toEqual(['secret/plan']);
  expect(texts(await find({ prefixes: ['secret/*'] }))).toEqual([]);
});

test('no such tree is an error', async () => {
  const at = repo();
  at.commit({ a: 'a' });
  await expect(listTree(await open(at), '--help')).rejects.toMatchObject({ code: 'git.failed' });
});
