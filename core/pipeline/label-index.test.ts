import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../../test/support/repo.ts';
import { openRepository } from '../git/index.ts';
import type { Oid } from '../model.ts';
import { compilePolicy } from '../policy/compile-policy.ts';
import { parsePolicy } from '../policy/index.ts';
import { indexLabels, staticPrefixes } from './label-index.ts';

const policyOf = (...globs: string[]) => {
  const markings = globs.map((glob) => `  - {paths: ['${glob}'], label: restricted}\n`).join('');
  const text = `version: 1\n${markings === '' ? '' : `markings:\n${markings}`}`;
  return compilePolicy(parsePolicy(Buffer.from(text), 'p.yaml'), 'home', 'sha256:0');
};

describe('staticPrefixes', () => {
  test.each<[string[], string[] | undefined]>([
    [['src/model/**'], ['src/model']],
    [
      ['src/a.py', 'b/*.ts'],
      ['src/a.py', 'b'],
    ],
    [['./src//x/*'], ['src/x']],
    [['src/{a,b}/**'], ['src']],
    [['a/b?/c', 'a/[x]/c'], ['a']],
    [['**/x'], undefined],
    [['*.ckpt', 'src/**'], undefined],
    [['caf\u00e9/**'], undefined],
    [['!(a)/b'], undefined],
    [[''], undefined],
    [[], []],
  ])('%j lie below %j', (globs, prefixes) => {
    expect(staticPrefixes(globs)).toEqual(prefixes);
  });
});

describe('indexLabels', () => {
  let repo: TestRepo;
  let dir = '';
  beforeEach(() => {
    repo = makeRepo();
    dir = join(repo.dir, '.git/cordon/labels');
  });
  afterEach(() => repo.cleanup());

  const index = async (globs: string[], tips: string[] = []) =>
    indexLabels(await openRepository(repo.dir, { env: repo.env }), {
      policies: [policyOf(...globs)],
      tips: tips as Oid[],
      dir,
    });
  const blobOf = (spec: string) => repo.git('rev-parse', spec) as Oid;
  const names = (found: readonly { text: string }[]) => found.map(({ text }) => text).sort();

  test('content that has, or had, a marked name is known by it', async () => {
    repo.commit({ 'src/model/a.py': 'x = 1\n', 'plain.py': 'y = 2\n' });
    const blob = blobOf('HEAD:src/model/a.py');
    repo.commit({ 'src/model/a.py': null, 'moved.py': 'x = 1\n' });
    const labels = await index(['src/model/**']);
    expect(names(labels.namesOf(blob))).toEqual(['src/model/a.py']);
    expect(labels.namesOf(blobOf('HEAD:plain.py'))).toEqual([]);
  });

  test('a name in another case is found, as markings match in any', async () => {
    repo.commit({ 'SRC/Model/a.py': 'x = 1\n' });
    const labels = await index(['src/model/**']);
    expect(names(labels.namesOf(blobOf('HEAD:SRC/Model/a.py')))).toEqual(['SRC/Model/a.py']);
  });

  test('a tip that no ref names is indexed, and what was kept is not walked again', async () => {
    repo.commit({ 'src/a.py': 'one\n' });
    const first = blobOf('HEAD:src/a.py');
    await index(['src/**']);
    const tip = repo.commit({ 'src/a.py': 'two\n' });
    const second = blobOf('HEAD:src/a.py');
    repo.git('reset', '-q', '--hard', 'HEAD^');
    const labels = await index(['src/**'], [tip]);
    expect(names(labels.namesOf(first))).toEqual(['src/a.py']);
    expect(names(labels.namesOf(second))).toEqual(['src/a.py']);
  });

  test('a tip that was kept and is gone since does not stop the next look', async () => {
    repo.commit({ 'src/a.py': 'one\n' });
    const tip = repo.commit({ 'src/a.py': 'two\n' });
    await index(['src/**']);
    repo.git('reset', '-q', '--hard', 'HEAD^');
    repo.git('reflog', 'expire', '--expire=now', '--all');
    repo.git('gc', '-q', '--prune=now');
    expect(await repo.run('cat-file', '-e', tip)).toMatchObject({ code: 1 });
    repo.commit({ 'src/b.py': 'three\n' });
    const labels = await index(['src/**']);
    expect(names(labels.namesOf(blobOf('HEAD:src/b.py')))).toEqual(['src/b.py']);
  });

  test('a file of the index that anything happened to is made again', async () => {
    repo.commit({ 'src/a.py': 'one\n' });
    const blob = blobOf('HEAD:src/a.py');
    await index(['src/**']);
    const file = join(dir, readdirSync(dir)[0] ?? '');
    const whole = readFileSync(file, 'utf8');
    const tips = repo.git('rev-parse', 'HEAD');
    const spoiled = [
      '',
      'null',
      '{}',
      whole.slice(0, -3),
      whole.replace('src/a.py', 'src/b.py'),
      JSON.stringify({ tips: [tips], names: {} }),
      `0\n${JSON.stringify({ tips: [tips], names: {} })}`,
      `0\n${JSON.stringify({ tips: ['--all', 'zz', 1], names: { [blob]: 1 } })}`,
      Buffer.alloc(1 << 20, 0xfe),
    ];
    for (const content of spoiled) {
      writeFileSync(file, content);
      const labels = await index(['src/**']);
      expect(names(labels.namesOf(blob))).toEqual(['src/a.py']);
    }
    rmSync(file);
    mkdirSync(file);
    expect(names((await index(['src/**'])).namesOf(blob))).toEqual(['src/a.py']);
    expect(readdirSync(dir)).toHaveLength(1);
  });

  test('a place that cannot be written costs nothing but time', async () => {
    repo.commit({ 'src/a.py': 'one\n' });
    mkdirSync(join(dir, '..'), { recursive: true });
    writeFileSync(dir, 'a file where the folder should be');
    const labels = await index(['src/**']);
    expect(names(labels.namesOf(blobOf('HEAD:src/a.py')))).toEqual(['src/a.py']);
  });

  test('nothing is walked, and nothing kept, where nothing is marked', async () => {
    repo.commit({ 'src/a.py': 'one\n' });
    const labels = await index([]);
    expect(labels.namesOf(blobOf('HEAD:src/a.py'))).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  });

  test.each<[string, boolean, Record<string, string>[]]>([
    ['unmarked first', true, [{ LICENSE: 'same\n' }, { 'src/LICENSE': 'same\n' }]],
    ['marked first', false, [{ 'src/LICENSE': 'same\n' }, { LICENSE: 'same\n' }]],
    ['both at once', true, [{ 'src/LICENSE': 'same\n', LICENSE: 'same\n' }]],
    ['marked alone', false, [{ 'src/LICENSE': 'same\n' }]],
  ])('bornUnmarked, %s: %j', async (_, born, commits) => {
    for (const files of commits) repo.commit(files);
    const labels = await index(['src/**']);
    const blob = repo.gitBytes('same\n', 'hash-object', '--stdin').toString().trim() as Oid;
    expect(await labels.bornUnmarked(blob)).toBe(born);
  });

  test('bornUnmarked, content that no history holds: no', async () => {
    repo.commit({ 'src/a.py': 'one\n' });
    expect(await (await index(['src/**'])).bornUnmarked('1'.repeat(40) as Oid)).toBe(false);
  });
});
