import { chmodSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo } from '../../test/support/repo.ts';
import { isZeroOid, parsePrePush, parseReceive, trustsRemoteOids } from './parse-push.ts';
import { tallyHostile } from './mutate.test-support.ts';

const oid = 'a1'.repeat(20);
const other = 'b2'.repeat(20);
const zero = '0'.repeat(40);
const parse = (...lines: string[]) =>
  parsePrePush(Buffer.from(lines.map((l) => `${l}\n`).join('')));

test('reads each form that git writes', () => {
  expect(parse()).toEqual([]);
  expect(parse(`refs/heads/main ${oid} refs/heads/x ${zero}`)).toEqual([
    {
      localName: 'refs/heads/main',
      localOid: oid,
      remoteRef: 'refs/heads/x',
      remoteOid: zero,
      deletion: false,
    },
  ]);
  expect(parse(`(delete) ${zero} refs/heads/x ${oid}`)[0]).toMatchObject({ deletion: true });
  expect(parse(`HEAD^{/c 2|c 3} ${oid} refs/heads/x ${other}`)[0]).toMatchObject({
    localName: 'HEAD^{/c 2|c 3}',
    localOid: oid,
    remoteOid: other,
  });
  expect(parse(`refs/heads/a\`$(x)" ${oid} refs/heads/x ${zero}`)[0]).toMatchObject({
    localName: 'refs/heads/a`$(x)"',
  });
  const long = 'c3'.repeat(32);
  expect(parse(`HEAD ${long} refs/heads/x ${'0'.repeat(64)}`)[0]).toMatchObject({ localOid: long });
});

test.each([
  ['three fields', `${oid} refs/heads/x ${zero}\n`],
  ['no newline', `HEAD ${oid} refs/heads/x ${zero}`],
  ['an empty line', `\n`],
  ['a short id', `HEAD ${oid.slice(1)} refs/heads/x ${zero}\n`],
  ['an id in capitals', `HEAD ${oid.toUpperCase()} refs/heads/x ${zero}\n`],
  ['ids of two formats', `HEAD ${oid} refs/heads/x ${'0'.repeat(64)}\n`],
  ['no ref', `HEAD ${oid}  ${zero}\n`],
  ['CRLF', `HEAD ${oid} refs/heads/x ${zero}\r\n`],
])('refuses %s', (_, text) => {
  expect(() => parsePrePush(Buffer.from(text))).toThrow(
    expect.objectContaining({ code: 'git.protocol' }),
  );
});

test('reads what pre-receive gets', () => {
  expect(
    parseReceive(Buffer.from(`${zero} ${oid} refs/heads/x\n${oid} ${zero} refs/t/y\n`)),
  ).toEqual([
    { oldOid: zero, newOid: oid, ref: 'refs/heads/x', deletion: false },
    { oldOid: oid, newOid: zero, ref: 'refs/t/y', deletion: true },
  ]);
  expect(() => parseReceive(Buffer.from(`${zero} ${oid}\n`))).toThrow('git.protocol');
});

test('what is written is what is read', () => {
  const hex = fc
    .uint8Array({ minLength: 20, maxLength: 20 })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
  const line = fc.record({
    localName: fc.string({ minLength: 1 }).filter((name) => !name.includes('\n')),
    localOid: hex,
    remoteRef: fc.stringMatching(/^refs\/[a-z/]{1,20}$/),
    remoteOid: hex,
  });
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines
        .map((l) => `${l.localName} ${l.localOid} ${l.remoteRef} ${l.remoteOid}\n`)
        .join('');
      expect(parsePrePush(Buffer.from(text))).toEqual(
        lines.map((l) => ({ ...l, deletion: isZeroOid(l.localOid) })),
      );
    }),
  );
});

test('hostile bytes give a parsed push or git.protocol, never anything else', () => {
  const good = Buffer.from(
    `HEAD^{/a b} ${oid} refs/heads/x ${zero}\n(delete) ${zero} refs/tags/y ${other}\n`,
  );
  for (const parser of [parsePrePush, parseReceive]) {
    const tally = tallyHostile(good, 10_000, parser);
    expect([...tally.keys()].sort()).toEqual(['git.protocol', 'ok']);
  }
});

test('a local name that holds a line of its own is not believed', async () => {
  const at = makeRepo();
  const remote = makeRepo({ bare: true });
  onTestFinished(() => {
    at.cleanup();
    remote.cleanup();
  });
  const tip = at.commit({ leak: 'leak' });
  // git takes `ANYTHING-gHEX` for describe's output, a newline and a forged line in it too.
  const forged = `refs/heads/main ${tip} refs/heads/x ${tip}\nrefs/heads/y-g${tip.slice(0, 8)}`;
  at.git('branch', `y-g${tip.slice(0, 8)}`);
  at.write('.git/hooks/pre-push', '#!/bin/sh\ncat > input\n');
  chmodSync(`${at.dir}/.git/hooks/pre-push`, 0o755);
  const { code } = await at.push(remote.dir, `${forged}:refs/heads/z`);
  expect(code).toBe(0);
  const updates = parsePrePush(readFileSync(`${at.dir}/input`));
  expect(updates).toMatchObject([
    { localName: 'refs/heads/main', remoteOid: tip },
    { localName: `refs/heads/y-g${tip.slice(0, 8)}`, remoteOid: zero },
  ]);
  expect(trustsRemoteOids(updates)).toBe(false);
});

test('remote ids are believed in an honest push', () => {
  const main = `refs/heads/main ${oid} refs/heads/main ${other}`;
  expect(trustsRemoteOids(parse(main, `HEAD ${oid} refs/heads/h ${other}`))).toBe(true);
  expect(trustsRemoteOids(parse(main, `${oid} ${oid} refs/heads/h ${other}`))).toBe(true);
  expect(trustsRemoteOids(parse(main, `(delete) ${zero} refs/heads/h ${other}`))).toBe(true);
  expect(trustsRemoteOids(parse(`HEAD^{/a b} ${oid} refs/heads/main ${other}`))).toBe(true);
  expect(trustsRemoteOids(parse(main, `HEAD~1 ${oid} refs/heads/h ${other}`))).toBe(false);
  expect(trustsRemoteOids(parse(`:/a ${oid} refs/heads/h ${other}`, main))).toBe(false);
});
