import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Identity, NewEvent } from './event.ts';
import { createPrivacy } from './privacy.ts';
import {
  ensurePrivacyKeys,
  makePrivacyKeys,
  parsePrivacyKeys,
  printPrivacyKeys,
  privacyFile,
  readAllPrivacyKeys,
  readPrivacyKeys,
  writePrivacyKeys,
} from './privacy-keys.ts';
import { isPseudonym, openNames, pseudonymOf } from './pseudonym.ts';

const identity: Identity = {
  host: 'h1f2',
  actor: 'ada.lovelace@wks-42',
  repository: 'r:secret-project',
  home: 'git.lab.example/models/alpha',
  version: '1.0.0',
  policy: 'sha256:00',
};

const push: NewEvent = {
  kind: 'push',
  path: 'src/model/attention.py',
  to: 'https://github.com/ada/leak',
  refs: [
    { name: 'refs/heads/ada/distill-titan', tip: 'a'.repeat(40) },
    { name: 'refs/heads/main', tip: 'b'.repeat(40) },
  ],
  label: 'restricted',
  verdict: 'block',
  findings: [{ kind: 'label', rule: 'marked', severity: 'block', fingerprint: 'c1:aa' }],
  circumstances: ['no-verify'],
  data: { objects: 3, from: '/home/ada/state', sure: true, note: 'offline' },
};

const planted =
  /ada|lovelace|wks|attention|titan|distill|github|leak|lab\.example|alpha|secret-project|\/home|src\/|model/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-privacy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('plain changes nothing and asks for no key', () => {
  const privacy = createPrivacy({ privacy: 'plain' }, () => {
    throw new Error('asked');
  });
  expect(privacy.apply(push, identity)).toBe(push);
  expect(privacy.identity(identity)).toBe(identity);
});

test('keyed leaves no name, and all that is no name', () => {
  const keys = makePrivacyKeys('organisation');
  const privacy = createPrivacy({ privacy: 'keyed' }, () => keys);
  const event = privacy.apply(push, identity);
  const said = privacy.identity(identity);
  expect(JSON.stringify([event, said])).not.toMatch(planted);
  expect(event).toMatchObject({
    kind: 'push',
    label: 'restricted',
    verdict: 'block',
    findings: push.findings,
    circumstances: ['no-verify'],
    data: { objects: 3, sure: true, note: 'offline' },
  });
  expect(event.path).toMatch(/^k1:[0-9a-f]{8}:[\w-]{22}\.py$/);
  expect(event.refs?.map(({ name }) => name.replace(/k1:.*/, 'k1'))).toEqual([
    'refs/heads/k1',
    'refs/heads/main',
  ]);
  expect(said).toMatchObject({ host: 'h1f2', version: '1.0.0', policy: 'sha256:00' });
  expect([said.actor, said.home, said.repository].map((name) => isPseudonym(name ?? ''))).toEqual([
    true,
    true,
    true,
  ]);
  expect(privacy.identity(said)).toEqual(said);
});

test('equal names are equal under one key, in every process, and under no other', () => {
  const keys = makePrivacyKeys('organisation');
  const one = createPrivacy({ privacy: 'keyed' }, () => keys).apply(push, identity);
  const two = createPrivacy({ privacy: 'keyed' }, () => keys).apply(push, identity);
  const other = createPrivacy({ privacy: 'keyed' }, () => makePrivacyKeys('host'));
  expect(two.path).toBe(one.path);
  expect(two.data?.['names']).not.toBe(one.data?.['names']);
  expect(other.apply(push, identity).path).not.toBe(one.path);
});

test('a home and a push to it are one name', () => {
  const keys = makePrivacyKeys('organisation');
  const privacy = createPrivacy({ privacy: 'keyed' }, () => keys);
  const to = 'https://git.lab.example/models/alpha';
  expect(privacy.apply({ kind: 'push', to }, { ...identity, home: to }).to).toBe(
    privacy.identity({ ...identity, home: to }).home,
  );
});

test('only the private half names them again', () => {
  const keys = makePrivacyKeys('organisation');
  const given = parsePrivacyKeys(printPrivacyKeys(keys, false), 'x');
  const event = createPrivacy({ privacy: 'keyed' }, () => given).apply(push, identity);
  const sealed = String(event.data?.['names']);
  expect(given.identity).toBeUndefined();
  expect(openNames(sealed, given)).toBeUndefined();
  expect(openNames(sealed, makePrivacyKeys('organisation'))).toBeUndefined();
  expect(openNames(sealed, keys)).toEqual({
    path: push.path,
    to: push.to,
    refs: ['refs/heads/ada/distill-titan', 'refs/heads/main'],
    actor: identity.actor,
    repository: identity.repository,
    home: identity.home,
    'data.from': '/home/ada/state',
  });
  // The sealed form holds what the pseudonyms stand for, not something else.
  expect(pseudonymOf(identity.actor, keys)).toBe(
    createPrivacy({ privacy: 'keyed' }, () => given).identity(identity).actor,
  );
});

test('every flipped bit of a sealed name closes it', () => {
  const keys = makePrivacyKeys('host');
  const sealed = String(
    createPrivacy({ privacy: 'keyed' }, () => keys).apply(push, identity).data?.['names'],
  );
  const head = sealed.lastIndexOf(':') + 1;
  const bytes = Buffer.from(sealed.slice(head), 'base64url');
  let opened = 0;
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const names = openNames(sealed.slice(0, head) + flipped.toString('base64url'), keys);
    if (names !== undefined) opened += 1;
  }
  expect(opened).toBe(0);
});

test('an extension is kept only where it is a known one', () => {
  const keys = makePrivacyKeys('host');
  const { apply } = createPrivacy({ privacy: 'keyed' }, () => keys);
  for (const path of ['notes.ada', 'x.py/ada', '.ada', 'a.lovelace']) {
    expect(apply({ kind: 'open', path }, identity).path).toMatch(/:[\w-]{22}$/);
  }
});

test('keys are made once, for their user alone', () => {
  const keys = ensurePrivacyKeys(join(folder, 'deep'));
  const again = ensurePrivacyKeys(join(folder, 'deep'));
  expect(again.id).toBe(keys.id);
  expect(again.identity).toBeDefined();
  expect(statSync(privacyFile(join(folder, 'deep'))).mode & 0o777).toBe(0o600);
});

test('an imported file replaces the keys and cannot open', () => {
  ensurePrivacyKeys(folder);
  const keys = makePrivacyKeys('organisation');
  writePrivacyKeys(folder, printPrivacyKeys(keys, false), 'replace');
  expect(readPrivacyKeys(folder)).toMatchObject({ id: keys.id, origin: 'organisation' });
  expect(readPrivacyKeys(folder)?.identity).toBeUndefined();
});

test.each(['', '{}', '[]', 'null', '{"cordon":"record-privacy","version":1,"hmac":"AA"}'])(
  'a broken key file is an error, never replaced: %s',
  (text) => {
    writeFileSync(privacyFile(folder), text);
    expect(() => ensurePrivacyKeys(folder)).toThrow(expect.objectContaining({ code: 'usage' }));
  },
);

test('halves that do not belong together are refused', () => {
  const [one, two] = [makePrivacyKeys('host'), makePrivacyKeys('host')];
  const mixed = printPrivacyKeys({ ...one, recipient: two.recipient }, true);
  expect(() => parsePrivacyKeys(mixed, 'x')).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('a folder that cannot be made is told, and holds nobody', () => {
  // Where Node's own `recursive` never comes back: a commit would stand still for ever.
  expect(() => ensurePrivacyKeys('/proc/cordon/record')).toThrow(
    expect.objectContaining({ code: 'record.unwritable' }),
  );
});

test('keys are not put where another user, or a link, would have them', () => {
  const link = join(folder, 'link');
  symlinkSync(folder, link);
  expect(() => ensurePrivacyKeys(link)).toThrow(
    expect.objectContaining({ code: 'record.unwritable' }),
  );
  expect(readPrivacyKeys(folder)).toBeUndefined();
});

test('a pipe in the place of the keys is refused, and holds nobody', () => {
  execFileSync('mkfifo', [privacyFile(folder)]);
  for (const read of [readPrivacyKeys, ensurePrivacyKeys, readAllPrivacyKeys]) {
    expect(() => read(folder)).toThrow(expect.objectContaining({ code: 'record.unwritable' }));
  }
});
