import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBack } from '../record/read-back.ts';
import {
  expectPlain,
  giveAway,
  isRoot,
  makePlace,
  NOBODY,
  type Place,
  type Ran,
} from './support.ts';

const URL = 'https://git.lab.example/models/alpha.git';
const zero = '0'.repeat(40);

const policyText = (more = '') => `version: 1
markings: [{paths: ['src/**'], label: restricted}]
destinations: [{url: 'https://git.lab.example/**', clearance: restricted}]
${more}`;

interface Work {
  readonly top: string;
  /** What the destination has. */
  readonly base: string;
  /** Commits of what anybody may see, and of what may only go where it is recorded. */
  readonly plain: string;
  readonly classified: string;
}

function makeWork(place: Place, more = ''): Work {
  place.git(place.root, 'init', '-q', 'work');
  const top = join(place.root, 'work');
  const commit = (path: string, text: string) => {
    mkdirSync(join(top, path, '..'), { recursive: true });
    writeFileSync(join(top, path), text);
    place.git(top, 'add', '-A');
    place.git(top, 'commit', '-q', '--no-verify', '-m', path);
    return place.git(top, 'rev-parse', 'HEAD');
  };
  commit('.cordon/policy.yaml', policyText(more));
  const base = place.git(top, 'rev-parse', 'HEAD');
  place.git(top, 'remote', 'add', 'origin', URL);
  place.git(top, 'update-ref', 'refs/remotes/origin/main', base);
  const plain = commit('readme.md', 'hello\n');
  const classified = commit('src/a.py', 'x = 1\n');
  return { top, base, plain, classified };
}

interface How {
  readonly env?: NodeJS.ProcessEnv;
  readonly asNobody?: boolean;
}

/** The hook as git calls it, on its way to a place that is cleared for all of it. */
function push(place: Place, { top, base }: Work, tip: string, how: How = {}): Promise<Ran> {
  const line = `refs/heads/main ${tip} refs/heads/main ${base}\n`;
  return place.cordon(['hook', 'pre-push', 'origin', URL, '--format', 'json'], {
    cwd: top,
    input: [Buffer.from(line)],
    ...(how.asNobody !== undefined && { asNobody: how.asNobody }),
    env: { ...(how.env ?? place.env), CORDON_OFFLINE: '1' },
  });
}

interface Report {
  readonly verdict: string;
  readonly label?: string;
  readonly findings: readonly { rule: string; severity: string; message: string; action: string }[];
}

const reportOf = (ran: Ran) => JSON.parse(ran.stdout) as Report;
const unrecorded = (ran: Ran) =>
  reportOf(ran).findings.filter(({ rule }) => rule === 'record-unwritable');

/** What cannot be written stops what is restricted, with one thing to do, and lets the rest go on with a word. */
async function expectRefusal(place: Place, work: Work, how: How): Promise<Ran> {
  const stopped = await push(place, work, work.classified, how);
  expect(stopped).toMatchObject({ code: 1, timedOut: false });
  expect(reportOf(stopped)).toMatchObject({ verdict: 'block', label: 'restricted' });
  const [why, ...more] = unrecorded(stopped);
  expect(more).toEqual([]);
  expect(why).toMatchObject({ severity: 'block' });
  expect(why?.message).toMatch(/could not be written into the record|disk is full/);
  expect(why?.action).toMatch(/try again\.$/);
  const passed = await push(place, work, work.plain, how);
  expect(passed).toMatchObject({ code: 0, timedOut: false });
  expect(reportOf(passed).verdict).toBe('warn');
  expect(unrecorded(passed)).toMatchObject([{ severity: 'warn' }]);
  for (const ran of [stopped, passed]) expectPlain(ran);
  return stopped;
}

describe('a record that cannot be written', () => {
  test('no HOME, and one that is not there', async () => {
    using place = makePlace();
    const work = makeWork(place);
    giveAway(place.root, isRoot ? NOBODY : (process.getuid?.() ?? 0));
    // Root could make even that folder. The account `nobody` has no home; anyone else's is not a test's.
    const { HOME: _, ...none } = place.env;
    const nowhere = { ...place.env, HOME: '/nonexistent/home' };
    for (const env of isRoot ? [nowhere, none] : [nowhere]) {
      const ran = await expectRefusal(place, work, { env, asNobody: true });
      expect(unrecorded(ran)[0]?.message).toContain('/nonexistent');
    }
  });

  test('a home that may only be read', async () => {
    using place = makePlace();
    const work = makeWork(place);
    giveAway(place.root, isRoot ? NOBODY : (process.getuid?.() ?? 0));
    chmodSync(place.home, 0o555);
    const ran = await expectRefusal(place, work, { asNobody: true });
    chmodSync(place.home, 0o755);
    expect(unrecorded(ran)[0]?.message).toContain('EACCES');
  });

  test('a state folder that is a file, that others own, or a link', async () => {
    using place = makePlace();
    const work = makeWork(place);
    const state = join(place.home, 'state');
    const env = { ...place.env, XDG_STATE_HOME: state };
    writeFileSync(state, 'not a folder\n');
    await expectRefusal(place, work, { env });
    rmSync(state);
    mkdirSync(join(state, 'cordon'), { recursive: true });
    mkdirSync(join(place.root, 'elsewhere'));
    spawnSync('ln', ['-s', join(place.root, 'elsewhere'), join(state, 'cordon/record')]);
    await expectRefusal(place, work, { env });
    expect(readdirSync(join(place.root, 'elsewhere'))).toEqual([]);
  });

  test('a host key that others can read', async () => {
    using place = makePlace();
    const work = makeWork(place);
    expect(await push(place, work, work.plain)).toMatchObject({ code: 0 });
    const key = join(place.home, '.local/state/cordon/record/host-key.pem');
    chmodSync(key, 0o644);
    await expectRefusal(place, work, {});
  });

  test('a full disk says so, and what was recorded stays', async () => {
    using place = makePlace();
    const work = makeWork(place);
    const state = join(place.root, 'full');
    mkdirSync(state);
    // Only root may mount one; anyone else has a folder that says no.
    const mount = ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', state];
    const isMounted = isRoot && spawnSync('mount', mount).status === 0;
    try {
      const env = { ...place.env, XDG_STATE_HOME: state };
      expect(await push(place, work, work.plain, { env })).toMatchObject({ code: 0 });
      const folder = join(state, 'cordon/record');
      const before = await readBack(folder);
      expect(before).toHaveLength(1);
      const [month = ''] = readdirSync(folder).filter((name) => /^\d{4}-\d\d$/.test(name));
      if (isMounted) {
        spawnSync('dd', ['if=/dev/zero', `of=${join(state, 'filler')}`, 'bs=4k', 'count=64']);
      } else {
        for (const one of [join(folder, month), folder]) chmodSync(one, 0o500);
      }
      await expectRefusal(place, work, { env });
      const stopped = await push(place, work, work.classified, { env });
      expect(unrecorded(stopped)[0]?.message).toMatch(isMounted ? 'The disk is full' : 'EACCES');
      rmSync(join(state, 'filler'), { force: true });
      for (const one of [folder, join(folder, month)]) chmodSync(one, 0o700);
      expect((await readBack(folder)).slice(0, 1)).toEqual(before);
      expect(await push(place, work, work.classified, { env })).toMatchObject({ code: 0 });
    } finally {
      if (isMounted) spawnSync('umount', [state]);
    }
  });

  test('observe stops nothing, and a lower record.require stops more', async () => {
    using place = makePlace();
    const env = { ...place.env, XDG_STATE_HOME: '/dev/null' };
    const watching = makeWork(place, 'mode: observe\n');
    const passed = await push(place, watching, watching.classified, { env });
    expect(passed).toMatchObject({ code: 0, timedOut: false });
    expect(unrecorded(passed)).toMatchObject([{ severity: 'warn' }]);
    rmSync(watching.top, { recursive: true });
    const strict = makeWork(place, 'record: {require: public}\n');
    for (const tip of [strict.plain, strict.classified]) {
      expect(await push(place, strict, tip, { env })).toMatchObject({ code: 1 });
    }
  });

  test('a commit is held to the same; a scan only says so', async () => {
    using place = makePlace();
    const { top } = makeWork(place);
    const env = { ...place.env, XDG_STATE_HOME: '/dev/null' };
    const hook = () => place.cordon(['hook', 'pre-commit', '--format', 'json'], { cwd: top, env });
    writeFileSync(join(top, 'src/b.py'), 'y = 2\n');
    place.git(top, 'add', '-A');
    const stopped = await hook();
    expect(stopped).toMatchObject({ code: 1, timedOut: false });
    expect(unrecorded(stopped)).toMatchObject([{ severity: 'block' }]);
    place.git(top, 'rm', '-q', '--cached', 'src/b.py');
    writeFileSync(join(top, 'c.txt'), 'hello\n');
    place.git(top, 'add', 'c.txt');
    expect(await hook()).toMatchObject({ code: 0 });
    writeFileSync(join(top, 'key.txt'), `-----BEGIN ${'OPENSSH'} PRIVATE KEY-----\nAAAA\n`);
    const scan = await place.cordon(['scan', '--format', 'json'], { cwd: top, env });
    expect(scan.timedOut).toBe(false);
    for (const one of unrecorded(scan)) expect(one.severity).toBe('warn');
  });

  test('for people: one block, with what to do', async () => {
    using place = makePlace();
    const work = makeWork(place);
    const env = { ...place.env, XDG_STATE_HOME: '/dev/null', CORDON_OFFLINE: '1' };
    const line = `refs/heads/main ${work.classified} refs/heads/main ${zero}\n`;
    const ran = await place.cordon(['hook', 'pre-push', 'origin', URL], {
      cwd: work.top,
      input: [Buffer.from(line)],
      env,
    });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('policy/record-unwritable');
    expect(ran.stderr).toContain('/dev/null/cordon/record');
    expect(Math.max(...ran.stderr.split('\n').map((one) => one.length))).toBeLessThanOrEqual(80);
    expectPlain(ran);
  });
});

describe('what is written', () => {
  test('names that a terminal would obey stay one line of JSON each', async () => {
    using place = makePlace();
    const work = makeWork(place);
    const name = 'src/a\nb\u001b[2J\u202e.py';
    writeFileSync(join(work.top, name), 'y = 2\n');
    spawnSync('sh', ['-c', "printf 'z = 3\\n' > \"$(printf 'src/\\377\\376.py')\""], {
      cwd: work.top,
    });
    place.git(work.top, 'add', '-A');
    place.git(work.top, 'commit', '-q', '--no-verify', '-m', 'odd');
    const tip = place.git(work.top, 'rev-parse', 'HEAD');
    const line = `refs/heads/main ${tip} refs/heads/odd${'\u202e'} ${zero}\n`;
    const ran = await place.cordon(['hook', 'pre-push', 'x', 'https://github.com/eve/x'], {
      cwd: work.top,
      input: [Buffer.from(line)],
      env: { ...place.env, CORDON_OFFLINE: '1' },
    });
    expect(ran.code).toBe(1);
    const folder = join(place.home, '.local/state/cordon/record');
    const [event] = await readBack(folder);
    expect(event).toMatchObject({ kind: 'push', verdict: 'block', to: 'github.com/eve/x' });
    expect(event?.refs?.[0]?.name).toBe('refs/heads/odd\u202e');
    for (const text of linesIn(folder)) expect(() => JSON.parse(text) as unknown).not.toThrow();
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(linesIn(folder).join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test('a clock that jumps back neither stops nor loses anything', async () => {
    using place = makePlace();
    const work = makeWork(place);
    const folder = join(place.home, '.local/state/cordon/record');
    const shift = join(place.root, 'clock.cjs');
    const atHour = async (hours: number) => {
      writeFileSync(
        shift,
        `const real = Date.now; Date.now = () => real() + ${hours} * 3600_000;\n`,
      );
      const line = `refs/heads/main ${work.plain} refs/heads/main ${zero}\n`;
      return place.cordon(['hook', 'pre-push', 'origin', URL], {
        cwd: work.top,
        input: [Buffer.from(line)],
        nodeOptions: ['--require', shift],
        env: { ...place.env, CORDON_OFFLINE: '1' },
      });
    };
    for (const hours of [0, 48, -9000, 1]) expect(await atHour(hours)).toMatchObject({ code: 0 });
    const pushes = (await readBack(folder)).filter(({ kind }) => kind === 'push');
    expect(pushes).toHaveLength(4);
  });

  test('Ctrl-C in the midst of a push is recorded as one that was stopped', async () => {
    using place = makePlace();
    const work = makeWork(place);
    const text = 'the quick brown fox jumps over the lazy dog, key = value\n'.repeat(200_000);
    for (let count = 0; count < 30; count += 1) {
      writeFileSync(join(work.top, `${count}.txt`), `${count}${text}`);
    }
    place.git(work.top, 'add', '-A');
    place.git(work.top, 'commit', '-q', '--no-verify', '-m', 'large');
    const tip = place.git(work.top, 'rev-parse', 'HEAD');
    const line = `refs/heads/main ${tip} refs/heads/main ${zero}\n`;
    const ran = await place.cordon(['hook', 'pre-push', 'origin', URL], {
      cwd: work.top,
      input: [Buffer.from(line)],
      env: { ...place.env, CORDON_OFFLINE: '1' },
      signal: { name: 'SIGINT', afterMs: 900 },
    });
    expect(ran).toMatchObject({ code: 130, timedOut: false });
    const [event, ...more] = await readBack(join(place.home, '.local/state/cordon/record'));
    expect(event).toMatchObject({ kind: 'push', verdict: 'block', data: { error: 'interrupted' } });
    expect(event?.circumstances).toContain('interrupted');
    expect(more).toEqual([]);
  });
});

function linesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .flatMap((entry) =>
      readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n').filter(Boolean),
    );
}
