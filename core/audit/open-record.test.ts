import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listSegments, openRecord, readRecord, verifyRecord } from './index.ts';
import type { NewEvent, OpenRecord, StoredEvent } from './index.ts';

let root = '';
let folder = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cordon-record-'));
  folder = join(root, 'state/cordon/record');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const identity = { actor: 'a@b', version: '0.1.0', repository: 'r' };
const open = (options: Partial<OpenRecord> = {}) => openRecord({ folder, identity, ...options });
const copy = (path: string): NewEvent => ({ kind: 'copy', path });

async function events(): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for await (const event of readRecord(folder)) all.push(event);
  return all;
}
const kinds = async () => (await events()).map(({ kind }) => kind);

test('no file is made before the first event, and all are private', async () => {
  const record = open();
  expect(record.writer).toBe('');
  record.close();
  expect(existsSync(folder)).toBe(false);

  const second = open();
  second.append(copy('a\nb'));
  expect(listSegments(folder)).toMatchObject([{ writer: second.writer, state: 'open' }]);
  second.close();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
    expect(mode).toBe(entry.isDirectory() ? 0o700 : 0o600);
  }
  expect(await events()).toMatchObject([
    { kind: 'genesis', n: 0, actor: 'a@b', repository: 'r' },
    { kind: 'copy', n: 1, path: 'a\nb' },
    { kind: 'seal', n: 2, data: { reason: 'close', size: 3 } },
  ]);
  expect(await verifyRecord(folder)).toMatchObject({ ok: true, remarks: [], checkpoints: 1 });
});

test('a clock set back is marked, and is no tampering', async () => {
  let clock = Date.now();
  const record = open({ now: () => clock });
  record.append(copy('one'));
  clock -= 3_600_000;
  record.append(copy('two'));
  record.close();
  const [, , two] = await events();
  expect(two).toMatchObject({ path: 'two', clockBack: 3_600_000 });
  const { ok, remarks } = await verifyRecord(folder);
  expect({ ok, remarks }).toMatchObject({ ok: true, remarks: [{ what: 'clock-back' }] });
});

test('a segment is sealed at its size or age, and the next one goes on from it', async () => {
  let clock = Date.now();
  const record = open({ now: () => clock, limits: { segmentBytes: 2000 } });
  const first = () => listSegments(folder)[0]?.writer;
  for (let number = 0; number < 12; number += 1) record.append(copy(`${number}`));
  expect(listSegments(folder).length).toBeGreaterThan(1);
  clock += 25 * 3_600_000;
  record.append(copy('tomorrow'));
  record.close();
  const all = await events();
  const seals = all.filter(({ kind }) => kind === 'seal').map(({ data }) => data?.['reason']);
  expect(new Set(seals)).toEqual(new Set(['size', 'age', 'close']));
  expect(all.some(({ data }) => data?.['continues'] === first())).toBe(true);
  expect(all.filter(({ kind }) => kind === 'copy')).toHaveLength(13);
  expect(await verifyRecord(folder)).toMatchObject({ ok: true });
});

test('reads are written together soon, before the next act, and at the end', async () => {
  const record = open();
  record.appendRead({ kind: 'open', path: 'one' });
  expect(existsSync(folder)).toBe(false);
  record.append(copy('two'));
  record.appendRead({ kind: 'close', path: 'three' });
  record.close();
  expect(await kinds()).toEqual(['genesis', 'open', 'copy', 'close', 'seal']);
  const waiting = open();
  waiting.appendRead({ kind: 'open', path: 'four' });
  await expect.poll(() => kinds()).toContain('genesis');
  waiting.close();
  expect((await kinds()).filter((kind) => kind === 'open')).toHaveLength(2);
});

test('a queue that is full counts reads instead, and loses no block', async () => {
  writeFileSync(join(root, 'state'), 'no folder');
  const record = open({ limits: { queueEvents: 50, groupBytes: 1000 } });
  for (let number = 0; number < 500; number += 1) {
    record.appendRead({ kind: 'open', path: `${number}` });
  }
  const block: NewEvent = { kind: 'copy', verdict: 'block' };
  expect(() => record.append(block)).toThrow(
    expect.objectContaining({ code: 'record.unwritable' }),
  );
  rmSync(join(root, 'state'));
  record.append(block);
  record.close();
  const all = await events();
  expect(all.filter(({ kind }) => kind === 'open')).toHaveLength(50);
  expect(all.find(({ kind }) => kind === 'summary')).toMatchObject({
    circumstances: ['queue-full'],
    data: { count: 450 },
  });
  expect(all.at(-2)).toMatchObject(block);
  expect(await verifyRecord(folder)).toMatchObject({ ok: true });
});

/** A small file system of its own, where that is allowed; only root may mount. */
function mountSmall(): boolean {
  mkdirSync(join(root, 'state'));
  const mount = ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', join(root, 'state')];
  return spawnSync('mount', mount).status === 0;
}

test('a full disk: the act is told, what stood stays whole, and it goes on once there is room', async () => {
  const mounted = mountSmall();
  const record = open();
  try {
    record.append(copy('before'));
    const filler = join(root, 'state/filler');
    const fill = () => spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1k', 'count=64']);
    if (mounted) fill();
    let told: unknown;
    let written = 1;
    // Without root there is no small disk to fill: then nothing fails, and all of it must be there.
    for (; written < 300 && told === undefined; written += 1) {
      try {
        record.append({ kind: 'push', path: 'x'.repeat(300) });
      } catch (error) {
        told = error;
      }
    }
    expect(told === undefined ? undefined : (told as { code: string }).code).toBe(
      mounted ? 'record.full' : undefined,
    );
    expect((await verifyRecord(folder)).problems).toEqual([]);
    rmSync(filler, { force: true });
    record.append(copy('after'));
    record.close();
    const paths = (await events()).map(({ path }) => path);
    expect(paths).toContain('before');
    expect(paths).toContain('after');
    expect(await verifyRecord(folder)).toMatchObject({ ok: true });
  } finally {
    if (mounted) spawnSync('umount', [join(root, 'state')]);
  }
});

test('a full disk at the first event leaves no half segment', () => {
  const mounted = mountSmall();
  try {
    if (mounted) {
      spawnSync('dd', ['if=/dev/zero', `of=${join(root, 'state/filler')}`, 'bs=1k', 'count=64']);
    } else {
      writeFileSync(join(root, 'state/cordon'), 'no folder');
    }
    const code = mounted ? 'record.full' : 'record.unwritable';
    expect(() => open().append(copy('a'))).toThrow(expect.objectContaining({ code }));
    const made = readdirSync(join(root, 'state'), { recursive: true, encoding: 'utf8' });
    expect(made.filter((name) => name.endsWith('.jsonl'))).toEqual([]);
  } finally {
    if (mounted) spawnSync('umount', [join(root, 'state')]);
  }
});

test('a home that takes no files', () => {
  const mounted = mountSmall();
  try {
    if (mounted) spawnSync('mount', ['-o', 'remount,ro', join(root, 'state')]);
    else chmodSync(join(root, 'state'), 0o500);
    expect(() => open().append(copy('a'))).toThrow(
      expect.objectContaining({ code: 'record.unwritable' }),
    );
  } finally {
    if (mounted) spawnSync('umount', [join(root, 'state')]);
    else chmodSync(join(root, 'state'), 0o700);
  }
});

test('a link in place of the folder is refused', () => {
  mkdirSync(join(root, 'state/cordon'), { recursive: true });
  mkdirSync(join(root, 'attacker'));
  symlinkSync(join(root, 'attacker'), folder);
  expect(() => open().append(copy('a'))).toThrow(
    expect.objectContaining({ code: 'record.unwritable' }),
  );
  expect(readdirSync(join(root, 'attacker'))).toEqual([]);
});

test('an open folder is closed to others', () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  open().append(copy('a'));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

const machine = { id: 'm', boot: 'one' };

test('a dead writer’s segment is told of, never edited', async () => {
  const dead = open({ machine });
  dead.append(copy('a'));
  const path = listSegments(folder)[0]?.path ?? '';
  appendFileSync(path, '{"v":1,"w":"half');
  const before = readFileSync(path);
  const next = open({ machine: { ...machine, boot: 'two' } });
  next.append(copy('b'));
  next.close();
  const { data } = (await events()).find(({ kind }) => kind === 'orphan') ?? {};
  expect(data).toMatchObject({ writer: dead.writer, size: 2, torn: 16 });
  const segment = listSegments(folder)[0];
  expect(segment).toMatchObject({ writer: dead.writer, state: 'kept' });
  expect(readFileSync(segment?.path ?? '')).toEqual(before);
  const { ok, remarks } = await verifyRecord(folder);
  expect(ok).toBe(true);
  expect(remarks.map(({ what }) => what).toSorted()).toEqual(['torn', 'unsealed']);
  const third = open({ machine: { ...machine, boot: 'two' } });
  third.append(copy('c'));
  third.close();
  expect((await kinds()).filter((kind) => kind === 'orphan')).toHaveLength(1);
});

test.each([
  ['a writer that lives', { ...machine }],
  ['a writer on another machine with the same home', { id: 'other', boot: 'two' }],
])('%s is not taken for dead', async (_what, other) => {
  const live = open({ machine });
  live.append(copy('a'));
  const next = open({ machine: other });
  next.append(copy('b'));
  live.append(copy('c'));
  live.close();
  next.close();
  expect(await kinds()).not.toContain('orphan');
  expect(await verifyRecord(folder)).toMatchObject({ ok: true });
});

test('a process number used again is not the writer', async () => {
  const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  try {
    const record = open();
    record.append(copy('a'));
    const segment = listSegments(folder)[0];
    if (segment === undefined || sleeper.pid === undefined) throw new Error('not there');
    // As if another process had come to the dead writer's number.
    const stolen = segment.path.replace(
      `-${process.pid.toString(16)}-`,
      `-${sleeper.pid.toString(16)}-`,
    );
    renameSync(segment.path, stolen);
    const next = open();
    next.append(copy('b'));
    next.close();
    expect(await kinds()).toContain(process.platform === 'linux' ? 'orphan' : 'genesis');
  } finally {
    sleeper.kill();
  }
});

test('a hand-edited segment does not stop the next writer', async () => {
  const record = open();
  for (const path of ['a', 'b', 'c']) record.append(copy(path));
  record.close();
  const { path = '' } = listSegments(folder)[0] ?? {};
  writeFileSync(path, readFileSync(path, 'utf8').replace('"path":"b"', '"path":"x"'));
  const next = open();
  next.append(copy('d'));
  next.close();
  const { problems } = await verifyRecord(folder);
  expect(problems).toMatchObject([{ segment: record.writer, line: 3, n: 2, what: 'changed' }]);
  // A reader goes as far as the lines hold.
  const paths = (await events()).map((event) => event.path).filter((one) => one !== undefined);
  expect(paths).toEqual(['a', 'd']);
});

test('two processes write side by side, and two that begin at once make one key', async () => {
  const program = join(root, 'write.mjs');
  const index = join(import.meta.dirname, 'index.ts');
  writeFileSync(
    program,
    `import { openRecord } from ${JSON.stringify(index)};
     const record = openRecord({ folder: process.argv[2], identity: { actor: 'p', version: '0' } });
     for (let n = 0; n < 50; n += 1) record.append({ kind: 'copy', data: { n } });
     record.close();`,
  );
  const runs = Array.from({ length: 3 }, () => {
    const child = spawn(process.execPath, [program, folder], { stdio: 'inherit' });
    return new Promise((resolve) => child.on('close', resolve));
  });
  expect(await Promise.all(runs)).toEqual([0, 0, 0]);
  const all = await events();
  expect(all.filter(({ kind }) => kind === 'copy')).toHaveLength(150);
  expect(new Set(all.map(({ host }) => host)).size).toBe(1);
  expect(await verifyRecord(folder)).toMatchObject({ ok: true, remarks: [] });
  expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' }).split('\n')).toHaveLength(3);
});
