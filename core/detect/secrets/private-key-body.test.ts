import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawFrom } from './case-templates.ts';
import { readJwt } from './jwt.ts';
import { macaroonLocation } from './macaroon.ts';
import { readKeyBody } from './private-key-body.ts';
import { revealRclonePassword } from './rclone-password.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
  .trim();
const header = key.slice(0, key.indexOf('\n'));
const body = key.slice(header.length, key.lastIndexOf('\n'));
const plain = body.replaceAll('\n', '');
const lines = body.trim().split('\n');

describe('one key has one value, however it is written', () => {
  test.each([
    ['as it is', key],
    ['CRLF', key.replaceAll('\n', '\r\n')],
    ['escaped once', key.replaceAll('\n', '\\n')],
    ['escaped twice', key.replaceAll('\n', '\\\\n')],
    ['unicode escapes', key.replaceAll('\n', '\\u000a')],
    ['indented', key.replaceAll('\n', '\n      ')],
    ['commented', key.replaceAll('\n', '\n# ')],
    ['commented with slashes', key.replaceAll('\n', '\n// ')],
    ['quoted in a mail', key.replaceAll('\n', '\n> ')],
    ['concatenated literals', `"${key.replaceAll('\n', '\\n" +\n  "')}"`],
    ['adjacent literals', `("${key.replaceAll('\n', '\\n"\n  "')}")`],
    ['a list of lines', `["${key.replaceAll('\n', '",\n "')}"]`],
    ['in a URL', key.replaceAll('\n', '%0A').replaceAll('+', '%2B').replaceAll('=', '%3D')],
    ['HTML', key.replaceAll('\n', '&#10;')],
    ['on one line', key.replaceAll('\n', ' ')],
  ])('%s', (_, text) => {
    const from = text.indexOf(header) + header.length;
    const read = readKeyBody(text, from, 'PRIVATE KEY');
    expect(read).toMatchObject({ value: plain, encrypted: false });
    expect(text.slice(read?.end, (read?.end ?? 0) + 5)).toBe('-----');
  });
});

test('most of a key is still a key, its beginning alone is not', () => {
  const part = (count: number) =>
    readKeyBody(`\n${lines.slice(0, count).join('\n')}\n...`, 0, 'PRIVATE KEY');
  expect(part(Math.ceil(lines.length * 0.8))).toBeDefined();
  expect(part(2)).toBeUndefined();
});

test('an OpenPGP secret key tells whether it is under a passphrase', () => {
  const integer = Buffer.from([0, 8, 0xff]);
  const packet = (usage: number) =>
    Buffer.concat([
      Buffer.from([0x95, 0, 60, 4, 0, 0, 0, 0, 1]),
      integer,
      integer,
      Buffer.from([usage]),
      Buffer.alloc(60, 7),
    ]).toString('base64');
  const read = (usage: number) =>
    readKeyBody(`\nVersion: x\n\n${packet(usage)}\n=abcd\n-----END`, 0, 'PGP PRIVATE KEY BLOCK');
  expect(read(0)?.encrypted).toBe(false);
  expect(read(254)?.encrypted).toBe(true);
});

test('10,000 hostile bodies, tokens and blobs end without an error', () => {
  const draw = drawFrom('bodies');
  const kinds = ['PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'];
  const heads = [
    'openssh-key-v1\0',
    '\x95\x01\x00\x04\0\0\0\0\x01\xff\xff',
    '\x30\x83\xff\xff\xff\x02',
    '\x02\x01',
  ];
  for (let i = 0; i < 10_000; i++) {
    const head = Buffer.from(heads[draw.below(heads.length)] ?? '', 'latin1');
    const bytes = Buffer.concat([head, draw.bytes(draw.below(90))]);
    const text = bytes.toString('base64');
    const read = readKeyBody(`\n${text}\n-----END`, 0, kinds[draw.below(kinds.length)] ?? '');
    expect(read?.end ?? 0).toBeLessThanOrEqual(text.length + 2);
    macaroonLocation(bytes);
    revealRclonePassword(bytes.toString('base64url'));
    readJwt(`${bytes.toString('base64url')}.${text}.${text}`);
  }
});

test('any text behind an armour line is read to an end within it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(readKeyBody(text, 0, 'RSA PRIVATE KEY')?.end ?? 0).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('a token is read only if both parts are JSON and it is signed', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (head: unknown, claims: unknown) => `${part(head)}.${part(claims)}.c2lnbmF0dXJl`;
  expect(readJwt(token({ alg: 'RS256' }, { iss: 'a', exp: 5 }))).toMatchObject({
    issuer: 'a',
    expires: 5,
  });
  expect(readJwt(token({ alg: 'none' }, { iss: 'a' }))).toBeUndefined();
  expect(readJwt(token({ typ: 'JWT' }, { iss: 'a' }))).toBeUndefined();
  expect(readJwt(token({ alg: 'RS256' }, 'text'))).toBeUndefined();
  expect(readJwt('eyJ.eyJ.x')).toBeUndefined();
});
