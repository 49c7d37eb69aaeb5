import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listTouched, uninstallRepository } from '../core/install/index.ts';
import { commitFile, makeSandbox, snapshot, writeHook } from './support/install-sandbox.ts';
import type { Sandbox } from './support/install-sandbox.ts';

const shapes: Readonly<Record<string, (box: Sandbox, top: string) => void>> = {
  plain: () => undefined,
  'own hooks': (_box, top) => {
    writeHook(join(top, '.git/hooks/pre-push'));
    writeHook(join(top, '.git/hooks/post-commit'));
  },
  husky: (box, top) => {
    commitFile(box.git, top, 'package.json', '{"devDependencies":{"husky":"9.1.7"}}\n');
    box.git(top, 'config', 'core.hooksPath', '.husky/_');
    mkdirSync(join(top, '.husky/_'), { recursive: true });
    writeFileSync(join(top, '.husky/pre-push'), 'true');
    writeFileSync(join(top, '.husky/pre-commit'), '#!/usr/bin/env sh\r\nnpm test\r\n');
  },
  'package.json only': (box, top) => {
    commitFile(box.git, top, 'package.json', '{"name":"x"}\n');
  },
  'git-lfs': (_box, top) => {
    writeFileSync(join(top, '.git/hooks/pre-push'), '#!/bin/sh\ngit lfs pre-push "$@"\n', {
      mode: 0o755,
    });
    mkdirSync(join(top, '.git/lfs'));
  },
  'core.hooksPath': (box, top) => {
    writeHook(join(top, 'tools/pre-push'));
    box.git(top, 'config', 'core.hooksPath', 'tools');
  },
  'a configuration without a last newline, in another encoding': (_box, top) => {
    appendFileSync(
      join(top, '.git/config'),
      Buffer.from('[x "caf\xe9"]\r\n\ty = 1 ; \xff', 'latin1'),
    );
  },
};

test.each(Object.keys(shapes))(
  'uninstall leaves every byte and mode as before init: %s',
  async (shape) => {
    using box = makeSandbox();
    const top = box.repository();
    shapes[shape]?.(box, top);
    const before = snapshot(box.root);
    await box.init(top);
    expect(snapshot(box.root)).not.toEqual(before);
    const { wasInstalled } = uninstallRepository(top, box.env);
    expect(wasInstalled).toBe(true);
    const after = snapshot(box.root);
    // Folders of the user's home that anything may make.
    delete after['home/.local'];
    delete after['home/.local/share'];
    expect(after).toEqual(before);
    expect(uninstallRepository(top, box.env)).toMatchObject({ wasInstalled: false, touched: [] });
  },
);

test.each(Object.keys(shapes))('a second init changes nothing and says so: %s', async (shape) => {
  using box = makeSandbox();
  const top = box.repository();
  shapes[shape]?.(box, top);
  await box.init(top);
  const before = snapshot(box.root);
  const { notes, touched } = await box.init(top);
  expect(notes).toContainEqual({ code: 'unchanged' });
  expect(touched.every(({ how }) => how === 'unchanged')).toBe(true);
  expect(snapshot(box.root)).toEqual(before);
});

test('what others changed since stays; only our part goes', async () => {
  using box = makeSandbox();
  const top = box.repository();
  commitFile(box.git, top, 'package.json', '{"devDependencies":{"husky":"9.1.7"}}\n');
  mkdirSync(join(top, '.husky'));
  writeFileSync(join(top, '.husky/pre-push'), 'npm test\n');
  await box.init(top);
  appendFileSync(join(top, '.husky/pre-push'), 'npm run lint\n');
  appendFileSync(join(top, '.husky/pre-commit'), 'npm run fast\n');
  appendFileSync(join(top, '.cordon/policy.yaml'), 'mode: observe\n');
  box.git(top, 'config', 'user.name', 'Someone');
  box.git(top, 'remote', 'add', 'second', join(box.root, 'remote.git'));
  const { touched } = uninstallRepository(top, box.env);
  expect(readFileSync(join(top, '.husky/pre-push'), 'utf8')).toBe('npm test\nnpm run lint\n');
  expect(readFileSync(join(top, '.husky/pre-commit'), 'utf8')).toBe('npm run fast\n');
  expect(existsSync(join(top, '.husky/pre-merge-commit'))).toBe(false);
  expect(touched).toContainEqual({ path: join(top, '.cordon/policy.yaml'), how: 'kept' });
  expect(existsSync(join(top, '.cordon/policy.schema.json'))).toBe(false);
  const config = readFileSync(join(top, '.git/config'), 'utf8');
  expect(config).not.toMatch(/cordon\/config|Cordon/);
  expect(config).not.toMatch(/\[include\]/);
  expect(box.git(top, 'config', 'user.name')).toBe('Someone');
  expect(box.git(top, 'remote')).toBe('origin\nsecond');
});

test('an include that the user put into our section stays', async () => {
  using box = makeSandbox();
  const top = box.repository();
  await box.init(top);
  writeFileSync(join(top, '.git/mine'), '[user]\n\tname = Mine\n');
  box.git(top, 'config', '--add', 'include.path', 'mine');
  uninstallRepository(top, box.env);
  expect(box.git(top, 'config', 'user.name')).toBe('Mine');
  expect(readFileSync(join(top, '.git/config'), 'utf8')).not.toMatch(/cordon\/config|Cordon/);
});

test('a file edited between two inits is still given back without our block', async () => {
  using box = makeSandbox();
  const top = box.repository();
  mkdirSync(join(top, '.husky'));
  writeFileSync(join(top, '.husky/pre-push'), 'npm test\n');
  await box.init(top);
  appendFileSync(join(top, '.husky/pre-push'), 'npm run lint\n');
  box.git(top, 'config', 'user.name', 'Someone');
  await box.init(top);
  uninstallRepository(top, box.env);
  expect(readFileSync(join(top, '.husky/pre-push'), 'utf8')).toBe('npm test\nnpm run lint\n');
  expect(box.git(top, 'config', 'user.name')).toBe('Someone');
});

test('a record that someone keeps beside our files is not deleted', async () => {
  using box = makeSandbox();
  const top = box.repository();
  await box.init(top);
  writeFileSync(join(top, '.git/cordon/record.jsonl'), '{}\n');
  mkdirSync(join(top, '.git/cordon/facts'));
  writeFileSync(join(top, '.git/cordon/facts/x'), 'x');
  uninstallRepository(top, box.env, ['facts']);
  expect(existsSync(join(top, '.git/cordon/record.jsonl'))).toBe(true);
  expect(existsSync(join(top, '.git/cordon/facts'))).toBe(false);
  expect(existsSync(join(top, '.git/cordon/hooks'))).toBe(false);
});

test.each(['gone', 'broken'])(
  'without a readable manifest, what is plainly ours still goes: %s',
  async (how) => {
    using box = makeSandbox();
    const top = box.repository();
    mkdirSync(join(top, '.husky'));
    writeFileSync(join(top, '.husky/pre-push'), 'npm test\n');
    await box.init(top);
    const manifest = join(top, '.git/cordon/install.json');
    if (how === 'gone') rmSync(manifest);
    else writeFileSync(manifest, '{"schema":1,"files":7');
    expect(uninstallRepository(top, box.env).wasInstalled).toBe(true);
    expect(readFileSync(join(top, '.husky/pre-push'), 'utf8')).toBe('npm test\n');
    expect(box.tryGit(top, ['config', 'core.hooksPath']).code).toBe(1);
  },
);

test('what a run prints names each file once, and the hooks in one line', async () => {
  using box = makeSandbox();
  const top = box.repository();
  const { touched } = await box.init(top);
  const lines = listTouched(touched, top);
  expect(lines).toContain('.cordon/policy.yaml  created');
  expect(lines).toContain('.git/config  edited');
  expect(lines.filter((line) => line.startsWith('.git/cordon/hooks/'))).toEqual([
    '.git/cordon/hooks/  23 hooks created',
  ]);
  expect(listTouched((await box.init(top)).touched, top)).toEqual([]);
});

test('a clone that only ran npm install keeps its program when the repository that brought it goes', async () => {
  using box = makeSandbox();
  const [one, two] = [box.repository('one'), box.repository('two')];
  await box.init(one);
  writeFileSync(join(box.dist, 'chunks/new.mjs'), 'export {};\n');
  const { runtime } = await box.init(two, { runtime: { from: box.dist, version: '0.2.0' } });
  uninstallRepository(two, box.env);
  expect(readFileSync(join(box.home, '.local/share/cordon/husky.sh'), 'utf8')).toContain(
    runtime.id,
  );
  expect(existsSync(join(runtime.directory, 'cordon.mjs'))).toBe(true);
});

test('an older program stays while another repository names it, and goes with the last one', async () => {
  using box = makeSandbox();
  const [one, two] = [box.repository('one'), box.repository('two')];
  const first = (await box.init(one)).runtime;
  await box.init(two);
  writeFileSync(join(box.dist, 'chunks/new.mjs'), 'export {};\n');
  const second = (await box.init(two, { runtime: { from: box.dist, version: '0.2.0' } })).runtime;
  expect(existsSync(first.directory)).toBe(true);
  expect(box.tryGit(one, ['push', 'origin', 'main']).code).toBe(0);
  await box.init(one, { runtime: { from: box.dist, version: '0.2.0' } });
  expect(existsSync(first.directory)).toBe(false);
  uninstallRepository(one, box.env);
  expect(existsSync(second.directory)).toBe(true);
  uninstallRepository(two, box.env);
  expect(existsSync(join(box.home, '.local/share/cordon'))).toBe(false);
});
