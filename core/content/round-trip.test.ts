import { createHash } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bufferSource } from '../source/buffer-source.ts';
import { DIGITS, LOWER, UPPER } from './alphabets.ts';
import { createBudget } from './budget.ts';
import { openLayers } from './open-layers.ts';
import { tarOf, zipOf } from './testing.ts';

type Wrap = (content: Buffer) => Buffer;

const each = (content: Buffer, write: (byte: number) => string) =>
  Buffer.from([...content].map(write).join(''));
const hex = (byte: number, width = 2) => byte.toString(16).padStart(width, '0');
const wrapped = (text: string, width: number, between: string) =>
  text.replace(new RegExp(`(.{${width}})(?=.)`, 'gu'), `$1${between}`);

/** Any content. */
const binaryWraps: Record<string, Wrap> = {
  gzip: (content) => gzipSync(content),
  'gzip of two members': (content) =>
    Buffer.concat([gzipSync(content.subarray(0, 9)), gzipSync(content.subarray(9))]),
  'gzip behind a picture': (content) =>
    Buffer.concat([Buffer.from('\u0089PNG\r\n\u001a\n\0\0', 'latin1'), gzipSync(content)]),
  zlib: (content) => deflateSync(content),
  zip: (content) => zipOf([{ name: 'a', data: content }]),
  'stored zip': (content) => zipOf([{ name: 'a', data: content, method: 0 }]),
  'zip behind a prefix': (content) =>
    Buffer.concat([Buffer.from('#!/bin/sh\nexit\n'), zipOf([{ name: 'a', data: content }])]),
  tar: (content) => tarOf([{ name: 'a', data: content }]),
  base64: (content) => Buffer.from(`data: ${content.toString('base64')}\n`),
  base64url: (content) => Buffer.from(`"${content.toString('base64url')}"`),
  'base64 wrapped': (content) => Buffer.from(wrapped(content.toString('base64'), 76, '\n')),
  'base64 indented': (content) =>
    Buffer.from(`x: |\n    ${wrapped(content.toString('base64'), 64, '\n    ')}\n`),
  'base64 narrow': (content) => Buffer.from(`\n${wrapped(content.toString('base64'), 12, '\n')}\n`),
  'base64 in literals': (content) =>
    Buffer.from(`f("${wrapped(content.toString('base64'), 32, '" +\n  "')}")`),
  'base64 in a JSON string': (content) =>
    Buffer.from(`{"k": "${wrapped(content.toString('base64'), 60, '\\n')}"}`),
  hex: (content) => Buffer.from(`digest ${content.toString('hex')};`),
  'hex upper': (content) => Buffer.from(`${content.toString('hex').toUpperCase()}\n`),
  'C array': (content) => Buffer.from(`{ ${[...content].map((b) => `0x${hex(b)}`).join(', ')} }`),
  'decimal array': (content) => Buffer.from(`[${[...content].join(', ')}]`),
  'hex pairs': (content) => Buffer.from([...content].map((b) => hex(b)).join(' ')),
};

/** Printable content. */
const textWraps: Record<string, Wrap> = {
  'utf-16le': (content) => Buffer.from(content.toString('latin1'), 'utf16le'),
  'utf-16be with its mark': (content) =>
    Buffer.from(`\ufeff${content.toString('latin1')}`, 'utf16le').swap16(),
  percent: (content) => each(content, (byte) => `%${hex(byte).toUpperCase()}`),
  'one percent': (content) => each(content, (byte) => (byte === 0x61 ? '%61' : ascii(byte))),
  'backslash x': (content) => each(content, (byte) => `\\x${hex(byte)}`),
  'backslash u': (content) => each(content, (byte) => `\\u${hex(byte, 4)}`),
  'one backslash u': (content) =>
    each(content, (byte) => (byte === 0x61 ? '\\u0061' : ascii(byte))),
  octal: (content) => each(content, (byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  entities: (content) => each(content, (byte) => `&#${byte};`),
  'hex entities': (content) => each(content, (byte) => `&#x${hex(byte)};`),
};

const ASCII85 = Array.from({ length: 85 }, (_, value) => String.fromCharCode(value + 33)).join('');
const BASE85 = `${DIGITS}${UPPER}${LOWER}!#$%&()*+-;<=>?@^_\`{|}~`;
const NOISE = [1, 2, 3, 4].map((one) => createHash('sha256').update(`${one}`).digest());

function base32(content: Buffer): string {
  const bits = [...content].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{1,5}/gu) ?? [];
  return digits.map((five) => `${UPPER}234567`[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function base85(latin1: string, alphabet: string): string {
  const content = Buffer.from(latin1, 'latin1');
  let text = '';
  for (let at = 0; at < content.length; at += 4) {
    const group = Buffer.concat([content.subarray(at, at + 4), Buffer.alloc(4)]).subarray(0, 4);
    let value = group.readUInt32BE(0);
    let five = '';
    for (let digit = 0; digit < 5; digit += 1) {
      five = `${alphabet[value % 85]}${five}`;
      value = Math.floor(value / 85);
    }
    text += five.slice(0, Math.min(4, content.length - at) + 1);
  }
  return text;
}

function binaryPatch(content: Buffer): string {
  const deflated = deflateSync(content);
  const lines = ['diff --git a/x b/x', 'GIT binary patch', `literal ${content.length}`];
  for (let at = 0; at < deflated.length; at += 52) {
    const line = deflated.subarray(at, at + 52);
    const full = Buffer.concat([line, Buffer.alloc((4 - (line.length % 4)) % 4)]);
    const size = ascii(line.length <= 26 ? line.length + 0x40 : line.length + 0x46);
    lines.push(size + base85(full.toString('latin1'), BASE85));
  }
  return [...lines, '', ''].join('\n');
}

function uuencoded(content: Buffer): string {
  const lines = ['begin 644 x'];
  for (let at = 0; at < content.length; at += 45) {
    const line = content.subarray(at, at + 45);
    const digits = line.toString('base64').replace(/=/gu, 'A');
    const values = Array.from(digits, (digit) => `${UPPER}${LOWER}${DIGITS}+/`.indexOf(digit));
    const [first = '', ...rest] = [line.length, ...values].map((six) => ascii((six || 64) + 32));
    lines.push(first + rest.join(''));
  }
  return [...lines, '`', 'end', ''].join('\n');
}

function dumped(content: Buffer, width: number, colon: string): Buffer {
  const lines: string[] = [];
  for (let at = 0; at < content.length; at += 16) {
    const line = content.subarray(at, at + 16);
    const groups = line.toString('hex').match(new RegExp(`.{1,${2 * width}}`, 'gu')) ?? [];
    lines.push(
      `${at.toString(16).padStart(8, '0')}${colon} ${groups.join(' ')}  ${line.toString()}`,
    );
  }
  return Buffer.from(lines.join('\n'));
}

const padded = (content: Buffer) => Buffer.concat([content, Buffer.from('.')]);
const swapped = (content: Buffer) => Buffer.from(content).swap16();
const escaped = (content: Buffer) => each(content, (byte) => `\\x${hex(byte)}`);
const ascii = (byte: number) => String.fromCharCode(byte);

/** Printable content that is long enough to tell it from chance. */
const longWraps: Record<string, Wrap> = {
  base32: (content) => Buffer.from(`x ${base32(content)}\n`),
  'base32 wrapped': (content) => Buffer.from(wrapped(base32(content), 40, '\n')),
  ascii85: (content) => Buffer.from(`<~${base85(content.toString().repeat(2), ASCII85)}~>`),
  base85: (content) => Buffer.from(`x = b'${base85(content.toString().repeat(2), BASE85)}'`),
  'compressed base85': (content) =>
    Buffer.from(base85(deflateSync(Buffer.concat([content, ...NOISE])).toString('latin1'), BASE85)),
  'a binary patch of git': (content) => Buffer.from(binaryPatch(content)),
  uuencode: (content) => Buffer.from(uuencoded(content)),
  xxd: (content) => dumped(content, 2, ':'),
  'a dump of bytes': (content) => dumped(content, 1, ''),
  'a dump of swapped words': (content) =>
    dumped(content.length % 2 === 0 ? swapped(content) : swapped(padded(content)), 2, ''),
  'deflate alone': (content) => deflateRawSync(content.toString().repeat(3)),
  'deflate in base64': (content) =>
    Buffer.from(
      deflateRawSync(
        Buffer.concat([content, ...NOISE.map((one) => Buffer.from(one.toString('hex')))]),
      ).toString('base64'),
    ),
  'zlib in a byte string': (content) =>
    Buffer.concat([
      Buffer.from("exec(d(b'"),
      escaped(deflateSync(content.toString())),
      Buffer.from("'))\n"),
    ]),
};

/** Plain words: their quotes and plus signs are the wrap's own. */
const literalWraps: Record<string, Wrap> = {
  plus: (content) => Buffer.from(`k = "${wrapped(content.toString(), 10, '" + "')}"`),
  adjacent: (content) => Buffer.from(`k = ("${wrapped(content.toString(), 10, '"\n  "')}")`),
  shell: (content) => Buffer.from(`K=${wrapped(content.toString(), 10, '""')}`),
  continued: (content) => Buffer.from(`k = "${wrapped(content.toString(), 10, '\\\n')}"`),
  'soft breaks': (content) => Buffer.from(wrapped(content.toString(), 10, '=\n')),
};

async function isSeen(content: Buffer, payload: Buffer): Promise<boolean> {
  const budget = createBudget({ sourceBytes: content.length });
  for await (const item of openLayers(bufferSource(content), { budget })) {
    if (!('kind' in item) && item.bytes?.includes(payload) === true) return true;
  }
  return false;
}

const alphabet = `${UPPER}${LOWER}${DIGITS}_-`.split('');
const token = fc
  .array(fc.constantFrom(...alphabet), { minLength: 36, maxLength: 60 })
  .map((chars) => Buffer.from(`tok_${chars.join('')}`));

const allWraps = { ...binaryWraps, ...textWraps, ...literalWraps, ...longWraps };

test.each(Object.keys(allWraps))('what is wrapped as %s is seen', async (name) => {
  const wrap = allWraps[name] as Wrap;
  const samples = fc.sample(token, { numRuns: 40, seed: 7 });
  for (const payload of samples) {
    const content = wrap(payload);
    expect({
      content: content.toString('latin1'),
      seen: await isSeen(content, payload),
    }).toMatchObject({ seen: true });
  }
});

const isPrintable = (content: Buffer) => content.every((byte) => byte >= 0x20 && byte < 0x7f);

test('what is wrapped up to four times is seen', async () => {
  const property = fc.asyncProperty(
    token,
    fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    async (payload, choices) => {
      let content: Buffer = payload;
      const names: string[] = [];
      for (const choice of choices) {
        const wraps = isPrintable(content) ? { ...binaryWraps, ...textWraps } : binaryWraps;
        const known = Object.keys(wraps);
        const name = known[choice % known.length] ?? 'gzip';
        names.push(name);
        content = allWraps[name]?.(content) ?? content;
      }
      expect({ names, seen: await isSeen(content, payload) }).toMatchObject({ seen: true });
    },
  );
  await fc.assert(property, { numRuns: 1500, seed: 11 });
});

test.each([
  ['the head of an archive in a dump', dumped(gzipSync('a manual shows this'), 2, ':')],
  ['the first bytes of a format', Buffer.from("x = b'\\x1f\\x8b\\x08\\x00\\x00\\x00' + rest\n")],
  [
    'a cut archive in a test',
    Buffer.concat([
      Buffer.from("data = b'"),
      escaped(gzipSync('of a test').subarray(0, 24)),
      Buffer.from("'\n"),
    ]),
  ],
])('%s is nothing that could not be opened', async (_what, content) => {
  const budget = createBudget({ sourceBytes: content.length });
  const told: unknown[] = [];
  for await (const item of openLayers(bufferSource(content), { budget })) {
    if ('kind' in item) told.push(item);
  }
  expect(told).toEqual([]);
});
