import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, type RepoOptions, type TestRepo } from '../../test/support/repo.ts';
import type { Oid } from '../model.ts';
import { enumeratePush, type PushSet, streamPush } from './enumerate-push.ts';
import { listPaths } from './list-paths.ts';
import { openRepository } from './repository.ts';

const repo = (options?: RepoOptions): TestRepo => {
  const one = makeRepo(options);
  onTestFinished(() => one.cleanup());
  return one;
};
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

/** Contents by id, as the pipeline would get them. */
async function contents(at: TestRepo, tips: readonly string[]): Promise<Map<string, string>> {
  const seen = new Map<string, string>();
  const stream = streamPush(await open(at), { tips: tips as Oid[], negatives: [] });
  for await (const object of stream.objects) {
    seen.set(object.oid, 'missing' in object ? object.missing : (object.bytes?.toString() ?? ''));
  }
  return seen;
}

test('nothing to push lists nothing', async () => {
  const at = repo();
  expect(await list(at, [])).toMatchObject({ objects: [], missing: [], commits: 0 });
  const tip = at.commit({ a: 'a' });
  expect(await list(at, [tip], [tip])).toMatchObject({ objects: [], missing: [], commits: 0 });
});

test('tracking refs exclude nothing', async () => {
  const at = repo();
  const tip = at.commit({ leak: 'leak' });
  at.git('update-ref', 'refs/remotes/origin/zz', tip);
  expect(ids(await list(at, [tip]))).toContain(at.git('rev-parse', 'HEAD:leak'));
});

test('a replaced blob is read as it is sent', async () => {
  const at = repo();
  const tip = at.commit({ key: 'SECRETKEY' });
  const bad = at.git('rev-parse', 'HEAD:key');
  const good = at.gitBytes('clean', 'hash-object', '-w', '--stdin').toString().trim();
  at.git('replace', bad, good);
  expect(at.git('cat-file', 'blob', bad)).toBe('clean');
  expect((await contents(at, [tip])).get(bad)).toBe('SECRETKEY');
});

test('a replaced commit hides no paths', async () => {
  const at = repo();
  const clean = at.commit({ a: 'a' });
  const bad = at.commit({ leak: 'leak' });
  const leak = at.git('rev-parse', 'HEAD:leak');
  at.git('replace', bad, clean);
  expect(at.git('rev-list', '--objects', bad)).not.toContain(leak);
  expect(ids(await list(at, [bad]))).toContain(leak);
  const paths = await listPaths(await open(at), { tips: [bad as Oid], negatives: [] });
  expect(paths.map(({ path }) => path.text)).toContain('leak');
});

test('grafts cut nothing off', async () => {
  const at = repo();
  const first = at.commit({ leak: 'leak' });
  const second = at.commit({ leak: null, a: 'a' });
  at.write('.git/info/grafts', `${second}\n`);
  expect(at.git('rev-list', second)).toBe(second);
  const set = await list(at, [second]);
  expect(set.newCommits).toEqual([second, first]);
});

test('a commit-graph that claims another tree is not believed', async () => {
  const at = repo();
  const clean = at.commit({ a: 'a' });
  const bad = at
    .gitBytes(
      at
        .gitBytes('', 'cat-file', 'commit', clean)
        .toString()
        .replace(
          /^tree .*/,
          `tree ${at
            .gitBytes(
              `100644 blob ${at.gitBytes('leak', 'hash-object', '-w', '--stdin').toString().trim()}\tleak\n`,
              'mktree',
            )
            .toString()
            .trim()}`,
        ),
      'hash-object',
      '-t',
      'commit',
      '-w',
      '--stdin',
    )
    .toString()
    .trim();
  at.git('commit-graph', 'write', '--reachable');
  const file = join(at.dir, '.git/objects/info/commit-graph');
  const graph = readFileSync(file);
  const place = graph.indexOf(Buffer.from(clean, 'hex'));
  Buffer.from(bad, 'hex').copy(graph, place);
  for (let byte = 0; byte < 256; byte += 1) {
    graph.writeUInt32BE(
      byte >= Number.parseInt(bad.slice(0, 2), 16) ? 1 : 0,
      place - 1024 + byte * 4,
    );
  }
  createHash('sha1')
    .update(graph.subarray(0, -20))
    .digest()
    .copy(graph, graph.length - 20);
  chmodSync(file, 0o644);
  writeFileSync(file, graph);
  const leak = at.git('rev-parse', `${bad}:leak`);
  expect(at.git('rev-list', '--objects', bad)).not.toContain(leak);
  expect(ids(await list(at, [bad]))).toContain(leak);
});

test('an object file with other bytes than its id names is told', async () => {
  const at = repo();
  const tip = at.commit({ key: 'SECRETKEY' });
  const bad = at.git('rev-parse', 'HEAD:key');
  const file = join(at.dir, '.git/objects', bad.slice(0, 2), bad.slice(2));
  chmodSync(file, 0o644);
  writeFileSync(file, deflateSync(Buffer.from('blob 5\0clean')));
  expect(at.git('cat-file', 'blob', bad)).toBe('clean');
  expect((await contents(at, [tip])).get(bad)).toBe('mismatch');
});

test('tags are listed with all they lead to', async () => {
  const at = repo();
  at.commit({ a: 'a' });
  const blob = at.gitBytes('in a tag', 'hash-object', '-w', '--stdin').toString().trim();
  const tree = at.gitBytes(`100644 blob ${blob}\tx\n`, 'mktree').toString().trim();
  at.git('tag', 'light', blob);
  at.git('tag', '-m', 'message', 'annotated', blob);
  at.git('tag', '-m', 'outer', 'nested', 'annotated');
  at.git('tag', '-m', 'tree', 'treed', tree);
  const id = (name: string) => at.git('rev-parse', `refs/tags/${name}`);
  expect(ids(await list(at, [id('light')]))).toEqual([blob]);
  expect(ids(await list(at, [id('nested')])).sort()).toEqual(
    [id('nested'), id('annotated'), blob].sort(),
  );
  expect(ids(await list(at, [id('treed')])).sort()).toEqual([id('treed'), tree, blob].sort());
  expect((await contents(at, [id('nested')])).get(id('annotated'))).toContain('\n\nmessage\n');
});

test('an evil merge is listed', async () => {
  const at = repo();
  const base = at.commit({ a: 'a' });
  const left = at.commit({ b: 'b' });
  at.git('checkout', '-q', '-b', 'right', base);
  const right = at.commit({ c: 'c' });
  at.git('merge', '-q', '--no-commit', '--no-ff', left);
  const merge = at.commit({ evil: 'evil' });
  expect(at.git('rev-list', '--parents', '-1', merge)).toBe(`${merge} ${right} ${left}`);
  const set = await list(at, [merge], [left, right]);
  expect(ids(set)).toContain(at.git('rev-parse', 'HEAD:evil'));
});

test('an unknown negative excludes nothing, a missing tip is told', async () => {
  const at = repo();
  const tip = at.commit({ a: 'a' });
  const unknown = 'ab'.repeat(20);
  const set = await list(at, [tip], [unknown]);
  expect(set).toMatchObject({ unknownNegatives: [unknown], negatives: [], missing: [] });
  expect(set.objects).toHaveLength(3);
  const gone = await list(at, [tip, unknown]);
  expect(gone.missing).toEqual([unknown]);
  expect(gone.objects).toHaveLength(3);
  // A blob may be pushed as a tip; one that is there is no missing tip.
  expect((await list(at, [at.git('rev-parse', 'HEAD:a')])).missing).toEqual([]);
});

test('an object that is not there is told', async () => {
  const at = repo();
  const tip = at.commit({ a: 'a', b: 'b' });
  const gone = at.git('rev-parse', 'HEAD:b');
  rmSync(join(at.dir, '.git/objects', gone.slice(0, 2), gone.slice(2)));
  const set = await list(at, [tip]);
  expect(set.missing).toEqual([gone]);
  expect(ids(set)).toContain(at.git('rev-parse', 'HEAD:a'));
});

test('history that cannot be walked is an error, in both forms', async () => {
  const at = repo();
  const first = at.commit({ a: 'a' });
  at.commit({ b: 'b' });
  const tip = at.commit({ c: Buffer.alloc(3 << 20, 'c') });
  rmSync(join(at.dir, '.git/objects', first.slice(0, 2), first.slice(2)));
  await expect(list(at, [tip])).rejects.toMatchObject({ code: 'source.unreadable' });
  await expect(contents(at, [tip])).rejects.toMatchObject({ code: 'source.unreadable' });
});

test('a shallow clone lists what it has', async () => {
  const source = repo();
  source.commit({ old: 'old' });
  source.commit({ old: null, a: 'a' });
  const at = repo({ cloneOf: `file://${source.dir}`, cloneArgs: ['--depth=1'] });
  const negative = at.git('rev-parse', 'HEAD');
  const tip = at.commit({ b: 'b' });
  expect((await list(at, [tip], [negative])).objects).toHaveLength(3);
  expect(await list(at, [tip])).toMatchObject({ commits: 2, missing: [] });
});

test.each(['blob:none', 'tree:0'])('a partial clone (%s) fetches nothing', async (filter) => {
  const source = repo();
  for (let n = 0; n < 4; n += 1) source.commit({ [`f${n}`]: `old ${n}`, 'd/x': `${n}` });
  source.git('config', 'uploadpack.allowFilter', 'true');
  source.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  const at = repo({ cloneOf: `file://${source.dir}`, cloneArgs: [`--filter=${filter}`] });
  const old = at.git('rev-parse', 'HEAD~2');
  const tip = at.commit({ mine: 'mine' });
  const log = join(at.dir, 'fetched');
  at.write('.git/upload', `#!/bin/sh\necho x >> '${log}'\nexec git-upload-pack "$@"\n`);
  chmodSync(join(at.dir, '.git/upload'), 0o755);
  at.git('config', 'remote.origin.uploadpack', join(at.dir, '.git/upload'));

  const all = await list(at, [tip, 'ab'.repeat(20)], ['cd'.repeat(20)]);
  const mine = at.git('rev-parse', 'HEAD:mine');
  expect(ids(all)).toContain(mine);
  expect(all.missing).toContain('ab'.repeat(20));
  expect(all.missing.length).toBeGreaterThan(3);
  const read = await contents(at, [tip]);
  expect(read.get(mine)).toBe('mine');
  expect(existsSync(log)).toBe(false);
  // The wrapper does count: git itself fetches here.
  at.git('cat-file', 'blob', `${old}:d/x`);
  expect(existsSync(log)).toBe(true);
});

test('attributes and filters do not stand between us and the bytes', async () => {
  const at = repo();
  const tip = at.commit({
    '.gitattributes': '* filter=hide text eol=crlf ident\n',
    key: 'a\n$Id$\n',
  });
  at.git('config', 'filter.hide.smudge', 'echo clean');
  at.git('config', 'filter.hide.clean', 'echo clean');
  expect((await contents(at, [tip])).get(at.git('rev-parse', 'HEAD:key'))).toBe('a\n$Id$\n');
});

test('a consumer that stops early leaves no git behind', async () => {
  const at = repo();
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [`f${n}`, Buffer.alloc(20_000, n)]),
  );
  const tip = at.commit(files);
  const opened = await open(at);
  const stream = streamPush(opened, { tips: [tip as Oid], negatives: [] });
  let seen = 0;
  for await (const object of stream.objects) {
    seen += 'missing' in object ? 0 : 1;
    if (seen === 3) break;
  }
  expect(() => stream.summary()).toThrow('usage');
  const children = () =>
    execFileSync('ps', ['-A', '-o', 'ppid=,comm='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.trim() === `${process.pid} git`);
  await expect.poll(children, { timeout: 20_000 }).toEqual([]);
});

test('a signal ends the listing with its reason', async () => {
  const at = repo();
  const tip = at.commit({ a: 'a' });
  const stop = new AbortController();
  const opened = { ...(await open(at)), signal: stop.signal };
  stop.abort(new Error('enough'));
  const range = { tips: [tip as Oid], negatives: [] };
  await expect(enumeratePush(opened, range)).rejects.toThrow('enough');
  await expect(streamPush(opened, range).objects[Symbol.asyncIterator]().next()).rejects.toThrow(
    'enough',
  );
});
