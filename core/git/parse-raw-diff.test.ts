import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tallyHostile } from './mutate.test-support.ts';
import { type PathEntry, rawDiffParser } from './parse-raw-diff.ts';

const commit = 'c0'.repeat(20);
const one = 'a1'.repeat(20);
const two = 'b2'.repeat(20);
const zero = '0'.repeat(40);

function parse(bytes: Buffer, step = bytes.length): PathEntry[] {
  const parser = rawDiffParser();
  const found: PathEntry[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, step)) {
    found.push(...parser.push(bytes.subarray(at, at + Math.max(1, step))));
  }
  parser.end();
  return found;
}
const fields = (...tokens: string[]): Buffer => Buffer.from(tokens.map((t) => `${t}\0`).join(''));

test('reads plain and combined records, whatever the names look like', () => {
  const added = `:000000 100644 ${zero} ${one} A`;
  const stream = fields(
    commit,
    added,
    `:100644 100644 ${one} ${two} M`,
    `:100644 000000 ${one} ${zero} D`,
    'gone',
    added,
    commit,
    two,
    `::100644 100644 100755 ${one} ${one} ${two} MM`,
    'merged\nname',
  );
  for (const step of [1, 7, 1000]) {
    expect(parse(stream, step)).toEqual([
      {
        commit,
        oid: one,
        mode: '100644',
        oldOids: [],
        // A name that looks like a record's header.
        path: { text: `:100644 100644 ${one} ${two} M` },
      },
      { commit, oid: zero, mode: '000000', oldOids: [one], deleted: true, path: { text: 'gone' } },
      // And one that looks like a commit's id.
      { commit, oid: one, mode: '100644', oldOids: [], path: { text: commit } },
      { commit: two, oid: two, mode: '100755', oldOids: [one], path: { text: 'merged\nname' } },
    ]);
  }
});

test('keeps the bytes of names that are not UTF-8', () => {
  const stream = Buffer.concat([
    fields(`:000000 100644 ${zero} ${one} A`),
    Buffer.from('caf\xe9\0', 'latin1'),
  ]);
  expect(parse(stream)[0]?.path).toEqual({
    text: 'caf\uFFFD',
    bytes: Buffer.from('caf\xe9', 'latin1').toString('base64'),
  });
});

test('what is written is what is read', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(name), fc.integer({ min: 1, max: 60 }), (names, step) => {
      const tokens = names.flatMap((text) => [`:000000 100644 ${zero} ${one} A`, text]);
      expect(parse(fields(commit, ...tokens), step).map(({ path }) => path.text)).toEqual(names);
    }),
  );
});

test('hostile bytes are entries or git.protocol', () => {
  const good = fields(
    commit,
    `:000000 100644 ${zero} ${one} A`,
    ':a',
    `::100644 100644 100755 ${one} ${one} ${two} MM`,
    'b',
  );
  const tally = tallyHostile(good, 10_000, (bytes) => parse(bytes, 33));
  expect([...tally.keys()].sort()).toEqual(['git.protocol', 'ok']);
});
