import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cordon, makeLab, makeToken, makeWeights, policyFor, writeFiles } from '../support/lab.ts';
import type { Ran } from '../support/lab.ts';

interface Folder extends Disposable {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A folder outside of any repository. */
function makeFolder(): Folder {
  using lab = makeLab();
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'cordon-folder-')));
  // Beside it, not in it: what is recorded of a scan is not for the next scan to find.
  const home = `${dir}-home`;
  const env = { ...lab.env, HOME: home, GIT_CEILING_DIRECTORIES: tmpdir() };
  return {
    dir,
    env,
    [Symbol.dispose]() {
      for (const one of [dir, home]) rmSync(one, { recursive: true, force: true });
    },
  };
}

interface Found {
  readonly verdict: string;
  readonly findings: readonly {
    readonly kind: string;
    readonly path?: string;
    readonly line?: number;
  }[];
}

const foundIn = ({ stdout }: Ran): string[] => {
  const { findings } = JSON.parse(stdout) as Found;
  return findings
    .map(({ kind, path, line }) => [kind, path, line].filter(Boolean).join(' '))
    .sort();
};

const script = (): string => `import os\nTOKEN = "${makeToken()}"\n`;

test('a folder outside of git', async () => {
  using folder = makeFolder();
  writeFiles(folder.dir, { 'a.py': 'a = 1\n', 'deep/b.txt': 'b\n' });
  const clean = await cordon(folder, ['scan']);
  expect(clean).toMatchObject({ code: 0, stderr: '' });
  writeFiles(folder.dir, { 'deep/up.py': script(), 'deep/notes.txt': makeWeights() });
  const found = await cordon(folder, ['scan', '--format', 'json']);
  expect(found).toMatchObject({ code: 1, stderr: '' });
  expect(foundIn(found)).toEqual(['secret deep/up.py 2', 'weights deep/notes.txt']);
  expect(found.stdout).not.toContain(makeToken());
  expect((await cordon(folder, ['scan', 'a.py', 'deep/b.txt'])).code).toBe(0);
  expect((await cordon(folder, ['scan', 'deep/up.py'])).code).toBe(1);
  expect((await cordon(folder, ['scan', 'not-there'])).code).toBe(4);
});

test('in a repository, files that git ignores are left out', async () => {
  using repo = makeLab();
  repo.commit({ 'a.py': 'a = 1\n', '.gitignore': 'ignored/\n' });
  writeFiles(repo.dir, { 'ignored/up.py': script() });
  expect((await cordon(repo, ['scan'])).code).toBe(0);
  writeFiles(repo.dir, { 'untracked.py': script() });
  const found = await cordon(repo, ['scan', '--format', 'json']);
  expect(found.code).toBe(1);
  expect(foundIn(found)).toEqual(['secret untracked.py 2']);
  // Named by its own path, a file is looked at whatever git thinks of it.
  expect((await cordon(repo, ['scan', 'ignored/up.py'])).code).toBe(1);
});

test('from a subfolder it looks at the subfolder, and with --repo at another place', async () => {
  using repo = makeLab();
  using folder = makeFolder();
  repo.commit({ 'top.py': script(), 'sub/clean.py': 'a = 1\n' });
  const sub = { dir: join(repo.dir, 'sub'), env: repo.env };
  expect((await cordon(sub, ['scan'])).code).toBe(0);
  expect((await cordon(folder, ['scan', '--repo', repo.dir])).code).toBe(1);
  expect((await cordon(folder, ['scan', '--repo', folder.dir])).code).toBe(2);
});

test('--staged looks at the index alone', async () => {
  using repo = makeLab();
  repo.commit({ 'a.py': 'a = 1\n' });
  repo.write('a.py', script());
  expect((await cordon(repo, ['scan', '--staged'])).code).toBe(0);
  repo.git('add', 'a.py');
  const found = await cordon(repo, ['scan', '--staged', '--format=json']);
  expect(found.code).toBe(1);
  expect(foundIn(found)).toEqual(['secret a.py 2']);
});

test('--range and --history look at what came and went', async () => {
  using repo = makeLab();
  repo.commit({ 'a.py': 'a = 1\n' });
  repo.commit({ 'up.py': script() });
  repo.commit({ 'up.py': null });
  repo.commit({ 'b.py': 'b = 1\n' });
  expect((await cordon(repo, ['scan'])).code).toBe(0);
  expect((await cordon(repo, ['scan', '--range', 'HEAD~1..HEAD'])).code).toBe(0);
  const range = await cordon(repo, ['scan', '--range', 'HEAD~3..HEAD', '--format', 'json']);
  expect(range.code).toBe(1);
  expect(foundIn(range)).toEqual(['secret up.py 2']);
  const history = await cordon(repo, ['scan', '--history', '--format', 'json']);
  expect(history.code).toBe(1);
  expect(foundIn(history)).toEqual(['secret up.py 2']);
  expect((await cordon(repo, ['scan', '--range', 'nothing..HEAD'])).code).toBe(2);
  expect((await cordon(repo, ['scan', '--range', '--all'])).code).toBe(2);
  expect((await cordon(repo, ['scan', '--range', ''])).code).toBe(2);
});

test('--stdin: nothing, a few megabytes, a secret, weights', async () => {
  using folder = makeFolder();
  const stdin = (input: string | Buffer) =>
    cordon(folder, ['scan', '--stdin', '--format', 'json'], { input });
  expect((await stdin('')).code).toBe(0);
  expect((await stdin('words\n'.repeat(600_000))).code).toBe(0);
  expect((await stdin(randomBytes(64))).code).toBe(0);
  const secret = await stdin(`${'words\n'.repeat(600_000)}${script()}`);
  expect(secret.code).toBe(1);
  expect(foundIn(secret)).toEqual(['secret 600002']);
  expect((await stdin(makeWeights())).code).toBe(1);
});

test('JSON and SARIF stand alone on standard output, or in a file', async () => {
  using folder = makeFolder();
  writeFiles(folder.dir, { 'up.py': script() });
  const json = await cordon(folder, ['scan', '--format', 'json']);
  expect(json.stderr).toBe('');
  expect(JSON.parse(json.stdout)).toMatchObject({ schema: 1, act: 'scan', verdict: 'block' });
  const sarif = await cordon(folder, ['scan', '--format', 'sarif']);
  expect(sarif.stderr).toBe('');
  expect(JSON.parse(sarif.stdout)).toMatchObject({
    version: '2.1.0',
    runs: [{ results: [{ ruleId: 'secret/huggingface-token', level: 'error' }] }],
  });
  const out = join(folder.dir, 'report.json');
  const written = await cordon(folder, ['scan', '--format', 'json', '--output', out]);
  expect(written).toEqual({ code: 1, stdout: '', stderr: '' });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ schema: 1, verdict: 'block' });
  const nowhere = await cordon(folder, ['scan', '-o', join(folder.dir, 'no/such/folder')]);
  expect(nowhere.code).toBe(2);
  expect(nowhere.stdout).toBe('');
});

test('a policy given by hand counts, and a broken one is an error', async () => {
  using folder = makeFolder();
  writeFiles(folder.dir, {
    'notes.txt': makeWeights(),
    'lax.yaml': policyFor({}, [
      "allow: [{kind: weights, paths: ['notes.txt'], reason: 'a toy model'}]",
    ]),
    'broken.yaml': 'version: 1\nmarkngs: []\n',
  });
  expect((await cordon(folder, ['scan', 'notes.txt'])).code).toBe(1);
  expect((await cordon(folder, ['scan', '--policy', 'lax.yaml', 'notes.txt'])).code).toBe(0);
  const broken = await cordon(folder, ['scan', '--policy', 'broken.yaml', 'notes.txt']);
  expect(broken.code).toBe(2);
  expect(broken.stderr).toContain('broken.yaml:2:1');
  expect(broken.stderr).toContain('markings');
  expect((await cordon(folder, ['scan', '--policy', 'none.yaml', 'notes.txt'])).code).toBe(2);
});

test('what could not be looked at is 4, beside a finding 1', async () => {
  using folder = makeFolder();
  // A zip whose one entry says that it is encrypted.
  const name = Buffer.from('a.txt');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(1, 6);
  local.writeUInt32LE(12, 18);
  local.writeUInt32LE(12, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(1, 8);
  central.writeUInt32LE(12, 20);
  central.writeUInt32LE(12, 24);
  central.writeUInt16LE(name.length, 28);
  const head = Buffer.concat([local, name, randomBytes(12)]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(head.length, 16);
  writeFiles(folder.dir, { 'locked.zip': Buffer.concat([head, central, name, end]) });
  const gap = await cordon(folder, ['scan', '--format', 'json']);
  expect(gap.code).toBe(4);
  expect(foundIn(gap)).toEqual(['uninspected locked.zip']);
  writeFiles(folder.dir, { 'up.py': script() });
  expect((await cordon(folder, ['scan'])).code).toBe(1);
});
