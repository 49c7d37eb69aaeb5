import { chmodSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { snapshot } from '../support/install-sandbox.ts';
import {
  codeOfOneSentence,
  expectPlain,
  giveAway,
  isRoot,
  makePlace,
  makeWork,
  NOBODY,
  type Place,
  type Ran,
} from './support.ts';

const ZERO = '0'.repeat(40);

function expectClean(ran: Ran): void {
  expect(ran).toMatchObject({ code: 0, timedOut: false });
  expectPlain(ran);
}

const prePush = (place: Place, top: string, lines: string, env = place.env) =>
  place.cordon(['hook', 'pre-push', 'origin', join(place.root, 'remote.git')], {
    cwd: top,
    env,
    input: [Buffer.from(lines)],
  });

function addRemote(place: Place, top: string): void {
  place.git(place.root, 'init', '-q', '--bare', 'remote.git');
  place.git(top, 'remote', 'add', 'origin', join(place.root, 'remote.git'));
}

test('a repository with no commits: looked at, explained, guarded, and its first push judged', async () => {
  using place = makePlace();
  const top = makeWork(place, { commit: false });
  addRemote(place, top);
  const at = { cwd: top };
  expectClean(await place.cordon(['scan'], at));
  expectClean(await place.cordon(['scan', '--staged'], at));
  expectClean(await place.cordon(['scan', '--history'], at));
  expectClean(await place.cordon(['explain', 'new.txt'], at));
  expect(codeOfOneSentence(await place.cordon(['scan', '--range', 'HEAD'], at))).toBe(2);
  expectClean(await place.cordon(['hook', 'pre-commit'], at));
  expectClean(await prePush(place, top, ''));
  expectClean(await place.cordon(['init'], at));
  writeFileSync(join(top, 'key.txt'), `token = ${'hf_' + 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}\n`);
  place.git(top, 'add', 'key.txt');
  place.git(top, 'commit', '-q', '--no-verify', '-m', 'first');
  const blocked = await place.run('git', ['push', 'origin', 'main'], at);
  expect(blocked.code).toBe(1);
  expect(blocked.stderr).toContain('huggingface-token');
  expect(place.git(join(place.root, 'remote.git'), 'for-each-ref')).toBe('');
});

test('a bare repository: its history is looked at, and a clone-side init says what to do', async () => {
  using place = makePlace();
  const top = makeWork(place);
  writeFileSync(join(top, 'key.txt'), `token = ${'hf_' + 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}\n`);
  place.git(top, 'add', 'key.txt');
  place.git(top, 'commit', '-q', '--no-verify', '-m', 'key');
  place.git(place.root, 'clone', '-q', '--bare', 'work', 'bare.git');
  const at = { cwd: join(place.root, 'bare.git') };
  expect(await place.cordon(['scan'], at)).toMatchObject({ code: 1 });
  expectClean(await place.cordon(['explain', 'x'], at));
  expect(codeOfOneSentence(await place.cordon(['init'], at))).toBe(2);
});

test('no repository at all: files are looked at, all else says what to name', async () => {
  using place = makePlace();
  const folder = join(place.root, 'plain');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.txt'), 'hello\n');
  const at = { cwd: folder };
  expectClean(await place.cordon(['scan'], at));
  for (const args of [
    ['explain', 'a.txt'],
    ['init'],
    ['uninstall'],
    ['scan', '--staged'],
    ['scan', '--history'],
    ['scan', '--range', 'HEAD'],
    ['scan', '--repo', '.'],
    ['hook', 'pre-commit'],
  ]) {
    expect(codeOfOneSentence(await place.cordon(args, at))).toBe(2);
  }
  expect(
    codeOfOneSentence(
      await prePush(place, folder, `HEAD ${'1'.repeat(40)} refs/heads/x ${ZERO}\n`),
    ),
  ).toBe(2);
});

test('a folder outside of the repository one stands in is looked at all the same', async () => {
  using place = makePlace();
  const top = makeWork(place);
  mkdirSync(join(place.root, 'other'));
  writeFileSync(
    join(place.root, 'other/key.txt'),
    `${'hf_' + 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}\n`,
  );
  expect(await place.cordon(['scan', '../other'], { cwd: top })).toMatchObject({ code: 1 });
});

test('a folder that vanished under the shell', async () => {
  using place = makePlace();
  const top = makeWork(place);
  for (const args of ['scan', 'explain x', 'init', 'uninstall', 'hook pre-commit']) {
    mkdirSync(join(top, 'gone'));
    const line = `cd gone && rmdir ../gone && exec "$0" "$1" ${args}`;
    const file = join(import.meta.dirname, '../../dist/cordon.mjs');
    expect(
      codeOfOneSentence(await place.run('sh', ['-c', line, process.execPath, file], { cwd: top })),
    ).toBe(2);
  }
});

test.each(['a file', 'nothing', 'a device'])('--repo given %s', async (what) => {
  using place = makePlace();
  writeFileSync(join(place.root, 'file'), '');
  const at = { 'a file': 'file', nothing: 'nosuch', 'a device': '/dev/null' }[what] ?? '';
  for (const command of [['scan'], ['explain', 'x'], ['init'], ['uninstall']]) {
    expect(codeOfOneSentence(await place.cordon([...command, '--repo', at]))).toBe(2);
  }
});

test.each(['/nowhere', '', 'file', '/dev/null'])(
  'GIT_DIR=%j leads to no repository',
  async (GIT_DIR) => {
    using place = makePlace();
    const top = makeWork(place);
    writeFileSync(join(top, 'file'), '');
    const env = { ...place.env, GIT_DIR };
    for (const args of [['scan'], ['explain', 'x'], ['hook', 'pre-commit']]) {
      expect(codeOfOneSentence(await place.cordon(args, { cwd: top, env }))).toBe(2);
    }
  },
);

test("another user's repository: git's refusal is told, and the hooks block", async () => {
  using place = makePlace();
  const top = makeWork(place);
  addRemote(place, top);
  // As root it is given away; as anyone else it is made to look so by git's own switch for tests.
  if (isRoot) giveAway(top);
  const env = { ...place.env, ...(!isRoot && { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }) };
  for (const args of [['scan'], ['explain', 'x'], ['init'], ['hook', 'pre-commit']]) {
    const ran = await place.cordon(args, { cwd: top, env });
    expect(codeOfOneSentence(ran)).toBe(2);
    expect(ran.stderr).toContain('safe.directory');
    expect(ran.stderr).toContain(top);
  }
  const lines = `refs/heads/main ${'1'.repeat(40)} refs/heads/main ${ZERO}\n`;
  const ran = await prePush(place, top, lines, env);
  expect(codeOfOneSentence(ran)).toBe(2);
});

/** Files of objects, loose or packed. */
function objectFiles(top: string): string[] {
  const folder = join(top, '.git/objects');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

test.each(['a cut object', 'an emptied object', 'a missing object', 'a cut pack'])(
  '%s blocks a push, and a look at the history is incomplete',
  async (what) => {
    using place = makePlace();
    const top = makeWork(place);
    addRemote(place, top);
    writeFileSync(
      join(top, 'a.txt'),
      'some text that is long enough to be cut in the middle\n'.repeat(90),
    );
    place.git(top, 'add', 'a.txt');
    place.git(top, 'commit', '-q', '--no-verify', '-m', 'a');
    const tip = place.git(top, 'rev-parse', 'HEAD');
    const blob = place.git(top, 'rev-parse', 'HEAD:a.txt');
    let file = join(top, '.git/objects', blob.slice(0, 2), blob.slice(2));
    if (what === 'a cut pack') {
      place.git(top, 'repack', '-adq');
      file = objectFiles(top).find((one) => one.endsWith('.pack')) ?? '';
    }
    chmodSync(file, 0o644);
    if (what === 'a missing object') rmSync(file);
    else truncateSync(file, what === 'an emptied object' ? 0 : 60);
    const before = snapshot(top, (path) => path.startsWith('.git/cordon'));
    const lines = `refs/heads/main ${tip} refs/heads/main ${ZERO}\n`;
    const push = await prePush(place, top, lines);
    const history = await place.cordon(['scan', '--history'], { cwd: top });
    for (const ran of [push, history]) {
      expect(ran).toMatchObject({ code: 4, timedOut: false });
      expect(ran.stderr + ran.stdout).not.toBe('');
      expectPlain(ran);
    }
    expect(snapshot(top, (path) => path.startsWith('.git/cordon'))).toEqual(before);
  },
);

test("lines on the hook's input that are no refs are an error, never a pass", async () => {
  using place = makePlace();
  const top = makeWork(place);
  addRemote(place, top);
  const tip = place.git(top, 'rev-parse', 'HEAD');
  for (const line of [
    'garbage\n',
    `refs/heads/main ${tip}\n`,
    `refs/heads/main ${tip} refs/heads/main zz\n`,
    `${'x'.repeat(1 << 20)}\n`,
    '\0\0\0\n',
  ]) {
    const ran = await prePush(place, top, line);
    expect(ran).toMatchObject({ timedOut: false });
    expect([2, 3, 4]).toContain(ran.code);
    expect(ran.stderr).not.toBe('');
    expectPlain(ran);
  }
});

test('a nobody looks at what only root may read', async () => {
  using place = makePlace();
  const top = makeWork(place);
  writeFileSync(join(top, 'closed.txt'), 'x\n');
  mkdirSync(join(top, 'closed'));
  writeFileSync(join(top, 'closed/in.txt'), 'x\n');
  giveAway(place.root, isRoot ? NOBODY : (process.getuid?.() ?? 0));
  chmodSync(join(top, 'closed.txt'), 0);
  chmodSync(join(top, 'closed'), 0);
  for (const args of [['scan'], ['scan', 'closed.txt'], ['scan', 'closed']]) {
    const ran = await place.cordon(args, { cwd: top, asNobody: true });
    expect(ran).toMatchObject({ code: 4, timedOut: false });
    expect(ran.stdout).toContain('closed');
    expectPlain(ran);
  }
  chmodSync(join(top, 'closed'), 0o755);
  const loose = join(place.root, 'loose');
  mkdirSync(join(loose, 'closed'), { recursive: true });
  chmodSync(join(loose, 'closed'), 0);
  expect(await place.cordon(['scan'], { cwd: loose, asNobody: true })).toMatchObject({ code: 4 });
});
