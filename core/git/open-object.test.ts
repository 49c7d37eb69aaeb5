import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { makeRepo, type TestRepo } from '../../test/support/repo.ts';
import type { Oid } from '../model.ts';
import { locateGit } from './locate-git.ts';
import { HEAD_BYTES, openObject } from './open-object.ts';
import { openRepository } from './repository.ts';

/** Spools go to a folder of the test's own, so that it can see what is left there. */
let spools: string;
beforeEach(() => {
  spools = mkdtempSync(join(tmpdir(), 'cordon-test-spool-'));
  vi.stubEnv('TMPDIR', spools);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(spools, { recursive: true, force: true });
});

const left = () => readdirSync(spools).filter((name) => !name.startsWith('cordon-test-'));

const repo = (): TestRepo => {
  const one = makeRepo();
  onTestFinished(() => one.cleanup());
  return one;
};

async function source(at: TestRepo, content: Buffer) {
  const oid = at.gitBytes(content, 'hash-object', '-w', '--stdin').toString().trim() as Oid;
  const opened = await openRepository(at.dir, { env: at.env });
  return { oid, opened, open: () => openObject(opened, oid, content.length) };
}
async function drain(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    expect(chunk.length).toBeLessThanOrEqual(1024 * 1024);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

test('reads any range, and spools only beyond the head', async () => {
  const content = randomBytes(HEAD_BYTES * 3 + 17);
  const object = (await source(repo(), content)).open();
  expect(await object.read(0, 100)).toEqual(content.subarray(0, 100));
  expect(await object.read(HEAD_BYTES - 5, 5)).toEqual(
    content.subarray(HEAD_BYTES - 5, HEAD_BYTES),
  );
  const tail = await drain(object.stream(HEAD_BYTES * 2 + 1));
  expect(tail.equals(content.subarray(HEAD_BYTES * 2 + 1))).toBe(true);
  expect(left()).toEqual([]);
  expect(await object.read(HEAD_BYTES - 5, 10)).toEqual(
    content.subarray(HEAD_BYTES - 5, HEAD_BYTES + 5),
  );
  expect(left()).toHaveLength(1);
  expect(await object.read(content.length - 3, 100)).toEqual(content.subarray(-3));
  expect(await object.read(content.length, 10)).toEqual(Buffer.alloc(0));
  expect((await drain(object.stream())).equals(content)).toBe(true);
  await object.close();
  await object.close();
  expect(left()).toEqual([]);
  expect(() => object.read(0, 1)).toThrow('source.unreadable');
});

test('small and empty objects need no file', async () => {
  const at = repo();
  const small = (await source(at, Buffer.from('small'))).open();
  expect(await small.read(1, 3)).toEqual(Buffer.from('mal'));
  expect(await drain(small.stream(2))).toEqual(Buffer.from('all'));
  const empty = (await source(at, Buffer.alloc(0))).open();
  expect(await empty.read(0, 10)).toEqual(Buffer.alloc(0));
  expect(await drain(empty.stream())).toEqual(Buffer.alloc(0));
  expect(left()).toEqual([]);
  await small.close();
  await empty.close();
});

test('commits and tags are sources too', async () => {
  const at = repo();
  const tip = at.commit({ a: 'a' }, 'a message') as Oid;
  const whole = at.gitBytes('', 'cat-file', 'commit', tip);
  const opened = await openRepository(at.dir, { env: at.env });
  expect(await openObject(opened, tip, whole.length, 'commit').read(0, 1000)).toEqual(whole);
});

test('other bytes than the id names are unreadable', async () => {
  const at = repo();
  const forge = async (real: Buffer, fake: Buffer) => {
    const { oid, open } = await source(at, real);
    const file = join(at.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
    chmodSync(file, 0o644);
    writeFileSync(file, deflateSync(Buffer.concat([Buffer.from(`blob ${fake.length}\0`), fake])));
    return open();
  };
  const unreadable = { code: 'source.unreadable' };
  const small = await forge(Buffer.from('leak'), Buffer.from('fine'));
  await expect(Promise.resolve(small.read(0, 4))).rejects.toMatchObject(unreadable);
  const big = HEAD_BYTES * 2;
  const large = await forge(Buffer.alloc(big, 1), Buffer.alloc(big, 2));
  await expect(Promise.resolve(large.read(big - 1, 1))).rejects.toMatchObject(unreadable);
  await expect(drain(large.stream())).rejects.toMatchObject(unreadable);
  const cut = await forge(Buffer.alloc(big, 3), Buffer.alloc(big - 1, 3));
  await expect(drain(cut.stream())).rejects.toMatchObject(unreadable);
  const gone = openObject(
    await openRepository(at.dir, { env: at.env }),
    createHash('sha1').update('gone').digest('hex') as Oid,
    10,
  );
  await expect(Promise.resolve(gone.read(0, 1))).rejects.toMatchObject(unreadable);
  expect(left()).toEqual([]);
});

test('a spool that cannot be made is told', async () => {
  const content = Buffer.alloc(HEAD_BYTES * 2, 1);
  const object = (await source(repo(), content)).open();
  vi.stubEnv('TMPDIR', join(spools, 'gone'));
  await expect(Promise.resolve(object.read(HEAD_BYTES, 10))).rejects.toMatchObject({
    code: 'source.unreadable',
  });
  mkdirSync(join(spools, 'gone'));
  await object.close();
});

const TEE_BUFFER_BYTES = 64 * 1024;

test('the header of a huge object costs little', async () => {
  const at = repo();
  const size = 256 * 1024 * 1024;
  const { oid } = await source(at, Buffer.alloc(size));
  // A git that notes what it writes.
  const bin = join(spools, 'cordon-test-bin');
  mkdirSync(bin);
  const git = `#!/bin/sh\ngit="${locateGit(at.env, at.dir)}"\n"$git" "$@" | tee '${bin}/written'\n`;
  writeFileSync(join(bin, 'git'), git, { mode: 0o755 });
  const env = { ...at.env, PATH: [bin, at.env['PATH']].join(delimiter) };
  const object = openObject(await openRepository(at.dir, { env }), oid, size);
  expect(await object.read(0, 8)).toEqual(Buffer.alloc(8));
  await object.close();
  expect(left()).toEqual([]);
  // tee hands a buffer on before it notes it, and the pipe may be closed between the two.
  expect(statSync(join(bin, 'written')).size).toBeGreaterThanOrEqual(HEAD_BYTES - TEE_BUFFER_BYTES);
  expect(statSync(join(bin, 'written')).size).toBeLessThan(HEAD_BYTES * 16);
});
