import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, cordon, makeLab, makeToken, runProgram } from '../support/lab.ts';

const { version } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { version: string };

const commands = ['init', 'uninstall', 'scan', 'explain', 'hook'] as const;

test('--help of each command, on standard output and within 80 columns', async () => {
  using repo = makeLab();
  const main = await cordon(repo, ['--help']);
  expect(main).toMatchObject({ code: 0, stderr: '' });
  expect(await cordon(repo, [])).toEqual(main);
  expect(await cordon(repo, ['-h'])).toEqual(main);
  for (const name of commands) {
    expect(main.stdout).toContain(`  ${name} `);
    const help = await cordon(repo, [name, '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`cordon ${name}`);
    expect(await cordon(repo, ['help', name])).toEqual(help);
    const lines = `${main.stdout}${help.stdout}`.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  }
  expect(existsSync(join(repo.dir, '.cordon'))).toBe(false);
});

test('--version is the version of the package, and nothing else', async () => {
  using repo = makeLab();
  expect(await cordon(repo, ['--version'])).toEqual({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

test.each([
  [['scna'], 'scan'],
  [['uninstal'], 'uninstall'],
  [['scan', '--stagd'], '--staged'],
  [['init', '--sever'], '--server'],
  [['scan', '--format', 'jsn'], 'json'],
  [['scan', '--format=sariff'], 'sarif'],
  [['scan', '--color=allways'], 'always'],
  [['hook', 'pre-psh'], 'pre-push'],
] as const)('%j names the word that was meant', async (args, word) => {
  using repo = makeLab();
  const ran = await cordon(repo, args);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^cordon: [^\n]+\n$/);
  expect(ran.stderr).toContain(`did you mean ${word}?`);
});

test.each([
  [['frobnicate']],
  [['']],
  [['__proto__']],
  [['constructor']],
  [['scan', '--frobnicate']],
  [['scan', '--format']],
  [['scan', '--format', '']],
  [['scan', '--staged=yes']],
  [['scan', '--staged', '--history']],
  [['scan', '--staged', 'a']],
  [['hook']],
  [['hook', 'post-commit']],
  [['init', '--layout', 'bitbucket', '--server']],
] as const)('%j is a usage error in one sentence', async (args) => {
  using repo = makeLab();
  const ran = await cordon(repo, args);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^cordon: [^\n]+\n$/);
});

test('colour: off where it is not a terminal, as asked elsewhere', async () => {
  using repo = makeLab();
  repo.write('up.py', `T = "${makeToken()}"\n`);
  const isColoured = async (args: readonly string[], env: NodeJS.ProcessEnv) => {
    const { NO_COLOR: _own, ...rest } = repo.env;
    const ran = await runProgram(process.execPath, [command, 'scan', ...args], repo.dir, {
      env: { ...rest, TERM: 'xterm', ...env },
    });
    expect(ran.code).toBe(1);
    return ran.stdout.includes('\u001b[');
  };
  expect(await isColoured([], {})).toBe(false);
  expect(await isColoured([], { FORCE_COLOR: '1' })).toBe(true);
  expect(await isColoured([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  expect(await isColoured(['--color=always'], { NO_COLOR: '1' })).toBe(true);
  expect(await isColoured(['--color=never'], { FORCE_COLOR: '1' })).toBe(false);
  expect(await isColoured(['--format=json'], { FORCE_COLOR: '1' })).toBe(false);
});

test('an old Node.js is told in one sentence, by a hook too', async () => {
  using repo = makeLab();
  const old = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.19.1'})`;
  for (const args of [['scan'], ['hook', 'pre-push', 'origin', 'x']]) {
    const ran = await cordon(repo, args, { nodeArgs: ['--import', old] });
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^cordon: [^\n]*18\.19\.1[^\n]*20\.18[^\n]*\n$/);
  }
});

/** The oldest Node.js that Cordon promises to run on, where CI brought it; else the one that runs this. */
const oldest = process.env['CORDON_TEST_NODE'] ?? process.execPath;
if (oldest === process.execPath) {
  console.warn('CORDON_TEST_NODE names no Node.js 20.18: the build was tried on the newest alone.');
}

test('the build runs on the oldest Node.js it promises', async () => {
  using repo = makeLab();
  repo.addRemote('origin', '/nowhere/models.git');
  repo.commit({ 'a.py': 'a = 1\n' });
  const by = { node: oldest };
  expect((await cordon(repo, ['init'], by)).code).toBe(0);
  expect((await cordon(repo, ['scan'], by)).code).toBe(0);
  expect((await cordon(repo, ['scan', '--history'], by)).code).toBe(0);
  expect((await cordon(repo, ['explain', 'a.py'], by)).code).toBe(0);
  repo.write('up.py', `T = "${makeToken()}"\n`);
  repo.git('add', '-A');
  expect((await cordon(repo, ['scan', '--staged', '--format', 'json'], by)).code).toBe(1);
  expect((await cordon(repo, ['hook', 'pre-commit'], by)).code).toBe(1);
  expect((await cordon(repo, ['scan', '--stdin'], { ...by, input: 'words\n' })).code).toBe(0);
  expect((await cordon(repo, ['uninstall'], by)).code).toBe(0);
});
