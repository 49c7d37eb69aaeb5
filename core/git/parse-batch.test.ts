import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tallyHostile } from './mutate.test-support.ts';
import { batchCheckParser, batchParser, type StreamParser } from './parse-batch.ts';

const oidOf = (type: string, bytes: Uint8Array): string =>
  createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
const record = (bytes: Uint8Array, type = 'blob'): Buffer =>
  Buffer.concat([
    Buffer.from(`${oidOf(type, bytes)} ${type} ${bytes.length}\n`),
    bytes,
    Buffer.from('\n'),
  ]);

/** Feeds `bytes` in pieces that end at `cuts`. */
function parseIn<T>(parser: StreamParser<T>, bytes: Buffer, cuts: readonly number[] = []): T[] {
  const found: T[] = [];
  let at = 0;
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    const end = Math.min(Math.max(at, cut), bytes.length);
    found.push(...parser.push(bytes.subarray(at, end)));
    at = end;
  }
  parser.end();
  return found;
}

test('reads the same objects however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 })),
      fc.array(fc.nat(4000)),
      (contents, cuts) => {
        const stream = Buffer.concat(contents.map((bytes) => record(bytes)));
        const found = parseIn(batchParser(300), stream, cuts);
        expect(found).toEqual(
          contents.map((bytes) => ({
            oid: oidOf('blob', bytes),
            type: 'blob',
            size: bytes.length,
            bytes: Buffer.from(bytes),
          })),
        );
      },
    ),
  );
});

test('tells what is missing and what is not what its id names', () => {
  const absent = 'ab'.repeat(20);
  const good = record(Buffer.from('good'));
  const forged = Buffer.from(good.toString('latin1').replace('good\n', 'evil\n'), 'latin1');
  const stream = Buffer.concat([Buffer.from(`${absent} missing\n`), forged, good]);
  const oid = oidOf('blob', Buffer.from('good'));
  expect(parseIn(batchParser(10), stream)).toMatchObject([
    { oid: absent, missing: 'absent' },
    { oid, missing: 'mismatch' },
    { oid, bytes: Buffer.from('good') },
  ]);
  const check = Buffer.from(`${absent} missing\n${absent} tree 77\n`);
  expect(parseIn(batchCheckParser(), check)).toEqual([
    { oid: absent, missing: 'absent' },
    { oid: absent, type: 'tree', size: 77 },
  ]);
});

test('refuses more than was asked for, and a stream that is cut off', () => {
  const whole = record(Buffer.from('12345'));
  expect(() => parseIn(batchParser(4), whole)).toThrow('git.protocol');
  for (let length = 1; length < whole.length; length += 1) {
    expect(() => parseIn(batchParser(5), whole.subarray(0, length))).toThrow('git.protocol');
  }
  expect(() => parseIn(batchCheckParser(), Buffer.alloc(5000, 'a'))).toThrow('git.protocol');
});

test('hostile bytes are objects, told mismatches or git.protocol', () => {
  const good = Buffer.concat([
    record(Buffer.from('one')),
    record(Buffer.from('two\n'), 'commit'),
    Buffer.from(`${'ab'.repeat(20)} missing\n`),
    record(Buffer.alloc(0)),
  ]);
  const batch = tallyHostile(good, 10_000, (bytes) => parseIn(batchParser(100), bytes, [7, 50]));
  expect([...batch.keys()].sort()).toEqual(['git.protocol', 'ok']);
  const check = Buffer.from(`${'ab'.repeat(20)} missing\n${'cd'.repeat(20)} blob 12\n`);
  const tally = tallyHostile(check, 10_000, (bytes) => parseIn(batchCheckParser(), bytes, [20]));
  expect([...tally.keys()].sort()).toEqual(['git.protocol', 'ok']);
});
