import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitFile, makeSandbox, writeBuild } from './support/install-sandbox.ts';
import type { Sandbox } from './support/install-sandbox.ts';

/** Programs in the repository that leave `ran-NAME` beside them when they run. */
function plant(top: string, folder: string, names: readonly string[]): void {
  mkdirSync(join(top, folder), { recursive: true });
  for (const name of names) {
    const trace = join(top, `ran-${name}`);
    writeFileSync(join(top, folder, name), `#!/bin/sh\n: >'${trace}'\nexit 0\n`, { mode: 0o755 });
  }
}

const tools = ['node', 'git', 'cat', 'sh', 'mktemp', 'printf', 'env', 'git-lfs', 'sed', 'dirname'];
const planted = (top: string): string[] =>
  tools.filter((name) => existsSync(join(top, `ran-${name}`)));

async function guardedWithWeights(box: Sandbox): Promise<string> {
  const top = box.repository();
  await box.init(top);
  commitFile(box.git, top, 'm.txt', 'WEIGHTS');
  return top;
}

test.each([
  ['empty', ''],
  ['the current folder', '.'],
  ['an empty entry first', ':/usr/bin:/bin'],
  ['a relative folder', 'bin:./bin:/usr/bin:/bin'],
])(
  'PATH that is %s runs nothing of the repository, and Cordon still judges',
  async (_name, path) => {
    using box = makeSandbox();
    const top = await guardedWithWeights(box);
    plant(top, '.', tools);
    plant(top, 'bin', tools);
    // Git itself is started by its full path: what it hands on to hooks is what counts.
    const ran = box.tryGit(top, ['push', 'origin', 'main'], { PATH: path });
    expect({ code: ran.code, calls: box.calls().length, planted: planted(top) }).toEqual({
      code: 1,
      calls: 1,
      planted: [],
    });
  },
);

test('an absolute PATH entry inside the repository is not used', async () => {
  using box = makeSandbox();
  const top = await guardedWithWeights(box);
  plant(top, 'node_modules/.bin', tools);
  const env = { PATH: `${join(top, 'node_modules/.bin')}:/usr/bin:/bin` };
  expect(box.tryGit(top, ['push', 'origin', 'main'], env).code).toBe(1);
  // git starts `git` and `sh` for a push by itself, from the same PATH, whoever guards.
  expect(planted(top).filter((name) => name === 'node' || name === 'cat')).toEqual([]);
  expect(box.calls().length).toBe(1);
  expect(box.calls()[0]?.env['PATH']).not.toContain(top);
});

test.each(['.', 'home', ''])('a home that is %s finds no node of the repository', async (home) => {
  using box = makeSandbox();
  const top = await guardedWithWeights(box);
  plant(top, '.nvm/versions/node/v24.0.0/bin', ['node']);
  plant(top, 'home/.nvm/versions/node/v24.0.0/bin', ['node']);
  const run = join(top, '.git/cordon/run.sh');
  rmRecorded(run);
  const bin = join(box.root, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  const env = { HOME: home, PATH: `${box.env['PATH']}:${bin}` };
  expect(box.tryGit(top, ['push', 'origin', 'main'], env).code).toBe(1);
  expect(planted(top)).toEqual([]);
  expect(box.calls().length).toBe(1);
});

const readText = (path: string): string => readFileSync(path, 'utf8');

/** Makes the recorded node one that is not there. */
function rmRecorded(run: string): void {
  const text = readText(run).replace(/^cordon_node=.*$/m, "cordon_node='/nowhere/node'");
  rmSync(run);
  writeFileSync(run, text);
}

test('where the recorded node is gone, a usual place is found, also with an empty PATH', async () => {
  using box = makeSandbox();
  const top = await guardedWithWeights(box);
  rmRecorded(join(top, '.git/cordon/run.sh'));
  const bin = join(box.home, '.nvm/versions/node/v99.0.0/bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  expect(box.tryGit(top, ['push', 'origin', 'main'], { PATH: '' }).code).toBe(1);
  expect(box.calls().length).toBe(1);
});

test('no node anywhere: the push is stopped with a sentence', async () => {
  using box = makeSandbox();
  const top = box.repository();
  await box.init(top);
  const run = join(top, '.git/cordon/run.sh');
  rmRecorded(run);
  writeFileSync(run, readText(run).replaceAll(/\/usr\/(?:local\/)?bin\/node/g, '/nowhere/node'));
  const bin = join(box.root, 'bin');
  writeFileSync(run, readText(run).replaceAll('/usr/local/bin:/usr/bin:/bin', bin));
  mkdirSync(bin);
  symlinkSync('/bin/cat', join(bin, 'cat'));
  plant(top, '.nvm/versions/node/v24.0.0/bin', ['node']);
  const ran = box.tryGit(top, ['push', 'origin', 'main'], { PATH: bin, HOME: top });
  expect(ran.code).toBe(1);
  expect(planted(top)).toEqual([]);
  expect(ran.stderr).toMatch(
    /^cordon: no Node\.js 20\.18 or newer was found.*this push is stopped\. Run `cordon init`/m,
  );
});

test.each(['gone', 'empty', 'not readable'])(
  'a program that is %s stops the push with a sentence',
  async (how) => {
    using box = makeSandbox();
    const top = box.repository();
    const { runtime } = await box.init(top);
    const main = join(runtime.directory, 'cordon.mjs');
    rmSync(main);
    if (how === 'empty') writeFileSync(main, '');
    if (how === 'not readable') mkdirSync(main);
    const ran = box.tryGit(top, ['push', 'origin', 'main']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^cordon: .*so nothing was checked and this push is stopped\./m);
  },
);

test('a program that is killed before its verdict stops the push with a sentence', async () => {
  using box = makeSandbox();
  const top = box.repository();
  writeBuild(box.dist, join(box.root, 'calls.jsonl'), 'SIGKILL');
  await box.init(top);
  const ran = box.tryGit(top, ['push', 'origin', 'main']);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^cordon: it was ended before it had a verdict/m);
});

test.each(['dispatch.sh', 'run.sh'])('a dispatcher without its %s stops the push', async (name) => {
  using box = makeSandbox();
  const top = box.repository();
  await box.init(top);
  renameSync(join(top, '.git/cordon', name), join(box.root, name));
  const ran = box.tryGit(top, ['push', 'origin', 'main']);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^cordon: files of Cordon are missing/m);
});

test('NODE_OPTIONS and its like load nothing into Cordon, and the chained hook still has them', async () => {
  using box = makeSandbox();
  const top = await guardedWithWeights(box);
  const evil = join(top, 'evil.cjs');
  writeFileSync(
    evil,
    `require('node:fs').writeFileSync(${JSON.stringify(join(top, 'ran-evil'))}, ''); process.exit(0);`,
  );
  const env = {
    NODE_OPTIONS: `--require=${evil}`,
    NODE_PATH: top,
    NODE_EXTRA_CA_CERTS: evil,
    NODE_V8_COVERAGE: join(top, 'coverage'),
  };
  expect(box.tryGit(top, ['push', 'origin', 'main'], env).code).toBe(1);
  expect(existsSync(join(top, 'ran-evil'))).toBe(false);
  expect(existsSync(join(top, 'coverage'))).toBe(false);
  expect(Object.keys(box.calls()[0]?.env ?? {}).filter((name) => name.startsWith('NODE_'))).toEqual(
    [],
  );
});

test('names with shell characters are words, not commands', async () => {
  using box = makeSandbox('$(touch pwned) `touch pwned` "a\' ;b');
  const top = await guardedWithWeights(box);
  box.git(top, 'remote', 'add', 'x$(touch${IFS}pwned)', join(box.root, 'remote.git'));
  const ran = box.tryGit(top, [
    'push',
    'x$(touch${IFS}pwned)',
    'HEAD:refs/heads/`touch${IFS}pwned`;$(touch${IFS}pwned)',
  ]);
  expect(ran.code).toBe(1);
  expect(box.calls()[0]?.args[0]).toBe('x$(touch${IFS}pwned)');
  expect(existsSync(join(top, 'pwned'))).toBe(false);
});

test.each([
  ['IFS', '/ \t:'],
  ['CDPATH', '/'],
  ['ENV', './evil.sh'],
  ['BASH_ENV', './evil.sh'],
  ['GREP_OPTIONS', '-v'],
])('the variable %s does not change the verdict', async (name, value) => {
  using box = makeSandbox('a b');
  const top = await guardedWithWeights(box);
  writeFileSync(join(top, 'evil.sh'), 'exit 0\n');
  expect(box.tryGit(top, ['push', 'origin', 'main'], { [name]: value }).code).toBe(1);
  expect(box.calls().length).toBe(1);
});

test.each([
  'CORDON_CHECKED',
  'CORDON_PID',
  'CORDON_DEPTH',
  'CORDON_HOOK',
  'HUSKY',
  'SKIP',
  'LEFTHOOK',
])('the variable %s set by hand does not skip the dispatcher', async (name) => {
  using box = makeSandbox();
  const top = await guardedWithWeights(box);
  for (const value of ['0', '1', 'pre-push', '$(exit 0)', '99999999999999999999', 'x[0]']) {
    expect(box.tryGit(top, ['push', 'origin', 'main'], { [name]: value }).code).toBe(1);
  }
});
