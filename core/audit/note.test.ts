import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosignedAt, cosignedText, formatNote, isSignedBy, keyIdOf, parseNote } from './note.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
const text = 'log.example/one\n3\nAAAA\n';
const signed = (of: string, name = 'key.example') => ({
  name,
  keyId: keyIdOf(name, 1, raw),
  signature: sign(null, Buffer.from(of), privateKey),
});
const cosignature = (time: number, name = 'witness.example') => {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const signature = sign(null, Buffer.from(cosignedText(time, text)), privateKey);
  return { name, keyId: keyIdOf(name, 4, raw), signature: Buffer.concat([stamp, signature]) };
};

test('the example note of the format’s first implementation holds', () => {
  const key = Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64').subarray(1);
  expect(keyIdOf('PeterNeumann', 1, key).toString('hex')).toBe('c74f20a3');
  const note = parseNote(
    'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n\n" +
      '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
  );
  expect(note && isSignedBy(note, 'PeterNeumann', key)).toBe(true);
});

test('a note is read as it was written, and its signatures hold', () => {
  const note = formatNote({ text, signatures: [signed(text), cosignature(1_700_000_000)] });
  const read = parseNote(note);
  expect(read && formatNote(read)).toBe(note);
  expect(read && isSignedBy(read, 'key.example', raw)).toBe(true);
  expect(read && isSignedBy(read, 'other.example', raw)).toBe(false);
  expect(read && cosignedAt(read, 'witness.example', raw)).toBe(1_700_000_000);
});

test('neither signature counts as the other, nor for another text or time', () => {
  const swapped = { ...signed(text), keyId: keyIdOf('key.example', 4, raw) };
  const moved = cosignature(5);
  moved.signature.writeBigUInt64BE(6n);
  const other = { text: `${text}x\n`, signatures: [signed(text), swapped, moved] };
  expect(isSignedBy(other, 'key.example', raw)).toBe(false);
  expect(cosignedAt(other, 'key.example', raw)).toBeUndefined();
  expect(cosignedAt({ text, signatures: [moved] }, 'witness.example', raw)).toBeUndefined();
});

const good = formatNote({ text, signatures: [signed(text)] });
const line = good.slice(good.lastIndexOf('\u2014'));
test.each([
  ['nothing', ''],
  ['no signature', text],
  ['no empty line', `${text}${line}`],
  ['no text', `\n${line}`],
  ['no last newline', good.slice(0, -1)],
  ['a hyphen for the dash', good.replace('\u2014', '-')],
  ['a control character', good.replace('one', 'o\u0000e')],
  ['a carriage return', good.replaceAll('\n', '\r\n')],
  ['a lone surrogate', good.replace('one', 'o\ud800')],
  ['base64 cut short', good.replace(/.{4}\n$/, '\n')],
  [
    'base64 that is not canonical',
    good.replace(/(.)=\n$/, (_, c) => `${c === 'A' ? 'B' : 'A'}=\n`),
  ],
  ['a third word', good.replace(/\n$/, ' more\n')],
  ['two spaces', good.replace('key.example ', 'key.example  ')],
  ['a plus in the name', good.replace('key.example', 'key+example')],
  ['too many signatures', `${text}\n${line.repeat(101)}`],
  ['an empty line behind', `${good}\n`],
])('not a note: %s', (_what, note) => {
  const read = parseNote(note);
  expect(read === undefined || !isSignedBy(read, 'key.example', raw)).toBe(true);
});

test('what is read is written the same, whatever it was', () => {
  const pieces = fc.constantFrom(
    '\n',
    '\n\n',
    '\u2014 ',
    'a',
    ' ',
    'AAAAAAA=',
    line,
    text,
    '\r',
    '=',
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      const read = parseNote(parts.join(''));
      expect(read === undefined || formatNote(read) === parts.join('')).toBe(true);
    }),
  );
});
