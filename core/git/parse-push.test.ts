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

/** A client whose pre-push keeps its input, and an empty place to push to. */
function hooked(objectFormat: 'sha1' | 'sha256' = 'sha1') {
  const at = makeRepo({ objectFormat });
  const remote = makeRepo({ bare: true, objectFormat });
  onTestFinished(() => {
    at.cleanup();
    remote.cleanup();
  });
  at.write('.git/hooks/pre-push', '#!/bin/sh\ncat > .git/input\n');
  chmodSync(`${at.dir}/.git/hooks/pre-push`, 0o755);
  const push = async (...refspecs: string[]) => {
    const { code, stderr } = await at.push(remote.dir, ...refspecs);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return parsePrePush(readFileSync(`${at.dir}/.git/input`));
  };
  return { at, push };
}

test.each(['sha1', 'sha256'] as const)('reads what git really writes, %s', async (format) => {
  const { at, push } = hooked(format);
  const first = at.commit({ a: 'a' }, 'one');
  const zero = '0'.repeat(first.length);
  const fresh = { localOid: first, remoteOid: zero, deletion: false };
  expect(await push('main')).toEqual([
    { ...fresh, localName: 'refs/heads/main', remoteRef: 'refs/heads/main' },
  ]);
  expect(await push('main')).toEqual([]);
  expect(await push('HEAD:refs/heads/h')).toMatchObject([{ localName: 'HEAD', ...fresh }]);
  expect(await push(`${first}:refs/heads/i`)).toMatchObject([{ localName: first, ...fresh }]);
  expect(await push('HEAD^{/o n|one}:refs/heads/j')).toMatchObject([
    { localName: 'HEAD^{/o n|one}', remoteRef: 'refs/heads/j', ...fresh },
  ]);
  expect(await push(':refs/heads/j')).toMatchObject([
    { localName: '(delete)', localOid: zero, remoteOid: first, deletion: true },
  ]);
  at.git('tag', '-m', 'x', 'outer', 'HEAD:a');
  const second = at.commit({ a: 'b' }, 'two');
  expect(await push('main', 'outer', ':refs/heads/h')).toEqual(
    expect.arrayContaining([
      {
        localName: 'refs/heads/main',
        localOid: second,
        remoteRef: 'refs/heads/main',
        remoteOid: first,
        deletion: false,
      },
      expect.objectContaining({ localOid: at.git('rev-parse', 'refs/tags/outer') }),
      expect.objectContaining({ remoteRef: 'refs/heads/h', deletion: true }),
    ]),
  );
});

test('a local name that holds a line of its own is not believed', async () => {
  const { at, push } = hooked();
  const tip = at.commit({ leak: 'leak' });
  // git takes `ANYTHING-gHEX` for describe's output, a newline and a forged line in it too.
  const name = `y-g${tip.slice(0, 8)}`;
  at.git('branch', name);
  const updates = await push(
    `refs/heads/main ${tip} refs/heads/x ${tip}\nrefs/heads/${name}:refs/heads/z`,
  );
  expect(updates).toMatchObject([
    { localName: 'refs/heads/main', remoteOid: tip },
    { localName: `refs/heads/${name}`, remoteOid: zero },
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
