import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { snapshot } from '../support/install-sandbox.ts';
import { cordon, makeLab, makeWeights, runProgram } from '../support/lab.ts';
import { sendPack, storeObject } from './send-pack.ts';
import { makePair, remoteLines, SERVER_URL } from './server.ts';

const executable = (path: string, text: string): void => {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
};

/** As Gitea and Forgejo write it: each file of the folder gets the input in turn. */
const loop = `#!/usr/bin/env bash
data=$(cat)
exitcodes=""
hookname=$(basename $0)
GIT_DIR=\${GIT_DIR:-$(dirname $0)/..}
for hook in \${GIT_DIR}/hooks/\${hookname}.d/*; do
  test -x "\${hook}" && test -f "\${hook}" || continue
  echo "\${data}" | "\${hook}"
  exitcodes="\${exitcodes} $?"
done
for i in \${exitcodes}; do
  [ \${i} -eq 0 ] || exit \${i}
done
`;

test("under Gitea's loop each push is judged once, beside the hooks that stand there", async () => {
  using server = makeLab({ bare: true });
  using client = makeLab();
  const folder = join(server.dir, 'hooks/pre-receive.d');
  mkdirSync(folder);
  executable(join(server.dir, 'hooks/pre-receive'), loop);
  executable(join(folder, 'gitea'), `#!/bin/sh\ncat >'${server.dir}/gitea.log'\n`);
  const before = snapshot(server.dir);
  expect((await cordon(server, ['init', '--server'])).code).toBe(0);
  client.addRemote('origin', server.dir);
  const tip = client.commit({ 'a.txt': 'a\n' });
  const clean = await client.push('origin', 'main');
  expect(clean.code).toBe(0);
  expect(remoteLines(clean.stderr)).toEqual([]);
  const zero = '0'.repeat(40);
  const log = join(server.dir, 'gitea.log');
  expect(readFileSync(log, 'utf8')).toBe(`${zero} ${tip} refs/heads/main\n`);
  client.commit({ 'm.bin': makeWeights() });
  expect((await client.push('origin', 'main')).code).toBe(1);
  expect(server.git('rev-parse', 'main')).toBe(tip);
  expect((await cordon(server, ['uninstall'])).code).toBe(0);
  expect(hooksOf(snapshot(server.dir))).toEqual(hooksOf(before));
  expect((await client.push('origin', 'main')).code).toBe(0);
});

const hooksOf = (seen: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(seen).filter(([name]) => !/^(?:objects|refs)\b|\.log$/.test(name)),
  );

test("in GitLab's folder the hook runs as Gitaly runs it", async () => {
  using server = makeLab({ bare: true });
  using client = makeLab();
  mkdirSync(join(server.dir, 'custom_hooks'));
  expect((await cordon(server, ['init', '--server'])).code).toBe(0);
  const hook = join(server.dir, 'custom_hooks/pre-receive.d/cordon');
  // Gitaly runs it from a folder of its own: GIT_DIR in full, and no word of a quarantine.
  const own = join(server.dir, 'gitaly');
  mkdirSync(own);
  executable(
    join(own, 'pre-receive'),
    `#!/bin/sh\nunset GIT_QUARANTINE_PATH\nGIT_DIR='${server.dir}' exec '${hook}'\n`,
  );
  server.git('config', 'core.hooksPath', own);
  client.addRemote('origin', server.dir);
  const tip = client.commit({ 'a.txt': 'a\n' });
  expect((await client.push('origin', 'main')).code).toBe(0);
  client.commit({ 'm.bin': makeWeights() });
  expect((await client.push('origin', 'main')).code).toBe(1);
  expect(server.git('rev-parse', 'main')).toBe(tip);
  client.git('checkout', '-q', '-b', 'clean', tip);
  const to = client.commit({ 'b.txt': 'b\n' });
  const objects = ['HEAD', 'HEAD^{tree}', 'HEAD:b.txt'].map((name) =>
    client.git('rev-parse', name),
  );
  const hidden = storeObject(client, makeWeights(9));
  const update = { ref: 'refs/heads/clean', to };
  expect(sendPack({ client, server }, update, [...objects, hidden])).toContain(
    'ng refs/heads/clean',
  );
  expect(sendPack({ client, server }, update, objects)).toContain('ok refs/heads/clean');
});

test('a hook that stood there is asked with the same input, and only after an allowed push', async () => {
  using pair = await makePair();
  const { client, server } = pair;
  expect((await cordon(server, ['uninstall'])).code).toBe(0);
  const hook = join(server.dir, 'hooks/pre-receive');
  const log = join(server.dir, 'own.log');
  executable(hook, `#!/bin/sh\ncat >>'${log}'\necho 'own hook was here'\n`);
  const before = snapshot(server.dir);
  expect((await cordon(server, ['init', '--server', '--url', SERVER_URL])).code).toBe(0);
  const once = snapshot(server.dir);
  expect((await cordon(server, ['init', '--server', '--url', SERVER_URL])).code).toBe(0);
  expect(snapshot(server.dir)).toEqual(once);
  const old = client.git('rev-parse', 'HEAD');
  const tip = client.commit({ 'a.txt': 'a\n' });
  client.git('branch', 'other', old);
  const pushed = await client.push('origin', 'main', 'other');
  expect(pushed.code).toBe(0);
  expect(remoteLines(pushed.stderr)).toEqual(['own hook was here']);
  const zero = '0'.repeat(40);
  const lines = [`${old} ${tip} refs/heads/main`, `${zero} ${old} refs/heads/other`, ''];
  expect(readFileSync(log, 'utf8')).toBe(lines.join('\n'));
  client.commit({ 'm.bin': makeWeights() });
  expect((await client.push('origin', 'main')).code).toBe(1);
  expect(readFileSync(log, 'utf8')).toBe(lines.join('\n'));
  expect((await cordon(server, ['uninstall'])).code).toBe(0);
  rmSync(log);
  expect(hooksOf(snapshot(server.dir))).toEqual(hooksOf(before));
});

test('init prints what it wrote, and how policies know this server', async () => {
  using server = makeLab({ bare: true });
  const before = snapshot(server.dir);
  const first = await cordon(server, ['init', '--server']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain('hooks/pre-receive');
  expect(first.stdout).toContain('--url');
  const named = await cordon(server, ['init', '--server', '--url', SERVER_URL]);
  expect(named.code).toBe(0);
  expect(server.git('config', 'cordon.url')).toBe(SERVER_URL);
  expect(named.stdout).not.toContain('--url');
  expect((await cordon(server, ['uninstall'])).code).toBe(0);
  expect(snapshot(server.dir)).toEqual(before);
});

test('a work tree is not a server, and a bare repository is no clone', async () => {
  using client = makeLab();
  expect((await cordon(client, ['init', '--server'])).code).toBe(2);
  using server = makeLab({ bare: true });
  expect((await cordon(server, ['init'])).code).toBe(2);
});

test('what could not be understood on standard input refuses', async () => {
  using server = makeLab({ bare: true });
  const ran = await cordon(server, ['hook', 'pre-receive'], { input: 'nonsense\n' });
  expect(ran.code).toBe(3);
  expect(ran.stdout).toBe('');
  expect(ran.stderr.split('\n').filter((line) => line.length > 72)).toEqual([]);
});

test('the hook needs no environment but a shell', async () => {
  using pair = await makePair();
  const { client } = pair;
  client.commit({ 'm.bin': makeWeights() });
  const bare = { HOME: client.env['HOME'] ?? '' };
  const git = (
    await runProgram('/bin/sh', ['-c', 'command -v git'], client.dir, { env: client.env })
  ).stdout.trim();
  const ran = await runProgram(git, ['push', 'origin', 'main'], client.dir, { env: bare });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('remote: cordon:');
});
