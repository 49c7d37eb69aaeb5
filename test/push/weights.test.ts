import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Guarded,
  hasObject,
  makeGuarded,
  type Pushed,
  refOf,
  told,
} from '../support/guarded.ts';
import {
  tensorsOf,
  writeGguf,
  writeHdf5,
  writeNpz,
  writeOnnx,
  writePickledArray,
  writeSafetensors,
  writeStoredZip,
  writeTorchLegacy,
  writeTorchZip,
} from '../support/models.ts';

let repo: Guarded;
beforeAll(async () => {
  repo = await makeGuarded();
});
afterAll(() => repo.cleanup());

const tensors = tensorsOf(160_000);
const safetensors = writeSafetensors({ tensors });
let count = 0;

/** A branch of its own from main; gives its name. */
function branch(files: Readonly<Record<string, string | Buffer | null>>, message?: string): string {
  const name = `weights-${(count += 1)}`;
  repo.git('switch', '-q', '-c', name, 'main');
  repo.commit(files, message);
  return name;
}

function expectStopped(answer: Pushed, ref: string, oid: string): void {
  expect(answer).toMatchObject({ code: 1 });
  expect(answer.report?.verdict).toBe('block');
  expect(refOf(repo.home, ref)).toBeUndefined();
  expect(hasObject(repo.home, oid)).toBe(false);
}

test.each<readonly [string, Buffer, string]>([
  ['safetensors', safetensors, 'safetensors'],
  ['GGUF', writeGguf({ tensors }), 'gguf'],
  ['a torch zip', writeTorchZip({ tensors }), 'pytorch-zip'],
  ['a legacy torch file', writeTorchLegacy({ tensors }), 'pytorch-legacy'],
  ['npz', writeNpz({ tensors }), 'npy'],
  ['a pickle', writePickledArray({ tensor: { shape: [200, 200] } }), 'pickle'],
  ['HDF5', writeHdf5({ tensors }), 'hdf5'],
  ['ONNX', writeOnnx({ tensors }), 'onnx'],
  ['safetensors in gzip', gzipSync(safetensors), 'safetensors'],
  [
    'safetensors in a zip',
    writeStoredZip([{ name: 'a/readme.md', bytes: safetensors }], { torch: false }),
    'safetensors',
  ],
  [
    'base64 in a script',
    Buffer.from(`import base64\nBLOB = "${safetensors.toString('base64')}"\n`),
    'safetensors',
  ],
  ['hex in a script', Buffer.from(`x = "${safetensors.toString('hex')}"\n`), 'safetensors'],
  [
    'base64 in lines',
    Buffer.from(`${safetensors.toString('base64').replace(/.{76}/g, '$&\n')}\n`),
    'safetensors',
  ],
])('%s under a harmless name is stopped', async (_name, bytes, rule) => {
  const ref = branch({ 'notes/meeting.txt': bytes });
  const answer = await repo.pushed(['origin', ref]);
  const oid = repo.git('rev-parse', `${ref}:notes/meeting.txt`);
  expectStopped(answer, `refs/heads/${ref}`, oid);
  const weights = answer.report?.findings.filter(({ kind }) => kind === 'weights') ?? [];
  expect(weights).toContainEqual(
    expect.objectContaining({
      severity: 'block',
      path: 'notes/meeting.txt',
      object: oid,
      label: 'restricted',
      rule,
    }),
  );
});

test('the bytes behind an LFS pointer are looked at before LFS can upload them', async () => {
  const oid = createHash('sha256').update(safetensors).digest('hex');
  const folder = join(repo.dir, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, oid), safetensors);
  const ref = branch({
    'data.txt': `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${safetensors.length}\n`,
  });
  const answer = await repo.pushed(['origin', ref]);
  expectStopped(answer, `refs/heads/${ref}`, repo.git('rev-parse', 'HEAD'));
  expect(told(answer)).toContain('block weights/safetensors data.txt');
});

test('an LFS pointer whose bytes are not here was not looked at, and blocks', async () => {
  const ref = branch({
    'gone.txt': `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 123456\n`,
  });
  const answer = await repo.pushed(['origin', ref]);
  expect(answer.code).toBe(1);
  expect(told(answer)).toEqual(['block uninspected/missing gone.txt']);
});

test('an LFS pointer whose bytes are others blocks until they are the right ones', async () => {
  const right = Buffer.from('id,value\n1,2\n'.repeat(40));
  const oid = createHash('sha256').update(right).digest('hex');
  const folder = join(repo.dir, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, oid), 'other bytes');
  const ref = branch({
    'table.txt': `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${right.length}\n`,
  });
  const other = await repo.pushed(['--dry-run', 'origin', ref]);
  expect(told(other)).toEqual(['block uninspected/malformed table.txt']);
  writeFileSync(join(folder, oid), right);
  expect(await repo.pushed(['--dry-run', 'origin', ref])).toMatchObject({
    code: 0,
    report: { findings: [] },
  });
});

test('base64 in a commit message is stopped', async () => {
  const ref = branch({ 'a.txt': 'a\n' }, `Notes\n\n${safetensors.toString('base64')}\n`);
  const answer = await repo.pushed(['origin', ref]);
  const oid = repo.git('rev-parse', ref);
  expectStopped(answer, `refs/heads/${ref}`, oid);
  expect(answer.report?.findings).toContainEqual(
    expect.objectContaining({
      kind: 'weights',
      rule: 'safetensors',
      object: oid,
      severity: 'block',
    }),
  );
});

test('base64 in an extra header of a commit is stopped', async () => {
  const raw = repo.gitBytes('', 'cat-file', 'commit', 'main').toString('latin1');
  const [head = '', ...rest] = raw.split('\n\n');
  const folded = safetensors.toString('base64').replace(/.{76}/g, '$&\n ');
  const text = `${head}\nx-note ${folded}\n\n${rest.join('\n\n')}`;
  const oid = repo.gitBytes(text, 'hash-object', '-t', 'commit', '-w', '--stdin').toString().trim();
  const answer = await repo.pushed(['origin', `${oid}:refs/heads/header`]);
  expectStopped(answer, 'refs/heads/header', oid);
  expect(answer.report?.findings).toContainEqual(
    expect.objectContaining({
      kind: 'weights',
      rule: 'safetensors',
      object: oid,
      severity: 'block',
    }),
  );
});

test('a tag of a blob, and a tag whose message holds base64, are stopped', async () => {
  const blob = repo.gitBytes(writeGguf({ tensors, seed: 3 }), 'hash-object', '-w', '--stdin');
  const oid = blob.toString().trim();
  repo.git('tag', 'light', oid);
  repo.git('tag', '-a', '-m', 'nested', 'outer', oid);
  repo.git('tag', '-a', '-m', 'twice', 'outermost', 'outer');
  for (const name of ['light', 'outer', 'outermost']) {
    const answer = await repo.pushed(['origin', `refs/tags/${name}`]);
    expectStopped(answer, `refs/tags/${name}`, oid);
    expect(answer.report?.findings).toContainEqual(
      expect.objectContaining({ kind: 'weights', rule: 'gguf', object: oid, severity: 'block' }),
    );
  }
  repo.gitBytes(safetensors.toString('base64'), 'tag', '-a', '-F', '-', 'message', 'main');
  const answer = await repo.pushed(['origin', 'message']);
  expectStopped(answer, 'refs/tags/message', repo.git('rev-parse', 'message'));
});

test('a tag of a tree is looked at, with its paths', async () => {
  repo.git('switch', '-q', '-c', 'tree-of', 'main');
  repo.commit({ 'deep/x.txt': writeSafetensors({ tensors, seed: 9 }) });
  const tree = repo.git('rev-parse', 'HEAD^{tree}');
  repo.git('tag', 'tree', tree);
  const answer = await repo.pushed(['origin', 'tree']);
  expectStopped(answer, 'refs/tags/tree', tree);
  expect(told(answer)).toContain('block weights/safetensors deep/x.txt');
});

test('weights added in one commit and removed in the next are stopped', async () => {
  const ref = branch({ 'data/m.gguf': writeGguf({ tensors, seed: 4 }) });
  const added = repo.git('rev-parse', 'HEAD');
  repo.commit({ 'data/m.gguf': null });
  const answer = await repo.pushed(['origin', ref]);
  expectStopped(answer, `refs/heads/${ref}`, added);
  expect(answer.report?.findings).toContainEqual(
    expect.objectContaining({ kind: 'weights', path: 'data/m.gguf', commit: added }),
  );
});

test('one small array warns, many of them add up', async () => {
  const small = (seed: number) => writeSafetensors({ tensors: { w: { shape: [64, 64] } }, seed });
  const few = branch({ 'a.txt': small(20) });
  const one = await repo.pushed(['origin', few]);
  expect(one).toMatchObject({ code: 0 });
  expect(told(one)).toEqual(['warn weights/safetensors a.txt']);
  const files = Array.from({ length: 10 }, (_, i) => [`part-${i}.txt`, small(30 + i)] as const);
  const many = branch(Object.fromEntries(files));
  const all = await repo.pushed(['origin', many]);
  expectStopped(all, `refs/heads/${many}`, repo.git('rev-parse', many));
  expect(told(all).filter((line) => line.startsWith('block weights'))).not.toEqual([]);
});

test('an evil merge is seen', async () => {
  const side = branch({ 'side.txt': 's\n' });
  const main = branch({ 'main.txt': 'm\n' });
  repo.git('merge', '-q', '--no-commit', '--no-ff', side);
  repo.commit({ 'quiet.txt': writeSafetensors({ tensors, seed: 11 }) }, 'merge');
  const answer = await repo.pushed(['origin', main]);
  expectStopped(answer, `refs/heads/${main}`, repo.git('rev-parse', main));
  expect(told(answer)).toContain('block weights/safetensors quiet.txt');
});

test('plain training code, text and pictures go through', async () => {
  const ref = branch({
    'train.py': 'import math\n\n\ndef loss(x):\n    return math.log(x)\n',
    'data.csv': Array.from({ length: 400 }, (_, i) => `${i},${i * 2}`).join('\n'),
    'poem.txt': 'roses are red\n'.repeat(300),
  });
  const answer = await repo.pushed(['origin', ref]);
  expect(answer).toMatchObject({ code: 0 });
  expect(answer.report).toMatchObject({ verdict: 'allow', findings: [] });
  expect(refOf(repo.home, `refs/heads/${ref}`)).toBe(repo.git('rev-parse', ref));
});
