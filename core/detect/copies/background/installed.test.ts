import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eachGram } from './each-gram.ts';
import { findInstalledCode } from './installed.ts';
import {
  buildMachineBackground,
  decodeMachineBackground,
  heldBackFiles,
  isHeldBack,
} from './machine.ts';
import { filesOfPackage } from './package-files.ts';
import { nameOf } from './package-finder.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cordon-installed-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function lay(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const manifest = (name: string, more = {}) =>
  JSON.stringify({ name, version: '1.2.3', license: 'MIT', ...more });
const find = (more = {}) =>
  findInstalledCode({
    repository: join(root, 'repo'),
    env: {},
    home: join(root, 'home'),
    machine: false,
    ...more,
  });
const names = (found: ReturnType<typeof find>) => found.packages.map(nameOf);

test('finds what npm laid, in workspaces and inside packages, and no dependency twice', () => {
  lay({
    'repo/node_modules/left/package.json': manifest('left'),
    'repo/node_modules/left/index.js': 'x',
    'repo/node_modules/left/node_modules/inner/package.json': manifest('inner'),
    'repo/node_modules/left/node_modules/inner/a.ts': 'x',
    'repo/node_modules/@scope/right/package.json': manifest('@scope/right'),
    'repo/packages/app/node_modules/deep/package.json': manifest('deep'),
    'repo/node_modules/nothing/readme': 'no manifest',
  });
  const found = find();
  expect(names(found)).toEqual([
    'npm/@scope/right@1.2.3',
    'npm/deep@1.2.3',
    'npm/inner@1.2.3',
    'npm/left@1.2.3',
  ]);
  const left = found.packages.find(({ name }) => name === 'left');
  expect(left && filesOfPackage(left).map(({ path }) => path)).toEqual([
    join(root, 'repo/node_modules/left/index.js'),
  ]);
});

test('the repository itself is no background: workspaces, links, local and private installs', () => {
  lay({
    'repo/packages/core/package.json': manifest('@lab/core'),
    'repo/packages/core/secret.ts': 'const secret = 1;',
    'other/package.json': manifest('other'),
    'repo/node_modules/packed/package.json': manifest('packed'),
    'repo/node_modules/hidden/package.json': manifest('hidden', { private: true }),
    'repo/node_modules/owned/package.json': manifest('owned', { license: 'UNLICENSED' }),
    'repo/node_modules/.package-lock.json': JSON.stringify({
      packages: { 'node_modules/packed': { resolved: 'file:../packed-1.2.3.tgz' } },
    }),
    'repo/node_modules/.pnpm/good@1/node_modules/good/package.json': manifest('good'),
  });
  mkdirSync(join(root, 'repo/node_modules/@lab'));
  symlinkSync(join(root, 'repo/packages/core'), join(root, 'repo/node_modules/@lab/core'));
  symlinkSync(join(root, 'other'), join(root, 'repo/node_modules/other'));
  symlinkSync('.pnpm/good@1/node_modules/good', join(root, 'repo/node_modules/good'));
  const found = find({ folders: [join(root, 'repo/packages/core'), join(root, 'absent')] });
  expect(names(found)).toEqual(['npm/good@1.2.3']);
  expect(
    found.leftOut.map(({ path, why }) => `${why} ${path.slice(root.length + 1)}`).toSorted(),
  ).toEqual([
    'link repo/node_modules/@lab/core',
    'link repo/node_modules/other',
    'local-install repo/node_modules/packed',
    'own-code repo/packages/core',
    'private repo/node_modules/hidden',
    'private repo/node_modules/owned',
    'unreadable absent',
  ]);
});

test('of a Python only what a RECORD lists counts: nothing editable, local, linked or laid by hand', () => {
  const site = 'repo/.venv/lib/python3.12/site-packages';
  lay({
    'repo/.venv/pyvenv.cfg': '',
    'repo/src/lab/model.py': 'secret = 1',
    [`${site}/good/a.py`]: 'a = 1',
    [`${site}/good/planted.py`]: 'secret = 1',
    [`${site}/good-2.0.dist-info/RECORD`]:
      'good/a.py,sha256=x,5\n../../../bin/good,,\n/etc/a.py,,\ngood-2.0.dist-info/METADATA,,\n',
    [`${site}/good-2.0.dist-info/METADATA`]: 'Name: good\nVersion: 2.0\n',
    [`${site}/loose/planted.py`]: 'secret = 1',
    [`${site}/lab-1.0.dist-info/RECORD`]: '__editable__.lab.pth,,\n',
    [`${site}/lab-1.0.dist-info/direct_url.json`]:
      '{"dir_info":{"editable":true},"url": "file:///x"}',
    [`${site}/__editable__.lab.pth`]: join(root, 'repo/src'),
    [`${site}/linked-1.0.dist-info/RECORD`]: 'linked/model.py,,\n',
    [`${site}/inhouse-1.0.dist-info/RECORD`]: 'inhouse/a.py,,\n',
    [`${site}/inhouse-1.0.dist-info/METADATA`]: 'Classifier: Private :: Do Not Upload\n',
  });
  symlinkSync(join(root, 'repo/src/lab'), join(root, `${site}/linked`));
  const found = find();
  expect(names(found)).toEqual(['python/good@2.0']);
  expect(found.packages.flatMap(filesOfPackage).map(({ path }) => path)).toEqual([
    join(root, `${site}/good/a.py`),
  ]);
  expect(found.leftOut.map(({ why }) => why).toSorted()).toEqual([
    'local-install',
    'own-code',
    'private',
  ]);
});

test('caches of Go and cargo and a home with a pyenv are found', () => {
  lay({
    'home/go/pkg/mod/github.com/a/b@v1.2.0/b.go': 'package b',
    'home/go/pkg/mod/cache/download/x@v1.0.0/x.go': 'package x',
    'home/.cargo/registry/src/index-1/serde-1.0.200/src/lib.rs': 'fn a() {}',
    'home/.pyenv/versions/3.11.7/lib/python3.11/site-packages/six-1.0.dist-info/RECORD':
      'six.py,,\n',
    'home/.pyenv/versions/3.11.7/lib/python3.11/site-packages/six.py': 'x = 1',
    'home/.pyenv/versions/3.11.7/lib/python3.11/os.py': 'x = 1',
    'repo/a.py': '',
  });
  const found = names(find({ machine: true }));
  expect(found).toEqual(
    expect.arrayContaining([
      'go/github.com/a/b@1.2.0',
      'rust/serde@1.0.200',
      'python/six@1.0',
      `system/${join(root, 'home/.pyenv/versions/3.11.7/lib/python3.11')}@`,
    ]),
  );
  expect(found.filter((name) => name.startsWith('go/'))).toEqual(['go/github.com/a/b@1.2.0']);
});

test('the filter holds every package, calibrates without those held back, and says what it took', async () => {
  const text = (name: string) =>
    Array.from({ length: 60 }, (_, i) => `${name}${i} = call_${name}(${i}, b${i % 7})`).join('\n');
  const all = Array.from({ length: 24 }, (_, i) => `pack${i}`);
  lay(
    Object.fromEntries(
      all.flatMap((name) => [
        [`repo/node_modules/${name}/package.json`, manifest(name)],
        [`repo/node_modules/${name}/index.js`, text(name)],
      ]),
    ),
  );
  const { packages, key } = find();
  const bytes = await buildMachineBackground({ packages, key });
  const made = decodeMachineBackground(bytes);
  expect(made).toMatchObject({ key, notTaken: [] });
  const held = packages.filter(isHeldBack).map(nameOf);
  expect(held.length).toBeGreaterThan(0);
  expect(heldBackFiles(packages, made).map(({ name }) => name)).toEqual(held);
  for (const one of packages) {
    let [inAll, inPart, count] = [0, 0, 0];
    eachGram(Buffer.from(text(one.name)), (view, high, low) => {
      if (view === 'rename') return;
      count += 1;
      if (made.all.has(view, high, low)) inAll += 1;
      if (made.calibrating.has(view, high, low)) inPart += 1;
    });
    expect(inAll).toBe(count);
    const share = inPart / count;
    expect(isHeldBack(one) ? share < 0.05 : share === 1).toBe(true);
  }
  expect(await buildMachineBackground({ packages, key })).toEqual(bytes);
  expect(() => decodeMachineBackground(bytes.subarray(0, -1))).toThrow('copies.bad-file');
  const small = decodeMachineBackground(
    await buildMachineBackground({ packages, key, maxBytes: 5 * text('pack1').length }),
  );
  expect(small.taken.length + small.notTaken.length).toBe(24);
  expect(small.notTaken.length).toBeGreaterThan(15);
  const late = decodeMachineBackground(
    await buildMachineBackground({ packages, key, deadline: 0 }),
  );
  expect(late.notTaken.length).toBe(24);
});

test('the key changes with a version, a package and nothing else', () => {
  lay({ 'repo/node_modules/left/package.json': manifest('left') });
  const first = find().key;
  expect(find().key).toBe(first);
  lay({ 'repo/node_modules/left/package.json': manifest('left', { version: '2.0.0' }) });
  const second = find().key;
  expect(second).not.toBe(first);
  lay({ 'repo/node_modules/right/package.json': manifest('right') });
  expect(find().key).not.toBe(second);
});
