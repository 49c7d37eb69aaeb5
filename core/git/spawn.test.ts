import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, type TestRepo } from '../../test/support/repo.ts';
import type { Oid } from '../model.ts';
import { readConfig } from './config.ts';
import { enumeratePush, streamPush } from './enumerate-push.ts';
import { listStaged } from './index-entries.ts';
import { findPaths } from './label-history.ts';
import { listPaths } from './list-paths.ts';
import { listTree, treeEntry } from './list-tree.ts';
import { locateGit, trustedPath } from './locate-git.ts';
import { openObject } from './open-object.ts';
import { listReceived } from './received-set.ts';
import { proveHeld } from './destination-proof.ts';
import { lsRemote } from './remote-refs.ts';
import { openRepository } from './repository.ts';
import { maskControls, runGit, streamGit } from './spawn.ts';

const repo = (): TestRepo => {
  const one = makeRepo();
  onTestFinished(() => one.cleanup());
  return one;
};

/** A program that leaves a mark when it runs. */
function trap(at: TestRepo, name: string): string {
  const file = join(at.dir, '.git', 'traps', name);
  at.write(`.git/traps/${name}`, `#!/bin/sh\necho ran >> '${at.dir}/.git/sprung-${name}'\n`);
  chmodSync(file, 0o755);
  return file;
}
const sprung = (at: TestRepo, name: string) => existsSync(join(at.dir, '.git', `sprung-${name}`));

const programs: readonly (readonly [key: string, name: string])[] = [
  ['core.fsmonitor', 'fsmonitor'],
  ['core.pager', 'pager'],
  ['core.editor', 'editor'],
  ['core.askPass', 'askpass'],
  ['core.alternateRefsCommand', 'alternates'],
  ['core.gitProxy', 'proxy'],
  ['diff.external', 'external'],
  ['diff.hide.command', 'command'],
  ['diff.hide.textconv', 'textconv'],
  ['filter.hide.clean', 'clean'],
  ['filter.hide.smudge', 'smudge'],
  ['filter.hide.process', 'process'],
  ['merge.hide.driver', 'merge'],
  ['gpg.program', 'gpg'],
  ['gpg.ssh.program', 'gpgssh'],
  ['interactive.diffFilter', 'difffilter'],
  ['uploadpack.packObjectsHook', 'packobjects'],
  ['remote.origin.uploadpack', 'uploadpack'],
  ['remote.origin.receivepack', 'receivepack'],
  ['pager.rev-list', 'pagerlist'],
  ['pager.diff-tree', 'pagertree'],
];
const commands = [
  'rev-list',
  'rev-parse',
  'cat-file',
  'diff-tree',
  'diff-index',
  'ls-tree',
  'config',
];
const hooks = [
  'reference-transaction',
  'post-index-change',
  'pre-auto-gc',
  'post-checkout',
  'fsmonitor-watchman',
];

test('nothing that a repository names is run', async () => {
  const at = repo();
  const remote = repo();
  const theirs = remote.commit({ theirs: 'theirs' }) as Oid;
  at.commit({ '.gitattributes': '* diff=hide filter=hide merge=hide\n', a: 'a' });
  const tip = at.commit({ a: 'aa' }) as Oid;
  at.write('a', 'staged');
  at.git('add', 'a');
  at.addRemote('origin', remote.dir);
  for (const [key, name] of programs) at.git('config', key, trap(at, name));
  for (const name of commands) at.git('config', `alias.${name}`, `!${trap(at, `alias-${name}`)}`);
  at.git('config', 'log.showSignature', 'true');
  at.git('config', 'core.hooksPath', join(at.dir, '.git/traps'));
  for (const name of hooks) trap(at, name);
  const names = [
    ...programs.map(([, name]) => name),
    ...commands.map((n) => `alias-${n}`),
    ...hooks,
  ];
  for (const name of names) rmSync(join(at.dir, '.git', `sprung-${name}`), { force: true });

  const opened = await openRepository(at.dir, { env: at.env });
  await readConfig(opened);
  const range = { tips: [tip], negatives: [] };
  const set = await enumeratePush(opened, range);
  for await (const object of streamPush(opened, range).objects) {
    if (!('missing' in object))
      await openObject(opened, object.oid, object.size, object.type).read(0, 9);
  }
  expect((await listPaths(opened, range)).length).toBeGreaterThan(0);
  for await (const found of findPaths(opened, range)) expect(found).toBeDefined();
  expect(await listTree(opened, tip)).toHaveLength(2);
  expect(await treeEntry(opened, tip, 'a')).toBeDefined();
  expect(await listStaged(opened)).toHaveLength(1);
  const updates = [{ oldOid: opened.zeroOid, newOid: tip, ref: 'x', deletion: false }];
  await listReceived(opened, updates as unknown as Parameters<typeof listReceived>[1]);
  const address = { url: remote.dir, remoteName: 'origin', timeoutMs: 60_000 };
  expect(await lsRemote(opened, address)).toContainEqual({ ref: 'refs/heads/main', oid: theirs });
  const candidates = set.objects.map(({ oid }) => oid);
  expect(await proveHeld(opened, { ...address, tips: [theirs], candidates })).toMatchObject({
    proven: true,
  });
  expect(names.filter((name) => sprung(at, name))).toEqual([]);

  // The traps do spring: this is what git does by itself.
  at.git('diff-index', '--cached', 'HEAD');
  expect(sprung(at, 'fsmonitor')).toBe(true);
});

test('a file named git in the repository is never run', async () => {
  const at = repo();
  at.commit({ a: 'a' });
  const fake = trap(at, 'git');
  const bin = join(at.dir, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  for (const place of [at.dir, bin]) {
    writeFileSync(join(place, 'git'), `#!/bin/sh\nexec '${fake}'\n`, { mode: 0o755 });
  }
  const PATH = ['.', '', 'node_modules/.bin', at.dir, bin, at.env['PATH']].join(delimiter);
  const env = { ...at.env, PATH };
  await openRepository(at.dir, { env });
  await openRepository(at.dir, { env: { ...env, PATH: ['.', bin].join(delimiter) } });
  expect(sprung(at, 'git')).toBe(false);
  expect(trustedPath({ PATH }, at.dir)).not.toContain(bin);
  expect(trustedPath({ PATH }, join(at.dir, 'a/b'))).not.toContain(bin);
  expect(locateGit({ PATH: '.' }, at.dir)).toMatch(/^\//);
});

test('what git says decides, with its words made harmless', async () => {
  const at = repo();
  const opened = await openRepository(at.dir, { env: at.env });
  await expect(
    runGit(opened, ['rev-parse', '--verify', 'no\u001b[31mthing']),
  ).rejects.toMatchObject({
    code: 'git.failed',
    data: { exitCode: 128 },
  });
  expect(await runGit(opened, ['config', '--get', 'no.thing'], { okCodes: [1] })).toHaveLength(0);
  await expect(runGit(opened, ['config', '--get', 'no.thing'])).rejects.toMatchObject({
    data: { exitCode: 1 },
  });
  expect(maskControls('a\u001b\u0007\u202eb\nc')).toBe('a???b\nc');
});

test('input may be text, bytes or a stream, and its failure is the call’s', async () => {
  const at = repo();
  const opened = await openRepository(at.dir, { env: at.env });
  const hash = async (input: Parameters<typeof runGit>[2]) =>
    (await runGit(opened, ['hash-object', '--stdin'], input)).toString().trim();
  const expected = await hash({ input: 'abc' });
  expect(await hash({ input: Buffer.from('abc') })).toBe(expected);
  expect(await hash({ input: [Buffer.from('a'), Buffer.from('bc')] })).toBe(expected);
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('a');
    await Promise.resolve();
    throw new Error('torn');
  }
  await expect(hash({ input: broken() })).rejects.toThrow('torn');
  // git that reads no input at all is no failure.
  expect(await runGit(opened, ['version'], { input: Buffer.alloc(1 << 20) })).not.toHaveLength(0);
});

test('a child that goes on for ever is ended', async () => {
  const at = repo();
  const opened = await openRepository(at.dir, { env: at.env });
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield Buffer.from('x\n');
    }
  }
  const args = ['cat-file', '--batch-check'];
  await expect(runGit(opened, args, { input: endless(), timeoutMs: 300 })).rejects.toMatchObject({
    code: 'git.failed',
    data: { timedOut: true },
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('enough')), 200);
  await expect(runGit(opened, args, { input: endless(), signal: stop.signal })).rejects.toThrow(
    'enough',
  );
  await expect(runGit(opened, args, { input: endless(), maxBytes: 10 })).rejects.toMatchObject({
    data: { tooLong: true },
  });
  for await (const chunk of streamGit(opened, args, { input: endless() })) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});
