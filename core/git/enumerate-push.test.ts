import { afterEach, expect, test } from 'vitest';
import { makeRepo, type RepoOptions, type TestRepo } from '../../test/support/repo.ts';
import type { Oid } from '../model.ts';
import { enumeratePush, type PushSet, streamPush } from './enumerate-push.ts';
import { openRepository } from './repository.ts';

const made: TestRepo[] = [];
const repo = (options?: RepoOptions): TestRepo => {
  const one = makeRepo(options);
  made.push(one);
  return one;
};
afterEach(() => {
  for (const one of made.splice(0)) one.cleanup();
});

const open = (at: TestRepo) => openRepository(at.dir, { env: at.env });
const list = async (
  at: TestRepo,
  tips: readonly string[],
  negatives: readonly string[] = [],
): Promise<PushSet> =>
  enumeratePush(await open(at), { tips: tips as Oid[], negatives: negatives as Oid[] });
const ids = (set: PushSet): string[] => set.objects.map(({ oid }) => oid);

test.each(['sha1', 'sha256'] as const)('lists commit, tree and blob once, %s', async (format) => {
  const at = repo({ objectFormat: format });
  const first = at.commit({ 'a.txt': 'a', 'b/c.txt': 'c' });
  const second = at.commit({ 'a.txt': 'aa' }, 'second');
  const all = await list(at, [second]);
  expect(ids(all).sort()).toEqual(
    at.git('rev-list', '--objects', '--no-object-names', 'HEAD').split('\n').sort(),
  );
  const set = await list(at, [second], [first]);
  expect(set.newCommits).toEqual([second]);
  expect(set.objects.map(({ type, size }) => [type, size])).toEqual([
    ['commit', expect.any(Number)],
    ['tree', expect.any(Number)],
    ['blob', 2],
  ]);
  expect(set).toMatchObject({ negatives: [first], unknownNegatives: [], missing: [], commits: 1 });
});

test('streams contents in one pass and leaves out what is known', async () => {
  const at = repo();
  const tip = at.commit({ 'a.txt': 'alpha', 'b.txt': 'beta', big: Buffer.alloc(5 << 20, 1) });
  const known = at.git('rev-parse', 'HEAD:b.txt');
  const stream = streamPush(
    await open(at),
    { tips: [tip as Oid], negatives: [] },
    (oid) => oid === known,
  );
  expect(() => stream.summary()).toThrow('usage');
  const seen = new Map<string, string | undefined>();
  for await (const object of stream.objects) {
    if ('missing' in object) throw new Error('missing');
    if (object.type === 'blob') seen.set(object.oid, object.bytes?.toString());
  }
  expect(seen).toEqual(
    new Map([
      [at.git('rev-parse', 'HEAD:a.txt'), 'alpha'],
      [known, undefined],
      [at.git('rev-parse', 'HEAD:big'), undefined],
    ]),
  );
  expect(stream.summary()).toMatchObject({ newCommits: [tip], missing: [] });
});
