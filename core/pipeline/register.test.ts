import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../../test/support/repo.ts';
import { decodeIndex } from '../detect/copies/indexing/encode-index.ts';
import { openCatalogue, readGeneration, readManifest } from '../detect/copies/store/index.ts';
import { openSession } from './index.ts';
import { refreshIfStale } from './refresh.ts';
import {
  nameOfSource,
  nameSources,
  registerRepository,
  rotateKey,
  type RegisterOptions,
  type RegisterOutcome,
} from './register.ts';
import type { TextTables } from './register-text.ts';

const tables: TextTables = {
  version: 'test 1',
  words: { bits: () => 16 },
  background: { has: () => false },
};

const policy = `version: 1
defaultLabel: internal
markings:
  - {paths: ['src/model/**', 'ckpt/**'], label: restricted}
copies: {from: confidential}
`;

let repo: TestRepo;
let dataFolder: string;
beforeEach(() => {
  repo = makeRepo();
  dataFolder = join(repo.dir, '..', 'data');
});
afterEach(() => {
  repo.cleanup();
});

const code = (name: string, lines = 40) =>
  Array.from(
    { length: lines },
    (_, i) => `def ${name}_${i}(alpha, beta):\n    return alpha_${name}_${i * 7} + beta * ${i}\n`,
  ).join('');

const session = (budgetMs = 60_000) => openSession({ dir: repo.dir, env: repo.env, budgetMs });
const register = async (more: Partial<RegisterOptions> = {}): Promise<RegisterOutcome> =>
  registerRepository(await session(), { dataFolder, tables, ...more });
const refresh = async () => refreshIfStale(await session(), { dataFolder, tables });
const paths = (outcome: RegisterOutcome) =>
  outcome.manifest.files.map(({ path, version }) => `${version} ${path}`).sort();
/** Past the time within which a file's times prove nothing. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 150));
const open = () => openCatalogue(dataFolder, decode);
const decode = ({ manifest, text }: { manifest: RegisterOutcome['manifest']; text: Buffer }) =>
  nameSources(decodeIndex(text), manifest);

test('registers what is classified, as it lies and as HEAD has it, and nothing else', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'src/model/b.py': code('b'),
    'src/model/gone.py': code('gone'),
    'README.md': code('readme'),
  });
  repo.write('src/model/b.py', code('b2'));
  repo.write('src/model/new.py', code('new'));
  repo.write('scratch.py', code('scratch'));
  repo.write('.gitignore', 'ckpt/\n');
  repo.write('ckpt/last.bin', Buffer.alloc(100_000, 7));
  rmSync(join(repo.dir, 'src/model/gone.py'));
  const outcome = await register();
  expect(paths(outcome)).toEqual([
    'head src/model/b.py',
    'head src/model/gone.py',
    'work ckpt/last.bin',
    'work src/model/a.py',
    'work src/model/b.py',
    'work src/model/new.py',
  ]);
  expect(outcome).toMatchObject({
    keyMade: true,
    complete: true,
    wrote: true,
    added: 6,
    textFiles: 5,
  });
  const [set] = open().members;
  expect(set?.index.files.map(({ path }) => path).sort()).toEqual([
    'src/model/a.py',
    'src/model/b.py',
    'src/model/b.py',
    'src/model/gone.py',
    'src/model/new.py',
  ]);
  const blob = repo.git('rev-parse', 'HEAD:src/model/gone.py');
  expect(open().exact.byBlob(blob)).toMatchObject([
    { path: 'src/model/gone.py', label: 'restricted' },
  ]);
});

/** Counts the texts that are read, by how often the background is asked about their first gram. */
function counting() {
  let asked = 0;
  const counted: TextTables = {
    ...tables,
    background: {
      has() {
        asked += 1;
        return false;
      },
    },
  };
  return {
    counted,
    since: () => {
      const now = asked;
      asked = 0;
      return now;
    },
  };
}

test('what did not change is not read again; one changed file alone is', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`src/model/f${i}.py`, code(`f${i}`)]),
  );
  repo.commit({ '.cordon/policy.yaml': policy, ...files });
  await settle();
  const { counted, since } = counting();
  const first = await register({ tables: counted });
  const all = since();
  expect(first).toMatchObject({ added: 20, wrote: true });
  expect(await register({ tables: counted })).toMatchObject({ unchanged: 20, wrote: false });
  expect(since()).toBe(0);
  repo.write('src/model/f3.py', code('other'));
  await settle();
  const changed = await register({ tables: counted });
  // The work tree's version is another one; HEAD still has the first.
  expect(changed).toMatchObject({ changed: 1, added: 1, unchanged: 19, wrote: true });
  expect(since()).toBeLessThan(all / 2);
  const anew = await register({ tables: counted, anew: true });
  expect(anew.anew).toBe('asked');
  const bytes = (outcome: RegisterOutcome) => outcome.manifest.files.map(({ sha256 }) => sha256);
  expect(bytes(anew)).toEqual(bytes(changed));
});

test('an index gone on from is the one made anew', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'src/model/b.py': code('b'),
  });
  const { folder } = await register();
  repo.commit({
    'src/model/a.py': code('a2'),
    'src/model/c.py': code('c'),
    'src/model/b.py': null,
  });
  await register();
  const text = readGeneration(folder)?.text;
  await register({ anew: true });
  expect(text).toBeDefined();
  expect(readGeneration(folder)?.text.equals(text ?? Buffer.alloc(0))).toBe(true);
});

test('a file that is deleted here is not forgotten before it is gone from home', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  const first = repo.git('rev-parse', 'HEAD');
  repo.addRemote('origin', 'https://git.lab.example/models');
  repo.git('update-ref', 'refs/remotes/origin/main', first);
  await register();
  repo.commit({ 'src/model/a.py': null });
  expect(paths(await register())).toEqual(['home src/model/a.py']);
  repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  expect(await register()).toMatchObject({ files: 0, removed: 1 });
});

test('a bare repository is registered from HEAD, weights by their content', async () => {
  const header = Buffer.from(
    JSON.stringify({ w: { dtype: 'F32', shape: [256, 256], data_offsets: [0, 262_144] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const weights = Buffer.concat([length, header, Buffer.alloc(262_144, 3)]);
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'data/blob.dat': weights,
  });
  const work = await register();
  expect(paths(work)).toEqual(['work data/blob.dat', 'work src/model/a.py']);
  const bare = makeRepo({ bare: true, cloneOf: repo.dir });
  try {
    const bareSession = await openSession({ dir: bare.dir, env: bare.env, budgetMs: 60_000 });
    const outcome = await registerRepository(bareSession, { dataFolder, tables });
    expect(paths(outcome)).toEqual(['head data/blob.dat', 'head src/model/a.py']);
    expect(outcome.manifest.files.map(({ sha256 }) => sha256).sort()).toEqual(
      work.manifest.files.map(({ sha256 }) => sha256).sort(),
    );
    expect(await registerRepository(bareSession, { dataFolder, tables })).toMatchObject({
      wrote: false,
      unchanged: 2,
    });
    expect(open().members).toHaveLength(2);
  } finally {
    bare.cleanup();
  }
});

test('a file under LFS is known by its content, its pointer and the id it has there', async () => {
  const content = Buffer.from(code('weights', 400));
  const sha256 = createHash('sha256').update(content).digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${content.length}\n`;
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/big.py': pointer,
    'src/model/away.bin': pointer,
  });
  const blob = repo.git('rev-parse', 'HEAD:src/model/big.py');
  // As git-lfs checks it out; the other one was not fetched.
  repo.write('src/model/big.py', content);
  const outcome = await register();
  expect(paths(outcome)).toEqual(['work src/model/away.bin', 'work src/model/big.py']);
  const { exact } = open();
  expect(
    exact
      .bySha256(sha256)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['src/model/away.bin', 'src/model/big.py']);
  expect(exact.byBlob(blob)).toHaveLength(2);
  expect(exact.hasSize(content.length)).toBe(true);
  await settle();
  await register();
  expect((await register()).wrote).toBe(false);
});

test('a text checked out with CRLF is one file with what git stores', async () => {
  const lf = code('a');
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': lf });
  repo.write('src/model/a.py', lf.replaceAll('\n', '\r\n'));
  const outcome = await register();
  expect(paths(outcome)).toEqual(['work src/model/a.py']);
  expect(open().exact.byBlob(repo.git('rev-parse', 'HEAD:src/model/a.py'))).toHaveLength(1);
});

test('FIFOs, devices and links among the classified paths are never opened', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'src/model/fifo': 'was a file, long enough to tell something of itself',
  });
  rmSync(join(repo.dir, 'src/model/fifo'));
  execFileSync('mkfifo', [join(repo.dir, 'src/model/fifo'), join(repo.dir, 'src/model/fifo2')]);
  symlinkSync('/dev/zero', join(repo.dir, 'src/model/zero'));
  const outcome = await register();
  expect(paths(outcome)).toEqual(['head src/model/fifo', 'work src/model/a.py']);
  expect(outcome.complete).toBe(true);
});

test('names with newlines and bytes that are no UTF-8', async () => {
  const bad = Buffer.concat([
    Buffer.from('src/model/'),
    Buffer.from([0xff, 0xfe, 0x41]),
    Buffer.from('.py'),
  ]);
  const other = Buffer.concat([
    Buffer.from('src/model/'),
    Buffer.from([0xfe, 0xff, 0x41]),
    Buffer.from('.py'),
  ]);
  repo.commit(
    new Map<string | Buffer, string>([
      ['.cordon/policy.yaml', policy],
      ['src/model/a\nb\t".py', code('newline')],
      [bad, code('bad')],
      [other, code('other')],
    ]),
  );
  await settle();
  const outcome = await register();
  expect(outcome).toMatchObject({ files: 3, textFiles: 3, complete: true });
  expect(new Set(outcome.manifest.files.map(({ id }) => id)).size).toBe(3);
  expect(
    outcome.manifest.files
      .map(({ pathBytes }) => pathBytes)
      .flatMap((bytes) => bytes ?? [])
      .sort(),
  ).toEqual([bad, other].map((name) => name.toString('base64')).sort());
  expect(await refresh()).toEqual({ state: 'fresh' });
});

test('a file named by a person is registered whatever its label, inside and outside, and stays', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'tools/secret.py': code('tool'),
  });
  const outside = join(repo.dir, '..', 'outside.py');
  writeFileSync(outside, code('outside'));
  await register();
  const named = await register({ paths: [join(repo.dir, 'tools'), outside] });
  expect(paths(named)).toEqual([`work ${outside}`, 'work src/model/a.py', 'work tools/secret.py']);
  expect(named.manifest.files.find(({ path }) => path === 'tools/secret.py')).toMatchObject({
    label: 'confidential',
    named: true,
  });
  expect(paths(await register())).toEqual(paths(named));
});

test('only the named paths are looked at again', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'src/model/x/b.py': code('b'),
  });
  const first = await register();
  repo.write('src/model/a.py', code('a2'));
  repo.write('src/model/x/b.py', code('b2'));
  const second = await register({ paths: [join(repo.dir, 'src/model/x')] });
  const hash = (outcome: RegisterOutcome, path: string) =>
    outcome.manifest.files.find((file) => file.path === path && file.version === 'work')?.sha256;
  expect(hash(second, 'src/model/a.py')).toBe(hash(first, 'src/model/a.py'));
  expect(hash(second, 'src/model/x/b.py')).not.toBe(hash(first, 'src/model/x/b.py'));
});

test('public, vendored and next to empty files are not told as copies', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/LICENSE': code('public'),
    'src/model/third_party/lib.py': code('lib'),
    'src/model/__init__.py': '',
    'src/model/imports.py':
      'import os\nimport sys\nimport json\nimport struct\nimport hashlib\nimport pathlib\n',
  });
  const outcome = await register({ tables: { ...tables, background: { has: () => true } } });
  expect(outcome.files).toBe(4);
  for (const file of outcome.manifest.files) {
    expect({ path: file.path, told: open().exact.bySha256(file.sha256) }).toEqual({
      path: file.path,
      told: [],
    });
  }
});

test('where the time is up, what was registered counts and the rest comes at the next call', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'src/model/b.py': code('b'),
  });
  const late = await registerRepository(await session(-1), { dataFolder, tables });
  expect(late).toMatchObject({ files: 0, complete: false });
  expect((await refresh()).state).toBe('refreshed');
  expect(open().members[0]?.manifest).toMatchObject({ complete: true });
  repo.write('src/model/a.py', code('a2'));
  const again = await registerRepository(await session(-1), { dataFolder, tables });
  expect(again).toMatchObject({ files: 2, complete: false, changed: 0 });
});

test('a file that cannot be read stays registered as it was, and is told', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  const first = await register();
  const oid = repo.git('rev-parse', 'HEAD:src/model/a.py');
  rmSync(join(repo.dir, 'src/model/a.py'));
  const object = join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
  chmodSync(object, 0o600);
  rmSync(object);
  const second = await register();
  expect(second.unread).toEqual([{ path: 'src/model/a.py', version: 'head', reason: 'absent' }]);
  expect(second.manifest.files.map(({ sha256 }) => sha256)).toEqual(
    first.manifest.files.map(({ sha256 }) => sha256),
  );
  expect((await refresh()).state).toBe('refreshed');
});

test('a refresh makes no index, does nothing where nothing changed, and sees every change', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  expect(await refresh()).toEqual({ state: 'unregistered' });
  expect(existsSync(dataFolder)).toBe(false);
  await settle();
  await register();
  expect(await refresh()).toEqual({ state: 'fresh' });
  const changes: (() => void)[] = [
    () => repo.write('src/model/a.py', code('a2')),
    () => utimesSync(join(repo.dir, 'src/model/a.py'), 1, 1),
    () => void repo.commit({ 'src/model/b.py': code('b') }),
    () => void repo.git('checkout', '-q', '-b', 'other'),
    () => repo.write('.cordon/policy.yaml', policy.replace('src/model/**', 'src/**')),
    () => rmSync(join(repo.dir, 'src/model/b.py')),
  ];
  for (const [at, change] of changes.entries()) {
    change();
    await settle();
    expect({ at, state: (await refresh()).state }).toEqual({ at, state: 'refreshed' });
    expect({ at, state: (await refresh()).state }).toEqual({ at, state: 'fresh' });
  }
});

test('rotation: a new key, new ids, the same index', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  const first = await register();
  const second = await rotateKey(await session(), { dataFolder, tables });
  expect(second).toMatchObject({ anew: 'key', files: 1, wrote: true });
  const [before] = first.manifest.files;
  const [after] = second.manifest.files;
  expect(after?.id).not.toBe(before?.id);
  expect(second.manifest.index).toBe(first.manifest.index);
  expect(nameOfSource(second.manifest, after?.id ?? '')?.path).toBe('src/model/a.py');
  expect(nameOfSource(second.manifest, before?.id ?? '')).toBeUndefined();
  expect((await register()).anew).toBeUndefined();
});

test('an index of another algorithm or background is made anew', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  await settle();
  await register();
  const newer = { ...tables, version: 'test 2' };
  expect(await register({ tables: newer })).toMatchObject({
    anew: 'version',
    files: 1,
    wrote: true,
  });
  expect(await register({ tables: newer })).toMatchObject({ wrote: false });
});

test('a torn generation is made anew, never trusted', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  const { folder, manifest } = await register();
  const name = readdirSync(folder).find((one) => one.endsWith('.cdx')) ?? '';
  writeFileSync(join(folder, name), 'torn');
  expect(open().unreadable).toMatchObject([{ code: 'copies.bad-file' }]);
  const again = await refresh();
  expect(again).toMatchObject({ state: 'refreshed', outcome: { anew: 'damaged', files: 1 } });
  expect(open().members[0]?.manifest.counter).toBeGreaterThan(manifest.counter);
  expect(open().unreadable).toEqual([]);
});

test('without a commit, and without a policy, nothing fails', async () => {
  expect(await register()).toMatchObject({ files: 0, complete: true });
  mkdirSync(join(repo.dir, 'src/model'), { recursive: true });
  repo.write('src/model/a.py', code('a'));
  repo.write('.cordon/policy.yaml', policy);
  expect(paths(await register())).toEqual(['work src/model/a.py']);
});

test('what is held back is not subtracted where it is scored, and what is protected nowhere', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  const overlap = {
    path: 'src/model/a.py',
    lines: { first: 1, last: 9 },
    grams: 99,
    fingerprint: 'f',
  };
  const protectedPaths: string[] = [];
  let scored = 0;
  const outcome = await register({
    tables: {
      ...tables,
      background: { has: () => true },
      calibrating: { has: () => false },
      protect(path) {
        protectedPaths.push(path);
        return [overlap];
      },
      calibrate(index) {
        scored = index.text.segments.count;
        return { block: { bits: 200, tokens: 80 }, warn: { bits: 190, tokens: 70 } };
      },
    },
  });
  expect(protectedPaths).toEqual(['src/model/a.py']);
  expect(outcome.overlaps).toEqual([overlap]);
  expect(scored).toBe(1);
  const [index] = open().indexes;
  expect(index?.thresholds.block).toEqual({ bits: 200, tokens: 80 });
  expect(index?.text.segments.count).toBe(0);
});

test(
  'processes that register at once, and are killed at it, damage nothing',
  { timeout: 180_000 },
  async () => {
    repo.commit({
      '.cordon/policy.yaml': policy,
      ...Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [`src/model/f${i}.py`, code(`f${i}`, 200)]),
      ),
    });
    const run = (killAfterMs?: number) =>
      new Promise<number | null>((resolve, reject) => {
        const script = join(import.meta.dirname, 'register-once.fixture.ts');
        const child = spawn(process.execPath, [script, repo.dir, dataFolder], {
          env: repo.env,
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        child.once('error', reject);
        child.once('close', (status) => resolve(status));
        // From when it begins: starting takes longer than the work.
        child.stdout.once('data', () => {
          if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
        });
      });
    expect(await Promise.all([run(), run(), run()])).toEqual([0, 0, 0]);
    expect(open()).toMatchObject({ unreadable: [], members: [{ manifest: { complete: true } }] });
    for (let round = 0; round < 4; round += 1) {
      repo.write('src/model/f1.py', code(`round${round}`, 200));
      await Promise.all([run(round * 25), run(Math.random() * 400)]);
      expect(open().unreadable).toEqual([]);
      expect(open().members[0]?.manifest.files.length).toBeGreaterThanOrEqual(30);
    }
    expect(await register()).toMatchObject({ complete: true, files: 31 });
  },
);

test('marked folders of many files: what is kept of each is small', async () => {
  const count = 3000;
  const files = Array.from({ length: count }, (_, i) => [
    `src/model/data/${i}.txt`,
    `sample ${i} of the set, which is ${i * 7} and next to nothing, padded ${'x'.repeat(20)}`,
  ]);
  repo.commit({ '.cordon/policy.yaml': policy, ...Object.fromEntries(files) });
  const { folder } = await register();
  const bytes = readdirSync(folder)
    .filter((name) => name.endsWith('.cdx'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(bytes / count).toBeLessThan(1000);
  expect(readManifest(folder)?.files).toHaveLength(count);
});

test('linked work trees have one index, and neither takes from it what the other holds', async () => {
  repo.commit({ '.cordon/policy.yaml': policy, 'src/model/a.py': code('a') });
  const linked = `${repo.dir}-linked`;
  repo.git('worktree', 'add', '-q', linked);
  const there = async () => openSession({ dir: linked, env: repo.env, budgetMs: 60_000 });
  writeFileSync(join(linked, 'src/model/new.py'), code('only there'));
  await settle();
  await register();
  const second = await registerRepository(await there(), { dataFolder, tables });
  expect(paths(second)).toEqual([
    'work src/model/a.py',
    'work src/model/a.py',
    'work src/model/new.py',
  ]);
  expect(await refresh()).toEqual({ state: 'fresh' });
  expect(await refreshIfStale(await there(), { dataFolder, tables })).toEqual({ state: 'fresh' });
  expect(paths(await register())).toEqual(paths(second));
  repo.git('worktree', 'remove', '--force', linked);
  expect(paths(await register())).toEqual(['work src/model/a.py']);
});

test('what a person named stays named when the index is made anew', async () => {
  repo.commit({
    '.cordon/policy.yaml': policy,
    'src/model/a.py': code('a'),
    'tools/secret.py': code('tool'),
  });
  const named = await register({ paths: [join(repo.dir, 'tools/secret.py')] });
  expect(paths(named)).toEqual(['work tools/secret.py']);
  const newer = await register({ tables: { ...tables, version: 'test 2' } });
  expect(newer.anew).toBe('version');
  expect(paths(newer)).toEqual(['work src/model/a.py', 'work tools/secret.py']);
  expect(
    paths(
      await rotateKey(await session(), { dataFolder, tables: { ...tables, version: 'test 2' } }),
    ),
  ).toEqual(paths(newer));
});
