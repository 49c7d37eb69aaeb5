import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { snapshot } from '../support/install-sandbox.ts';
import { writeSafetensors } from '../support/models.ts';
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
const secret = `token = ${'hf_' + 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}\n`;

function makeClone(place: Place): string {
  const top = makeWork(place);
  place.git(place.root, 'init', '-q', '--bare', 'remote.git');
  place.git(top, 'remote', 'add', 'origin', join(place.root, 'remote.git'));
  return top;
}

function commit(place: Place, top: string, files: Record<string, string | Buffer>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, name)), { recursive: true });
    writeFileSync(join(top, name), content);
  }
  place.git(top, 'add', '--all');
  place.git(top, 'commit', '-q', '--no-verify', '--allow-empty', '-m', 'change');
  return place.git(top, 'rev-parse', 'HEAD');
}

const prePush = (place: Place, top: string, tip: string, more: object = {}): Promise<Ran> =>
  place.cordon(['hook', 'pre-push', 'origin', join(place.root, 'remote.git')], {
    cwd: top,
    input: [Buffer.from(`refs/heads/main ${tip} refs/heads/main ${ZERO}\n`)],
    ...more,
  });

describe('standard input', () => {
  /** Half zeros, half noise that no packer shrinks. */
  function* bytesOf(megabytes: number): Generator<Buffer> {
    const noise = randomBytes(1 << 20);
    const zeros = Buffer.alloc(1 << 20);
    for (let count = 0; count < megabytes; count += 1) yield count % 2 === 0 ? zeros : noise;
  }
  const megabytes = process.env['CORDON_TEST_FULL'] === undefined ? 512 : 4096;

  test('of any size is looked at in bounded memory, and leaves no spool', async () => {
    using place = makePlace();
    const spool = join(place.root, 'tmp');
    mkdirSync(spool);
    const { ran, peak } = await place.measured(['scan', '--stdin'], {
      env: { ...place.env, TMPDIR: spool },
      input: bytesOf(megabytes),
      deadlineMs: megabytes > 1024 ? 170_000 : 60_000,
    });
    expect(ran.timedOut).toBe(false);
    expect([0, 4]).toContain(ran.code);
    // Node 24 frees read buffers late: 275 MiB were seen, against 131 under Node 20. What counts here is
    // that memory does not grow with the input.
    expect(peak).toBeLessThan(384 << 20);
    expect(readdirSync(spool)).toEqual([]);
    expectPlain(ran);
  });

  test('that holds a secret at its very end blocks', async () => {
    using place = makePlace();
    const input = [...bytesOf(4), Buffer.from(`\n${secret}`)];
    expect((await place.cordon(['scan', '--stdin'], { input })).code).toBe(1);
  });

  test('of nothing is clean', async () => {
    using place = makePlace();
    expect((await place.cordon(['scan', '--stdin'])).code).toBe(0);
  });
});

describe('an interrupt', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends a scan with 130, and no spool stays',
    async (name) => {
      using place = makePlace();
      const spool = join(place.root, 'tmp');
      mkdirSync(spool);
      function* endless(): Generator<Buffer> {
        const noise = randomBytes(1 << 20);
        for (;;) yield noise;
      }
      const ran = await place.cordon(['scan', '--stdin'], {
        env: { ...place.env, TMPDIR: spool },
        input: endless(),
        signal: { name, afterMs: 700 },
      });
      expect(ran).toMatchObject({ code: 130, timedOut: false });
      expect(readdirSync(spool)).toEqual([]);
      expectPlain(ran);
    },
  );

  test('SIGINT while files are looked at ends the scan soon', async () => {
    using place = makePlace();
    const top = makeWork(place);
    const text = 'the quick brown fox jumps over the lazy dog, key = value\n'.repeat(200_000);
    for (let count = 0; count < 60; count += 1) writeFileSync(join(top, `${count}.txt`), text);
    const ran = await place.cordon(['scan'], {
      cwd: top,
      signal: { name: 'SIGINT', afterMs: 500 },
    });
    expect(ran).toMatchObject({ code: 130, timedOut: false, stdout: '' });
  });

  test('SIGINT at any moment of init leaves all of it, or nothing', async () => {
    using place = makePlace();
    const top = makeClone(place);
    // What was done stays recorded, the self-test's pushes among it: the record only grows.
    const isOwn = (path: string) =>
      /^home-[^/]+\/\.local(?:\/share|\/state(?:\/cordon(?:\/record(?:\/.*)?)?)?)?$/.test(path);
    const before = snapshot(place.root, isOwn);
    for (const afterMs of [60, 120, 180, 240, 300, 400, 550, 700, 900, 1200]) {
      const ran = await place.cordon(['init'], { cwd: top, signal: { name: 'SIGINT', afterMs } });
      expect({ afterMs, ran }).toMatchObject({ afterMs, ran: { timedOut: false } });
      // -1 is the signal itself, before the command had begun or after it had said its last word.
      expect([130, -1, 0], `after ${afterMs} ms: ${ran.stderr}`).toContain(ran.code);
      const isDone = ran.code === 0 || (ran.code === -1 && ran.stdout.includes('\nNext: '));
      if (isDone) break;
      expect({ afterMs, left: snapshot(place.root, isOwn) }).toEqual({ afterMs, left: before });
    }
    expect((await place.cordon(['init'], { cwd: top })).code).toBe(0);
  });

  test('SIGKILL at any moment of init: a second init repairs it', async () => {
    using place = makePlace();
    const top = makeClone(place);
    for (const afterMs of [150, 300, 500, 900]) {
      await place.cordon(['init'], { cwd: top, signal: { name: 'SIGKILL', afterMs } });
      rmSync(join(top, '.git/config.lock'), { force: true });
      const again = await place.cordon(['init'], { cwd: top });
      expect({ afterMs, code: again.code, stderr: again.stderr }).toEqual({
        afterMs,
        code: 0,
        stderr: '',
      });
      expect((await place.cordon(['uninstall'], { cwd: top })).code).toBe(0);
    }
    expect(existsSync(join(top, '.git/cordon/hooks'))).toBe(false);
  });
});

/** A folder on a disk that is full. Only root may mount one; anyone else has a folder that says no. */
async function withFullDisk<T>(place: Place, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(place.root, 'full');
  mkdirSync(folder);
  const mount = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder];
  if (!isRoot || spawnSync('mount', mount).status !== 0) {
    writeFileSync(join(folder, 'filler'), 'x');
    chmodSync(folder, 0o555);
    return act(folder).finally(() => chmodSync(folder, 0o755));
  }
  spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=4k', 'count=64']);
  return act(folder).finally(() => spawnSync('umount', [folder]));
}

describe('a full disk', () => {
  test('--output: told, and what stood there stays', async () => {
    using place = makePlace();
    const top = makeWork(place);
    expect(codeOfOneSentence(await place.cordon(['scan', '-o', '/dev/full'], { cwd: top }))).toBe(
      3,
    );
    expect(codeOfOneSentence(await place.cordon(['scan', '-o', '/'], { cwd: top }))).toBe(2);
    expect(
      codeOfOneSentence(await place.cordon(['scan', '-o', 'no/such/place'], { cwd: top })),
    ).toBe(2);
    await withFullDisk(place, async (folder) => {
      const ran = await place.cordon(['scan', '-o', join(folder, 'filler')], { cwd: top });
      expect([0, 2, 3]).toContain(ran.code);
      expect(readFileSync(join(folder, 'filler')).length).toBeGreaterThan(0);
    });
  });

  test('a full standard output or error: the exit code says it', async () => {
    using place = makePlace();
    const top = makeWork(place);
    const file = join(import.meta.dirname, '../../dist/cordon.mjs');
    const at = { cwd: top };
    const sh = (line: string) => place.run('sh', ['-c', line, process.execPath, file], at);
    expect(codeOfOneSentence(await sh('"$0" "$1" scan >/dev/full'))).toBe(3);
    expect(await sh('"$0" "$1" scan nosuch 2>/dev/full')).toMatchObject({ code: 4, stderr: '' });
    expect(await sh('"$0" "$1" scan nosuch 2>&-')).toMatchObject({ code: 4 });
    expect(await sh('"$0" "$1" scan >&-')).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(join(top, 'key.txt'), secret.repeat(3000));
    const early = await sh('{ "$0" "$1" scan --format json; echo $? >code; } | head -c 1');
    expect(early).toMatchObject({ code: 0, stdout: '{', stderr: '' });
    expect(readFileSync(join(top, 'code'), 'utf8').trim()).toBe('1');
  });

  test('init: told, and nothing is left', async () => {
    using place = makePlace();
    const top = makeClone(place);
    const before = snapshot(top);
    await withFullDisk(place, async (folder) => {
      const env = { ...place.env, XDG_DATA_HOME: folder };
      const ran = await place.cordon(['init'], { cwd: top, env });
      expect([2, 3]).toContain(codeOfOneSentence(ran));
    });
    expect(snapshot(top)).toEqual(before);
  });

  test('the spool: not looked at, so incomplete', async () => {
    using place = makePlace();
    await withFullDisk(place, async (folder) => {
      const ran = await place.cordon(['scan', '--stdin'], {
        env: { ...place.env, TMPDIR: folder },
        input: Array.from({ length: 8 }, () => randomBytes(1 << 20)),
      });
      expect(ran).toMatchObject({ code: 4, timedOut: false });
      expect(ran.stdout + ran.stderr).not.toBe('');
      expectPlain(ran);
    });
  });

  test('the kept facts and labels: judged all the same', async () => {
    using place = makePlace();
    const top = makeClone(place);
    const clean = commit(place, top, { 'a.txt': 'hello\n' });
    const bad = commit(place, top, { 'key.txt': secret });
    await withFullDisk(place, async (folder) => {
      spawnSync('ln', ['-s', folder, join(top, '.git/cordon')]);
      expect(await prePush(place, top, clean)).toMatchObject({ code: 0, timedOut: false });
      expect(await prePush(place, top, bad)).toMatchObject({ code: 1, timedOut: false });
    });
  });
});

test('no HOME: init says what to do, hooks judge all the same', async () => {
  using place = makePlace();
  const top = makeClone(place);
  const clean = commit(place, top, { 'a.txt': 'hello\n' });
  // Without a HOME the record is in the account's own, and no test may write there.
  const { HOME: _, ...rest } = place.env;
  const env = { ...rest, XDG_STATE_HOME: join(place.root, 'state') };
  expect(codeOfOneSentence(await place.cordon(['init'], { cwd: top, env }))).toBe(2);
  expect(await prePush(place, top, clean, { env })).toMatchObject({ code: 0 });
  const bad = commit(place, top, { 'key.txt': secret });
  expect(await prePush(place, top, bad, { env })).toMatchObject({ code: 1 });
});

test('a checkout that may only be read: a push is judged, init says so', async () => {
  using place = makePlace();
  const top = makeClone(place);
  mkdirSync(join(top, '.cordon'));
  const marked = "version: 1\nmarkings:\n  - {paths: ['src/**'], label: restricted}\n";
  const clean = commit(place, top, { 'a.txt': 'hello\n' });
  const bad = commit(place, top, {
    'src/a.py': 'x = 1\n'.repeat(40),
    '.cordon/policy.yaml': marked,
  });
  giveAway(place.root, isRoot ? NOBODY : (process.getuid?.() ?? 0));
  chmodSync(top, 0o555);
  chmodSync(join(top, '.git'), 0o555);
  const at = { asNobody: true };
  expect(await prePush(place, top, clean, at)).toMatchObject({ code: 0, timedOut: false });
  expect(await prePush(place, top, bad, at)).toMatchObject({ code: 1, timedOut: false });
  expect(codeOfOneSentence(await place.cordon(['init'], { cwd: top, ...at }))).toBe(2);
  chmodSync(join(top, '.git'), 0o755);
});

/** Every file below a folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const spoilers: Record<string, (file: string) => void> = {
  garbage: (file) => writeFileSync(file, randomBytes(4096)),
  'one long line': (file) => writeFileSync(file, 'x'.repeat(8 << 20)),
  emptiness: (file) => writeFileSync(file, ''),
  'a folder': (file) => {
    rmSync(file);
    mkdirSync(file);
  },
  'half of it': (file) =>
    writeFileSync(file, readFileSync(file).subarray(0, readFileSync(file).length / 2)),
  'a clean word for all': (file) =>
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll(/"f":\[.*?\],?/g, ''), 'latin1'),
};

test.each(Object.entries(spoilers))(
  'kept facts and labels that became %s are judged anew',
  async (_, spoil) => {
    using place = makePlace();
    const top = makeClone(place);
    const marked = "version: 1\nmarkings:\n  - {paths: ['src/**'], label: restricted}\n";
    const weights = writeSafetensors({ tensors: { w: { shape: [256, 256] } } });
    commit(place, top, { '.cordon/policy.yaml': marked, 'src/a.py': 'x = 1\n'.repeat(40) });
    const bad = commit(place, top, {
      'key.txt': secret,
      'w.txt': weights,
      'moved.py': 'x = 1\n'.repeat(40),
    });
    const findings = async () => {
      const ran = await prePush(place, top, bad);
      expect(ran).toMatchObject({ code: 1, timedOut: false });
      const report = JSON.parse(readFileSync(join(top, '.git/cordon/last.json'), 'utf8')) as {
        findings: object[];
      };
      return report.findings;
    };
    const first = await findings();
    expect(first.length).toBeGreaterThan(3);
    const kept = ['facts', 'labels'].flatMap((name) => filesIn(join(top, '.git/cordon', name)));
    expect(kept.length).toBeGreaterThan(2);
    for (const file of kept) spoil(file);
    expect(await findings()).toEqual(first);
    expect(await findings()).toEqual(first);
  },
);

test('four pushes and commits at once, with the same caches, are each judged right', async () => {
  using place = makePlace();
  const top = makeClone(place);
  const files = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`f${n}.txt`, `${n}\n`.repeat(20)]),
  );
  const clean = commit(place, top, files);
  const bad = commit(place, top, { 'key.txt': secret });
  for (let round = 0; round < 3; round += 1) {
    const codes = await Promise.all([
      prePush(place, top, clean).then(({ code }) => code),
      prePush(place, top, bad).then(({ code }) => code),
      prePush(place, top, clean).then(({ code }) => code),
      place.cordon(['hook', 'pre-commit'], { cwd: top }).then(({ code }) => code),
    ]);
    expect(codes).toEqual([0, 1, 0, 0]);
  }
});

test.each<NodeJS.ProcessEnv>([
  { LANG: 'xx_YY.nonsense', LC_ALL: 'tlh', LANGUAGE: 'zz:\n' },
  { LC_ALL: '' },
  { LANG: '../../etc', CORDON_LOCALE: '__proto__' },
  { TERM: undefined, COLUMNS: '-1' },
  { TERM: 'dumb', COLUMNS: '99999999999' },
])('odd surroundings: %j', async (odd) => {
  using place = makePlace();
  const top = makeClone(place);
  const bad = commit(place, top, { 'key.txt': secret });
  const env = { ...place.env, ...odd };
  const scan = await place.cordon(['scan'], { cwd: top, env });
  expect(scan.code).toBe(1);
  expectPlain(scan);
  const push = await prePush(place, top, bad, { env });
  expect(push.code).toBe(1);
  expectPlain(push);
});
