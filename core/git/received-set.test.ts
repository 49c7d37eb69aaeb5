import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, type RepoOptions, type TestRepo } from '../../test/support/repo.ts';
import { listPaths } from './list-paths.ts';
import { parseReceive } from './parse-push.ts';
import { readObjects } from './read-objects.ts';
import { listReceived } from './received-set.ts';
import { openRepository } from './repository.ts';

const repo = (options?: RepoOptions): TestRepo => {
  const one = makeRepo(options);
  onTestFinished(() => one.cleanup());
  return one;
};

/** A bare repository whose pre-receive keeps what it was given, quarantine and all, and refuses. */
function server(): TestRepo & { received(): { env: Record<string, string>; stdin: Buffer } } {
  const at = repo({ bare: true });
  const place = join(at.dir, 'seen');
  mkdirSync(place);
  at.write(
    'hooks/pre-receive',
    `#!/bin/sh\ncat > '${place}/stdin'\nrm -rf '${place}/quarantine'\n` +
      `[ -n "$GIT_QUARANTINE_PATH" ] && cp -r "$GIT_QUARANTINE_PATH" '${place}/quarantine'\n` +
      `env | grep ^GIT_ > '${place}/env'\n[ -e '${place}/accept' ]\n`,
  );
  chmodSync(join(at.dir, 'hooks/pre-receive'), 0o755);
  return {
    ...at,
    received() {
      const seen = readFileSync(join(place, 'env'), 'utf8').trim().split('\n');
      const told = new Map(
        seen.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      const quarantined = told.has('GIT_QUARANTINE_PATH');
      // git has removed the real one by now: its copy stands for it, all else as git set it.
      const kept = join(place, 'quarantine');
      return {
        stdin: readFileSync(join(place, 'stdin')),
        env: {
          ...at.env,
          ...(quarantined && {
            GIT_QUARANTINE_PATH: kept,
            GIT_OBJECT_DIRECTORY: kept,
            GIT_ALTERNATE_OBJECT_DIRECTORIES: told.get('GIT_ALTERNATE_OBJECT_DIRECTORIES') ?? '',
          }),
          GIT_DIR: '.',
        },
      };
    },
  };
}

async function listSeen(at: ReturnType<typeof server>) {
  const { env, stdin } = at.received();
  const opened = await openRepository(at.dir, { env });
  const updates = parseReceive(stdin);
  return { opened, updates, set: await listReceived(opened, updates) };
}

test('lists what came in, and reads it with what was there before', async () => {
  const at = server();
  const client = repo();
  const first = client.commit({ a: 'a', old: 'old' });
  at.write('seen/accept', '');
  expect((await client.push(at.dir, 'main')).code).toBe(0);
  rmSync(join(at.dir, 'seen/accept'));
  const tip = client.commit({ b: 'b' });
  expect((await client.push(at.dir, 'main')).code).toBe(1);
  const { opened, updates, set } = await listSeen(at);
  expect(updates).toMatchObject([{ oldOid: first, newOid: tip, ref: 'refs/heads/main' }]);
  expect(set.objects.map(({ oid }) => oid).sort()).toEqual(
    [tip, client.git('rev-parse', 'HEAD^{tree}'), client.git('rev-parse', 'HEAD:b')].sort(),
  );
  expect(set.newCommits).toEqual([tip]);
  const read = new Map<string, string | undefined>();
  for await (const object of readObjects(opened, [set.objects.map(({ oid }) => oid)])) {
    read.set(object.oid, 'missing' in object ? object.missing : object.bytes?.toString());
  }
  expect(read.get(client.git('rev-parse', 'HEAD:b'))).toBe('b');
  const paths = await listPaths(opened, set.range);
  expect(paths.map(({ path }) => path.text)).toEqual(['b']);
});

test.each([
  ['loose objects', '10000'],
  ['a pack', '1'],
])('lists objects hidden in %s that no ref reaches', async (_, unpackLimit) => {
  const at = server();
  at.git('config', 'receive.unpackLimit', unpackLimit);
  const client = repo();
  const tip = client.commit({ a: 'a' });
  client.git('checkout', '-q', '--orphan', 'hidden');
  const commit = client.commit({ 'src/model': 'hidden leak' });
  const hidden = [
    commit,
    ...['^{tree}', ':src', ':src/model'].map((n) => client.git('rev-parse', `HEAD${n}`)),
  ];
  // A git whose pack-objects packs a few more objects than it was asked for.
  const exec = join(client.dir, 'exec');
  mkdirSync(exec);
  const git = client.git('--exec-path');
  for (const name of readdirSync(git)) {
    if (name !== 'git') symlinkSync(join(git, name), join(exec, name));
  }
  client.write(
    'exec/git',
    `#!/bin/sh\ncase "$1" in pack-objects) (cat; printf '%s\\n' ${commit}) | exec '${git}/git' "$@";; *) exec '${git}/git' "$@";; esac\n`,
  );
  chmodSync(join(exec, 'git'), 0o755);
  expect((await client.run(`--exec-path=${exec}`, 'push', at.dir, 'main')).code).toBe(1);
  const { opened, set } = await listSeen(at);
  const oids = set.objects.map(({ oid }) => oid as string);
  expect(oids).toEqual(expect.arrayContaining([tip, ...hidden]));
  expect(set.newCommits.toSorted()).toEqual([tip, commit].toSorted());
  const paths = await listPaths(opened, set.range);
  expect(new Set(paths.map(({ path }) => path.text))).toEqual(new Set(['a', 'src/model']));
});

test('a deletion has no quarantine, and lists nothing', async () => {
  const at = server();
  const client = repo();
  client.commit({ a: 'a' });
  at.write('seen/accept', '');
  await client.push(at.dir, 'main', 'main:other');
  expect((await client.push(at.dir, ':other')).code).toBe(0);
  const { updates, set } = await listSeen(at);
  expect(updates).toMatchObject([{ deletion: true }]);
  expect(set).toMatchObject({ objects: [], missing: [] });
});

test('old objects that become reachable are listed', async () => {
  const at = server();
  const client = repo();
  client.commit({ a: 'a' });
  at.write('seen/accept', '');
  await client.push(at.dir, 'main');
  client.git('checkout', '-q', '--orphan', 'lost');
  const lost = client.commit({ leak: 'leak' });
  await client.push(at.dir, 'lost');
  await client.push(at.dir, ':lost');
  // Unreachable on the server, but there: a ref to it sends nothing.
  expect((await client.push(at.dir, 'lost:found')).code).toBe(0);
  const updates = parseReceive(Buffer.from(`${'0'.repeat(40)} ${lost} refs/heads/again\n`));
  at.git('update-ref', '-d', 'refs/heads/found');
  const set = await listReceived(await openRepository(at.dir, { env: at.env }), updates);
  expect(set.objects.map(({ oid }) => oid)).toContain(client.git('rev-parse', 'lost:leak'));
});
