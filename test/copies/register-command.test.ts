import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cordon, makeLab, policyFor } from '../support/lab.ts';
import { makePair, remoteLines, SERVER_URL } from '../receive/server.ts';
import { copiesIn, linesOf, makeMachine, POLICY, secretCode, type Report } from './pipeline-lab.ts';

const PASSPHRASE = 'four lighthouses in a drawer';

/** A file beside a repository, outside of its work tree. */
function beside(repo: { readonly dir: string }, name: string, content: string): string {
  const file = join(dirname(repo.dir), name);
  writeFileSync(file, content);
  return file;
}

test('it says what it registered, where the key lies and what it is good for', async () => {
  using machine = await makeMachine();
  const { stdout, stderr } = machine.registered;
  expect(stderr).toBe('');
  for (const part of ['1 file', 'Index: ', 'tokens', 'key']) expect(stdout).toContain(part);
  // A path is never broken: it can be clicked.
  const wide = stdout.split('\n').filter((line) => line.length > 80 && !line.includes('/'));
  expect(wide).toEqual([]);
  const again = await cordon(machine.secret, ['register', '--no-background', '--format', 'json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ schema: 1, files: 1, unchanged: 1, added: 0 });
  const listed = await cordon(machine.secret, ['register', '--list', '--format', 'json']);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    indexes: [{ imported: false, files: 1, labels: ['restricted'] }],
  });
});

test.each([
  [['register', '--check', '--list'], 2],
  [['register', '--export', 'x'], 2],
  [['register', '--import', 'x'], 4],
  [['register', '--expotr', 'x'], 2],
  [['register', '--format', 'sarif'], 2],
] as const)('%j gives %i', async (args, code) => {
  using repo = makeLab();
  repo.commit({ a: 'a\n' });
  const ran = await cordon(repo, args);
  expect(ran).toMatchObject({ code, stdout: '' });
  expect(ran.stderr).not.toContain('Internal error');
});

test('--check names both places, the largest first, until a line of the policy lets them be', async () => {
  using machine = await makeMachine();
  using home = makeLab({ bare: true });
  const { secret } = machine;
  secret.addRemote('origin', home.dir);
  expect((await cordon(secret, ['register', '--check'])).code).toBe(0);
  secret.commit({ 'docs/small.md': linesOf(46, 57), 'docs/large.md': linesOf(18, 62) });
  const checked = await cordon(secret, ['register', '--check', '--format', 'json']);
  const { found } = JSON.parse(checked.stdout) as {
    found: { path: string; line: number; lines: number; source: object; fingerprint: string }[];
  };
  expect(checked.code).toBe(1);
  expect(found.map(({ path }) => path)).toEqual(['docs/large.md', 'docs/small.md']);
  expect(found[0]).toMatchObject({ line: 1, source: { path: 'src/model/blend.py', line: 18 } });
  const text = await cordon(secret, ['register', '--check']);
  expect(text.stdout).toContain('docs/large.md:1');
  expect(text.stdout).toContain('src/model/blend.py:18');
  const allow = found.map(
    ({ fingerprint }) => `  - {kind: copy, fingerprint: '${fingerprint}', reason: 'in the paper'}`,
  );
  secret.commit({ '.cordon/policy.yaml': `${POLICY}allow:\n${allow.join('\n')}\n` });
  expect((await cordon(secret, ['register', '--check'])).code).toBe(1);
  // It counts once it is reviewed and on home's default branch.
  expect((await secret.push('-q', 'origin', 'main')).code).toBe(0);
  const reviewed = await cordon(secret, ['register', '--check', '--format', 'json']);
  expect(reviewed.code).toBe(0);
  expect(JSON.parse(reviewed.stdout)).toMatchObject({ clean: true, found: [{}, {}] });
});

test('a server that has an export knows copies, and tells no name it was not given', async () => {
  using machine = await makeMachine();
  using pair = await makePair({ policy: policyFor({ [SERVER_URL]: 'internal' }) });
  const { client, server } = pair;
  const passphrase = beside(machine.secret, 'passphrase', `${PASSPHRASE}\n`);
  const wrong = beside(machine.secret, 'wrong', 'six lighthouses\n');
  const file = join(dirname(machine.secret.dir), 'index.cordon');
  const exported = await cordon(machine.secret, [
    'register',
    '--export',
    file,
    '--passphrase-file',
    passphrase,
  ]);
  expect(exported).toMatchObject({ code: 0 });
  const bytes = readFileSync(file);
  expect(bytes.includes('blend.py')).toBe(false);
  expect(
    await cordon(server, ['register', '--import', file, '--passphrase-file', wrong]),
  ).toMatchObject({ code: 2, stdout: '' });
  const imported = await cordon(server, [
    'register',
    '--import',
    file,
    '--passphrase-file',
    passphrase,
  ]);
  expect(imported).toMatchObject({ code: 0 });

  client.env['XDG_DATA_HOME'] = server.env['XDG_DATA_HOME'] ?? '';
  const before = pair.at('refs/heads/main');
  client.commit({ 'lib/utils.py': linesOf(18, 57) });
  const pushed = await client.push('--no-verify', 'origin', 'main');
  expect(pushed.code).toBe(1);
  expect(pair.at('refs/heads/main')).toBe(before);
  const [copy] = copiesIn(pair.report() as unknown as Report);
  expect(copy).toMatchObject({ rule: 'copy', label: 'restricted', path: 'lib/utils.py' });
  expect(copy?.source?.path).toMatch(/^src-[0-9a-f]{16}$/);
  expect(remoteLines(pushed.stderr).join('\n')).not.toContain('blend.py');
});

test('an export for a key opens with its other half, and tells names where asked to', async () => {
  using machine = await makeMachine();
  using elsewhere = makeLab();
  elsewhere.commit({ 'notes.txt': secretCode });
  const folder = dirname(machine.secret.dir);
  const [identity, recipient, file] = ['id.pem', 'pub.pem', 'index.cordon'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  writeFileSync(identity, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(recipient, publicKey.export({ type: 'spki', format: 'pem' }));
  const out = ['register', '--export', file, '--names', '--recipient', recipient];
  expect((await cordon(machine.secret, out)).code).toBe(0);
  expect(
    (await cordon(elsewhere, ['register', '--import', file, '--identity', identity])).code,
  ).toBe(0);
  const scanned = await cordon(elsewhere, ['scan', '--format', 'json']);
  expect(copiesIn(JSON.parse(scanned.stdout) as Report)).toMatchObject([
    { rule: 'whole', source: { path: 'src/model/blend.py' } },
  ]);
});

test('a torn index of its own is made anew; one of another repository stops a push', async () => {
  using machine = await makeMachine();
  const { secret } = machine;
  const other = machine.other();
  const folder = join(secret.env['XDG_DATA_HOME'] ?? '', 'cordon/copies');
  const [name = ''] = readdirSync(folder);
  const tear = () => {
    for (const file of readdirSync(join(folder, name)).filter((one) => one.endsWith('.cdx'))) {
      const path = join(folder, name, file);
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 40) ^ 1, bytes.length - 40);
      writeFileSync(path, bytes);
    }
  };
  tear();
  other.commit({ 'a.py': 'a = 1\n' });
  const pushed = await other.push('-q', 'origin', 'HEAD');
  expect(pushed.code).toBe(1);
  expect(pushed.stderr.replace(/\s/g, '')).toContain(`copies/${name}`);
  const listed = await cordon(other, ['register', '--list']);
  expect(listed.code).toBe(4);
  // In its own repository any act that looks mends it.
  expect((await cordon(secret, ['scan'])).code).toBe(0);
  expect((await other.push('-q', 'origin', 'HEAD')).code).toBe(0);
});

test('a new key names sources anew, and copies are found as before', async () => {
  using machine = await makeMachine();
  const rotated = await cordon(machine.secret, [
    'register',
    '--no-background',
    '--rotate',
    '--format',
    'json',
  ]);
  expect(JSON.parse(rotated.stdout)).toMatchObject({ anew: 'key', files: 1 });
  const other = machine.other();
  other.commit({ 'x.py': linesOf(18, 57) });
  expect((await other.push('-q', 'origin', 'HEAD')).code).toBe(1);
});

test('explain tells a copy', async () => {
  using machine = await makeMachine();
  const other = machine.other();
  other.commit({ 'x.py': linesOf(18, 57) });
  const { stdout } = await cordon(other, ['explain', 'x.py']);
  expect(stdout).toContain('copy of src/model/blend.py:18 (restricted)');
});
