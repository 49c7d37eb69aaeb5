import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listSegments, openRecord, verifyRecord } from './index.ts';
import type { SegmentFile } from './index.ts';
import { buildLine, statedHead } from './line.ts';
import { checkpointsPath } from './list-segments.ts';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cordon-verify-')), 'record');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const identity = { actor: 'a', version: '0' };

/** One sealed segment: genesis, three copies, seal. */
function write(): SegmentFile {
  const record = openRecord({ folder, identity });
  for (const path of ['a', 'b', 'c']) record.append({ kind: 'copy', path });
  record.close();
  const segment = listSegments(folder).find(({ writer }) => writer === record.writer);
  if (segment === undefined) throw new Error('no segment');
  return segment;
}
const lines = (path: string) => readFileSync(path, 'utf8').split(/(?<=\n)/);
const edit = (path: string, change: (all: string[]) => string[]) =>
  writeFileSync(path, change(lines(path)).join(''));
const problems = async () => (await verifyRecord(folder)).problems;

test('no record holds', async () => {
  expect(await verifyRecord(folder)).toMatchObject({ ok: true, segments: 0, events: 0 });
});

test('an untouched one holds, and every byte was read', async () => {
  const { path } = write();
  let last = { bytes: 0, of: 1 };
  const report = await verifyRecord(folder, { onProgress: (done) => (last = done) });
  expect(report).toMatchObject({ ok: true, segments: 1, events: 5, checkpoints: 1 });
  expect(last).toEqual({ bytes: readFileSync(path).length, of: report.bytes });
});

test('a changed byte: the very line', async () => {
  const { path, writer } = write();
  const byte = lines(path)[0]?.length;
  edit(path, (all) => all.map((line) => line.replace('"path":"a"', '"path":"x"')));
  expect(await problems()).toEqual([
    { segment: writer, line: 2, n: 1, byte, what: 'changed', by: 'chain', detail: 'hash' },
  ]);
});

test('a deleted line: which one', async () => {
  const { path } = write();
  edit(path, (all) => all.toSpliced(2, 1));
  const [first] = await problems();
  expect(first).toMatchObject({ line: 3, n: 2, what: 'missing', detail: '1 lines before 3' });
});

test('swapped lines', async () => {
  const { path } = write();
  edit(path, ([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest]);
  expect((await problems()).map(({ what }) => what)).toContain('reordered');
});

test('a cut end: the name says that there was a seal', async () => {
  const { path } = write();
  edit(path, (all) => all.slice(0, 3));
  expect(await problems()).toMatchObject([{ what: 'cut', by: 'seal', detail: '3 lines' }]);
});

/** A segment with a checkpoint behind each two lines, and its file of them. */
function writeSigned(): { path: string; file: string } {
  const record = openRecord({ folder, identity, limits: { checkpointEvents: 2 } });
  for (const path of ['a', 'b', 'c', 'd', 'e']) record.append({ kind: 'copy', path });
  record.close();
  const segment = listSegments(folder).at(-1);
  if (segment === undefined) throw new Error('no segment');
  return { path: segment.path, file: checkpointsPath(segment) };
}
const notes = (file: string) => readFileSync(file, 'utf8').split(/(?<=\n\n)(?=cordon)/);

test('a cut end under another name: the checkpoints say so', async () => {
  const { path } = writeSigned();
  expect(await verifyRecord(folder)).toMatchObject({ ok: true, checkpoints: 4 });
  edit(path, (all) => all.slice(0, 3));
  renameSync(path, path.replace('.done.', '.open.'));
  expect(await problems()).toMatchObject([{ what: 'cut', by: 'checkpoint', detail: '6' }]);
});

test.each([
  ['the first', 0, 'checkpoint'],
  ['one between', 1, 'checkpoint'],
  ['the last in the file', 2, 'seal'],
])('a checkpoint that was taken away: %s', async (_what, at, by) => {
  const { file } = writeSigned();
  writeFileSync(file, notes(file).toSpliced(at, 1).join(''));
  expect(await problems()).toMatchObject([
    { what: 'removed', by, detail: expect.stringMatching(/^1 checkpoints before/) as unknown },
  ]);
});

test('all checkpoints taken away: the seal counts them', async () => {
  rmSync(writeSigned().file);
  expect(await problems()).toMatchObject([{ what: 'removed', by: 'seal' }]);
});

test('checkpoints in another order, or doubled', async () => {
  const { file } = writeSigned();
  const [a = '', b = '', ...rest] = notes(file);
  writeFileSync(file, [b, a, ...rest].join(''));
  expect((await problems()).length).toBeGreaterThan(0);
  writeFileSync(file, [a, b, b, ...rest].join(''));
  expect(await problems()).toMatchObject([{ what: 'forged-checkpoint', detail: 'order' }]);
});

test('a seal without its checkpoint is no work of a crash', async () => {
  const { path } = write();
  const all = lines(path);
  const before = statedHead(Buffer.from(all[3] ?? '')) ?? '';
  const body = (all[4] ?? '').replace(/,"checkpoint":"(?:[^"\\]|\\.)*"/, '');
  const seal = buildLine(before, body.slice(0, body.lastIndexOf(',"h":"')));
  writeFileSync(path, [...all.slice(0, 4), seal.bytes.toString('utf8')].join(''));
  expect(await problems()).toMatchObject([{ what: 'forged-checkpoint', by: 'seal' }]);
});

test('a cut last line is found too, where it was sealed', async () => {
  const { path } = write();
  truncateSync(path, readFileSync(path).length - 1);
  expect(await problems()).toMatchObject([{ what: 'cut' }]);
});

test('bytes behind the seal', async () => {
  const { path } = write();
  appendFileSync(path, 'x');
  expect(await problems()).toMatchObject([{ what: 'after-seal', by: 'seal' }]);
});

test('only a head from elsewhere finds what is gone for good', async () => {
  const first = write();
  const [line = ''] = lines(first.path).slice(-1);
  const head = line.slice(-46, -3);
  const heads = [{ writer: first.writer, size: 5, head }];
  expect(await verifyRecord(folder, { heads })).toMatchObject({ ok: true });
  const forged = [{ writer: first.writer, size: 4, head }];
  expect((await verifyRecord(folder, { heads: forged })).problems).toMatchObject([
    { what: 'forged-head', by: 'head', line: 4, n: 4 },
  ]);
  rmSync(first.path);
  expect(await verifyRecord(folder)).toMatchObject({ ok: true });
  expect((await verifyRecord(folder, { heads })).problems).toMatchObject([
    { segment: first.writer, what: 'removed', by: 'head' },
  ]);
});

test('what stands there and is no segment', async () => {
  const { path, writer } = write();
  copyFileSync(path, path.replace('.done.', '.kept.'));
  symlinkSync(path, path.replace(writer, `${writer.slice(0, -8)}00000000`));
  const strangers = (await problems()).map(({ what, detail }) => `${what} ${detail}`);
  const told = ['stranger no file', 'stranger twice', 'unnamed kept'];
  expect(strangers.toSorted()).toEqual(told);
});

test('a key that was made anew: the old segments still hold, and it is said', async () => {
  write();
  rmSync(join(folder, 'host-key.pem'));
  write();
  const { ok, remarks } = await verifyRecord(folder);
  expect(ok).toBe(true);
  expect(remarks).toMatchObject([{ what: 'other-host' }]);
});

test('a genesis with another key than the segment’s host', async () => {
  const { writer } = write();
  rmSync(join(folder, 'host-key.pem'));
  const other = write();
  const path = listSegments(folder).find((one) => one.writer === writer)?.path ?? '';
  const key = (file: string) => /"key":"([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  edit(path, (all) => all.map((line) => line.replace(key(path), key(other.path))));
  expect((await problems()).map(({ what }) => what)).toContain('forged-genesis');
});

test('a thousand problems are kept, all are counted', async () => {
  const { path } = write();
  edit(path, (all) => all.concat(Array.from({ length: 1500 }, () => all[1] ?? '')));
  const report = await verifyRecord(folder);
  expect(report.problems).toHaveLength(1000);
  expect(report.problemCount).toBeGreaterThan(1500);
});

test('a file of no lines at all is gone through in pieces', async () => {
  const { path } = write();
  writeFileSync(path, Buffer.alloc(3_000_000, 'x'));
  expect((await problems()).map(({ what }) => what)).toContain('forged-genesis');
});
