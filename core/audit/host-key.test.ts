import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { generateKeyPairSync, hash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadHostKey, readHostPublicKey } from './host-key.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cordon-key-')), 'record');
  path = join(folder, 'host-key.pem');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const refused = { code: 'record.unwritable' };

test('made once, private, and named by its public half', () => {
  const key = loadHostKey(folder);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(key.host).toBe(hash('sha256', key.publicKey).slice(0, 16));
  expect(loadHostKey(folder).host).toBe(key.host);
  expect(readHostPublicKey(folder)).toEqual(key.publicKey);
});

test('a key that others can read is refused, with what is wrong', () => {
  loadHostKey(folder);
  chmodSync(path, 0o640);
  expect(() => loadHostKey(folder)).toThrow(
    expect.objectContaining({ ...refused, data: { path, system: 'its mode is 0640, not 0600' } }),
  );
});

test.each([
  [
    'another kind of key',
    () =>
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
        type: 'pkcs8',
        format: 'pem',
      }),
  ],
  ['no key', () => 'hello'],
  ['nothing', () => ''],
])('%s in its place is refused', (_what, content) => {
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(path, content(), { mode: 0o600 });
  expect(() => loadHostKey(folder)).toThrow(expect.objectContaining(refused));
});

test('a link in its place is refused', () => {
  loadHostKey(folder);
  renameSync(path, join(folder, 'moved'));
  symlinkSync(join(folder, 'moved'), path);
  expect(() => loadHostKey(folder)).toThrow(expect.objectContaining(refused));
});
