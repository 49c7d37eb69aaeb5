import { generateKeyPairSync } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CordonError } from '../../../error.ts';
import { openCatalogue } from './catalogue.ts';
import { exportIndex } from './export-index.ts';
import { importIndex, openExport } from './import-index.ts';
import { folderOf, makeIndexFolder, readGeneration, writeGeneration } from './index-folder.ts';
import { addSecret, makeSecrets } from './secret.ts';
import { fileOf, manifestOf } from './store.fixture.ts';
import type { WrapFor } from './wrap-key.ts';

const repository = 'a'.repeat(32);
const passphrase = 'correct horse battery staple';
let top: string;
let from: string;
let to: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cordon-test-'));
  from = join(top, 'from');
  to = join(top, 'to');
});
afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

const pair = () =>
  generateKeyPairSync('x25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const recipient = pair();
const forServer: WrapFor = { recipient: recipient.publicKey };
const withServer = { privateKey: recipient.privateKey };

const content = 'x = attention(query, key, value)\n'.repeat(10);

function register(counter: number, paths = ['src/model/attention.py'], dataFolder = from): void {
  const folder = folderOf(dataFolder, repository);
  makeIndexFolder(folder);
  const [secret] = makeSecrets(folder).secrets.secrets;
  const files = paths.map((path) => fileOf(secret, path, content + path));
  writeGeneration(folder, secret, {
    manifest: manifestOf(counter, files),
    text: Buffer.from(`text ${counter}`),
  });
}

async function exported(
  wraps: readonly WrapFor[] = [forServer],
  names = false,
  dataFolder = from,
): Promise<string> {
  const { bytes } = await exportIndex({ dataFolder, repository, wraps, names });
  const file = join(top, `export-${readdirSync(top).length}`);
  writeFileSync(file, bytes);
  return file;
}

const take = (file: string, more: { force?: boolean } = {}) =>
  importIndex({
    dataFolder: to,
    file,
    with: withServer,
    now: 1,
    ...(more.force !== undefined && { force: more.force }),
  });

const open = () => openCatalogue(to, decode);
const decode = ({ text }: { text: Buffer }) => text.toString();

test('what one repository registers is known where its export is imported, without its names', async () => {
  register(7, ['src/model/attention.py', 'src/model/b.py']);
  const file = await exported();
  const { manifest, replaced } = await take(file);
  expect(replaced).toBe(false);
  expect(manifest).toMatchObject({ counter: 7, names: false, repository: '' });
  const set = open();
  expect(set.members).toMatchObject([{ imported: true, index: 'text 7' }]);
  const own = readGeneration(folderOf(from, repository))?.manifest.files[0];
  expect(set.exact.bySha256(own?.sha256 ?? '')).toEqual([
    { id: own?.id, path: own?.id, label: 'restricted', repository: '' },
  ]);
  expect(JSON.stringify(set.members[0]?.manifest)).not.toMatch(/model|attention|mtime|"ino"/);
  for (const one of manifest.files) expect(one.stamp).toBeUndefined();
  expect(statSync(join(to, 'copies', `imported-${manifest.index}`, 'key')).mode & 0o777).toBe(
    0o600,
  );
});

test('with names only where they are asked for', async () => {
  register(7);
  const { manifest } = await take(await exported([forServer], true));
  expect(manifest.files.map(({ path }) => path)).toEqual(['src/model/attention.py']);
});

test('for several at once: each opens it alone, others do not', async () => {
  register(7);
  const [server, other] = [pair(), pair()];
  const file = await exported([{ recipient: server.publicKey }, { passphrase }]);
  const bytes = readFileSync(file);
  const opened = await openExport(bytes, { privateKey: server.privateKey });
  expect(opened.text.toString()).toBe('text 7');
  expect((await openExport(bytes, { passphrase })).manifest).toEqual(opened.manifest);
  for (const wrong of [{ privateKey: other.privateKey }, { passphrase: 'wrong' }]) {
    await expect(openExport(bytes, wrong)).rejects.toMatchObject({ code: 'copies.wrong-key' });
  }
  await expect(openExport(bytes, undefined)).rejects.toMatchObject({ code: 'copies.no-key' });
  await expect(openExport(bytes, { passphrase: '' })).rejects.toMatchObject({
    code: 'copies.no-key',
  });
  await expect(openExport(bytes, { privateKey: 'no key' })).rejects.toMatchObject({
    code: 'copies.wrong-key',
  });
});

test('an export is for someone', async () => {
  register(7);
  const ed25519 = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await expect(exported([])).rejects.toMatchObject({ code: 'copies.no-key' });
  await expect(exported([{ passphrase: '' }])).rejects.toMatchObject({ code: 'copies.no-key' });
  await expect(exported([{ recipient: ed25519.publicKey }])).rejects.toMatchObject({
    code: 'copies.wrong-key',
  });
  await expect(
    exportIndex({ dataFolder: to, repository, wraps: [{ passphrase }], names: false }),
  ).rejects.toMatchObject({ code: 'copies.bad-file', data: { reason: 'none' } });
});

test('a newer export replaces the older one, never the other way round unless forced', async () => {
  register(7);
  const older = await exported();
  register(8);
  const newer = await exported();
  await take(older);
  expect(await take(newer)).toMatchObject({ replaced: true });
  await expect(take(older)).rejects.toMatchObject({
    code: 'copies.bad-file',
    data: { reason: 'older' },
  });
  expect(open().indexes).toEqual(['text 8']);
  expect(await take(newer)).toMatchObject({ replaced: true });
  await take(older, { force: true });
  expect(open().indexes).toEqual(['text 7']);
});

test('after a rotation the next export is still the same index, and the old file still opens', async () => {
  register(7);
  const before = await exported();
  await take(before);
  addSecret(folderOf(from, repository));
  register(8);
  const { manifest, replaced } = await take(await exported());
  expect(replaced).toBe(true);
  expect(manifest.files[0]?.id).not.toBe(
    (await openExport(readFileSync(before), withServer)).manifest.files[0]?.id,
  );
  expect(open().members).toHaveLength(1);
});

test('one who can seal to the recipient, but is not the holder, cannot replace an index', async () => {
  register(7);
  await take(await exported());
  // Another machine's index that claims the same repository, with a counter past all.
  const forger = join(top, 'forger');
  register(9_000_000_000_000_000 - 1, [], forger);
  const forged = await take(await exported([forServer], false, forger));
  expect(forged.replaced).toBe(false);
  expect(open().indexes).toContain('text 7');
});

const codeOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'none',
    (error: unknown) => (error instanceof CordonError ? error.code : 'other'),
  );

test('no bit of an export may be another', async () => {
  register(7);
  const bytes = readFileSync(await exported());
  const key = withServer;
  expect((await openExport(bytes, key)).manifest.counter).toBe(7);
  const codes = new Set<string>();
  for (let at = 0; at < bytes.length; at += at < 400 ? 1 : 997) {
    const torn = Buffer.from(bytes);
    torn.writeUInt8(torn.readUInt8(at) ^ (1 << (at % 8)), at);
    codes.add(await codeOf(openExport(torn, key)));
  }
  expect([...codes].sort()).toEqual(['copies.bad-file', 'copies.wrong-key']);
  for (const length of [0, 8, 15, 16, 100, bytes.length - 1]) {
    await expect(openExport(bytes.subarray(0, length), key)).rejects.toMatchObject({
      code: 'copies.bad-file',
    });
  }
});

test('a hostile header costs neither memory nor time', async () => {
  register(7);
  const bytes = readFileSync(await exported());
  const headers = [
    { wraps: [{ kind: 'scrypt', salt: 'AA==', n: 2 ** 30, r: 8, p: 1, key: 'AA==' }] },
    { wraps: [{ kind: 'scrypt', salt: 'AA==', n: 3, r: 8, p: 1, key: 'AA==' }] },
    { wraps: [{ kind: 'scrypt', salt: 'AA==', n: 2 ** 14, r: 1e6, p: 1, key: 'AA==' }] },
    {
      wraps: Array.from({ length: 17 }, () => ({ kind: 'x25519', ephemeral: 'AA==', key: 'AA==' })),
    },
    { wraps: [{ kind: 'other', key: '' }] },
    { wraps: {} },
    null,
  ];
  for (const header of headers) {
    const json = Buffer.from(JSON.stringify(header));
    const head = Buffer.from(bytes.subarray(0, 16));
    head.writeUInt32LE(json.length, 12);
    const hostile = Buffer.concat([head, json, bytes.subarray(16)]);
    await expect(openExport(hostile, { passphrase })).rejects.toMatchObject({
      code: 'copies.bad-file',
      data: { reason: 'header' },
    });
  }
  // The point of order one: every private key agrees with it on zero.
  const low = {
    wraps: [{ kind: 'x25519', ephemeral: Buffer.alloc(32).toString('base64'), key: 'AA==' }],
  };
  const json = Buffer.from(JSON.stringify(low));
  const head = Buffer.from(bytes.subarray(0, 16));
  head.writeUInt32LE(json.length, 12);
  await expect(
    openExport(Buffer.concat([head, json]), { privateKey: recipient.privateKey }),
  ).rejects.toMatchObject({ code: 'copies.wrong-key' });
});

test('what is no regular file is not imported; a link to one is', async () => {
  register(7);
  const file = await exported();
  symlinkSync(file, join(top, 'link'));
  expect(await take(join(top, 'link'))).toMatchObject({ replaced: false });
  for (const path of [top, '/dev/zero', join(top, 'none')]) {
    await expect(take(path)).rejects.toMatchObject({ code: 'source.unreadable' });
  }
});

test('an export tells nothing of the names and bytes in it', async () => {
  register(7);
  const bytes = readFileSync(await exported([forServer], true));
  for (const guess of ['src/model', 'attention', 'restricted', repository, 'text 7', passphrase]) {
    expect({ guess, at: bytes.indexOf(guess) }).toEqual({ guess, at: -1 });
  }
});
