import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { httpTransport } from '../../hooks/ship-transport.ts';
import { startReceiver, type Receiver } from './receiver.ts';
import { readHeads, shipFolder } from '../../core/audit/cursor.ts';
import { listSegments, openRecord, type NewEvent } from '../../core/audit/index.ts';
import { checkpointsPath } from '../../core/audit/list-segments.ts';
import { buildLine, NO_HEAD } from '../../core/audit/line.ts';
import { formatReceiverKey, parseReceiverKey, readSignedHead } from '../../core/audit/ship-head.ts';
import type { ShipAnswer, ShipTransport } from '../../core/audit/ship-send.ts';
import { countUnshipped, shipRecord, type ShipOptions } from '../../core/audit/ship.ts';

const identity = { actor: 'ada@wks', version: '1.0.0' };
const quick = { receiver: 'r', attempts: 8, baseMs: 1, timeoutMs: 2000 };

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cordon-ship-')), 'record');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** Writes a segment of so many events and seals it. */
function write(count: number, more: Partial<NewEvent> = {}): void {
  // As if each lived for seconds: a moment leaves no checkpoint but the one in its seal.
  const record = openRecord({ folder, identity, limits: { checkpointEvents: 2 } });
  for (let n = 0; n < count; n += 1)
    record.append({ kind: 'commit', path: `src/${n}.py`, ...more });
  record.close();
}

const linesHere = (): string[] =>
  listSegments(folder).flatMap(({ path }) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => `${line}\n`),
  );

const shipTo = (receiver: Receiver, batchBytes = 200_000, more: Partial<ShipOptions> = {}) =>
  shipRecord(folder, httpTransport(receiver.url), {
    ...quick,
    batchBytes,
    receiverKey: receiver.key,
    ...more,
  });

describe('shipping', () => {
  test('brings every line and every checkpoint, once, in batches', async () => {
    await using receiver = await startReceiver();
    write(40);
    write(3);
    const report = await shipTo(receiver, 3000);
    expect(report).toMatchObject({ segments: 2, lines: linesHere().length, alarms: [] });
    expect(report.requests).toBeGreaterThan(5);
    expect(receiver.lines()).toEqual(linesHere());
    expect(receiver.counts.replays).toBe(0);
    for (const segment of listSegments(folder)) {
      const notes = readFileSync(checkpointsPath(segment));
      expect(receiver.segments.get(segment.writer)?.checkpoints.equals(notes)).toBe(true);
    }
    expect(readHeads(folder).map(({ writer, size, head }) => ({ writer, size, head }))).toEqual(
      receiver.heads(),
    );
    expect(countUnshipped(folder, 'r')).toEqual({ segments: 0, bytes: 0 });
    expect(await shipTo(receiver)).toMatchObject({ lines: 0, requests: 0, alarms: [] });
  });

  test('goes on where it was, within a segment that still grows', async () => {
    await using receiver = await startReceiver();
    const record = openRecord({ folder, identity });
    record.append({ kind: 'push' });
    await shipTo(receiver);
    const before = receiver.lines().length;
    record.append({ kind: 'push', verdict: 'block' });
    expect((await shipTo(receiver)).lines).toBe(1);
    record.close();
    await shipTo(receiver);
    expect(receiver.lines()).toEqual(linesHere());
    expect(receiver.lines().length).toBeGreaterThan(before + 1);
    expect(receiver.counts.replays).toBe(0);
  });

  test('a torn tail waits, and is no alarm', async () => {
    await using receiver = await startReceiver();
    write(2);
    const whole = linesHere();
    appendFileSync(listSegments(folder)[0]?.path ?? '', '{"v":1,"w":"');
    expect(await shipTo(receiver)).toMatchObject({ alarms: [] });
    expect(receiver.lines()).toEqual(whole);
  });

  test.each(['gone', 'broken', 'empty'])('a cursor that is %s costs no line twice', async (how) => {
    await using receiver = await startReceiver();
    write(20);
    await shipTo(receiver, 2000);
    const cursor = join(shipFolder(folder, 'r'), `${listSegments(folder)[0]?.writer}.cur`);
    if (how === 'gone') unlinkSync(cursor);
    else writeFileSync(cursor, how === 'broken' ? '{"next":-1,"byte":"x"}' : '');
    expect(await shipTo(receiver, 2000)).toMatchObject({ alarms: [] });
    expect(receiver.lines()).toEqual(linesHere());
    expect(receiver.counts.rejected).toBe(0);
  });

  test('a receiver that lost what it had gets it again', async () => {
    write(20);
    {
      await using first = await startReceiver();
      await shipTo(first, 2000);
    }
    appendLine('push');
    await using second = await startReceiver();
    expect(await shipTo(second, 2000, { again: true })).toMatchObject({ alarms: [] });
    expect(second.lines()).toEqual(linesHere());
  });

  test('what one receiver has is not taken for what another has', async () => {
    await using one = await startReceiver();
    await using two = await startReceiver();
    write(5);
    await shipTo(one);
    await shipTo(two, undefined, { receiver: 'another' });
    expect(two.lines()).toEqual(one.lines());
    expect(readHeads(folder)).toHaveLength(2);
  });

  test('two at once bring each line once', async () => {
    await using receiver = await startReceiver();
    write(60);
    const reports = await Promise.all([shipTo(receiver, 1500), shipTo(receiver, 1500)]);
    expect(reports.flatMap(({ alarms }) => alarms)).toEqual([]);
    expect(receiver.lines()).toEqual(linesHere());
  });

  test('a body that is too large goes in halves', async () => {
    await using receiver = await startReceiver({ limit: 2500 });
    write(30);
    expect(await shipTo(receiver)).toMatchObject({ alarms: [] });
    expect(receiver.lines()).toEqual(linesHere());
  });

  test.each([401, 403, 404])('%d stops at once, and the next run goes on', async (status) => {
    write(3);
    let asked = 0;
    const refuses: ShipTransport = () => Promise.resolve({ status, detail: `${++asked}` });
    expect(await shipRecord(folder, refuses, quick)).toMatchObject({
      lines: 0,
      requests: 1,
      stopped: { why: 'refused' },
    });
    await using receiver = await startReceiver();
    await shipTo(receiver);
    expect(receiver.lines()).toEqual(linesHere());
  });

  test('no answer is waited for longer each time, and then given up', async () => {
    write(3);
    write(3);
    const waits: number[] = [];
    const report = await shipRecord(folder, () => Promise.reject(new Error('ECONNREFUSED')), {
      receiver: 'r',
      attempts: 5,
      baseMs: 100,
      random: () => 1,
      sleep: (ms) => Promise.resolve(waits.push(ms)),
    });
    expect(waits).toEqual([100, 200, 400, 800]);
    // The second segment goes to the same receiver: it is not tried.
    expect(report).toMatchObject({ requests: 5, stopped: { why: 'unreachable' } });
    expect(report.stopped?.detail).toContain('ECONNREFUSED');
  });

  test('a receiver that sends us round in circles is left', async () => {
    write(3);
    const circles: ShipTransport = ({ from }) =>
      Promise.resolve({ status: 409, next: from === 0 ? 1 : 0 } satisfies ShipAnswer);
    const report = await shipRecord(folder, circles, quick);
    expect(report.alarms.map(({ what }) => what)).toContain('shorter');
    expect(report.requests).toBeLessThan(40);
  });

  test.each([
    ['nothing', undefined],
    ['junk', 'junk'],
  ])('a receiver that signs %s is told of', async (_, note) => {
    write(3);
    const mute: ShipTransport = ({ what, body }) =>
      Promise.resolve({
        status: 200,
        next: what === 'lines' ? String(body).split('\n').length - 1 : body.length,
        ...(note !== undefined && { note }),
      });
    expect((await shipRecord(folder, mute, quick)).alarms).toMatchObject([{ what: 'head' }]);
    expect(readHeads(folder)).toEqual([]);
  });

  test('heads signed with another key are not kept', async () => {
    await using receiver = await startReceiver();
    await using other = await startReceiver();
    write(3);
    const report = await shipRecord(folder, httpTransport(receiver.url), {
      ...quick,
      receiverKey: other.key,
    });
    expect(report.alarms).toMatchObject([{ what: 'head' }]);
    expect(readHeads(folder)).toEqual([]);
  });
});

describe('what was shipped and is changed here afterwards', () => {
  const tamper: [string, (path: string) => void, string][] = [
    ['cut', (path) => truncateSync(path, lastLines(path, 3)), 'shorter'],
    ['deleted', (path) => unlinkSync(path), 'gone'],
    ['rewritten', (path) => rewrite(path, 1), 'rejected'],
    ['rewritten to the same length', (path) => rewrite(path, 0), 'rejected'],
  ];
  test.each(tamper)('%s is an alarm at the next run', async (_, change, what) => {
    await using receiver = await startReceiver();
    write(20);
    const segment = listSegments(folder)[0];
    await shipTo(receiver);
    const had = receiver.lines();
    change(segment?.path ?? '');
    // Whoever rewrites a segment also takes away what says how far it was shipped.
    if (what === 'rejected') rmSync(shipFolder(folder, 'r'), { recursive: true });
    const report = await shipTo(receiver);
    expect(report.alarms.map((alarm) => alarm.what)).toContain(what);
    expect(receiver.lines()).toEqual(had);
  });

  test('an alarm about one segment does not hold back the others', async () => {
    await using receiver = await startReceiver();
    write(5);
    await shipTo(receiver);
    rewrite(listSegments(folder)[0]?.path ?? '', 0);
    rmSync(shipFolder(folder, 'r'), { recursive: true });
    write(5);
    const report = await shipTo(receiver);
    expect(report.alarms).toHaveLength(1);
    expect(receiver.segments.size).toBe(2);
    expect(receiver.lines()).toHaveLength(linesHere().length);
  });
});

test('a key of a receiver is read back, and no other', async () => {
  await using receiver = await startReceiver();
  const text = formatReceiverKey(receiver.key);
  expect(parseReceiverKey(text)).toEqual(receiver.key);
  for (const bad of [
    '',
    'x',
    text.replace('+', '-'),
    text.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
  ]) {
    expect(parseReceiverKey(bad)).toBeUndefined();
  }
});

test('a signed head is about its writer alone', async () => {
  await using receiver = await startReceiver();
  write(2);
  await shipTo(receiver);
  const [kept] = readHeads(folder);
  if (kept === undefined) throw new Error('no head was kept');
  expect(readSignedHead(kept.note, kept.writer, receiver.key)).toEqual(receiver.heads()[0]);
  expect(readSignedHead(kept.note, kept.writer.replace(/.$/, '0x'), receiver.key)).toBeUndefined();
  const forged = kept.note.replace(/\n\d+\n/, '\n1\n');
  expect(readSignedHead(forged, kept.writer, receiver.key)).toBeUndefined();
});

function appendLine(kind: NewEvent['kind']): void {
  const record = openRecord({ folder, identity });
  record.append({ kind });
  record.close();
}

function lastLines(path: string, count: number): number {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return Buffer.byteLength(`${lines.slice(0, -count).join('\n')}\n`);
}

/** Takes lines out of the middle and makes the chain anew, as the machine's owner can. */
function rewrite(path: string, fewer: number): void {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  let head = NO_HEAD;
  const kept = lines.filter((_, index) => index < 5 || index >= 5 + fewer);
  const made = kept.map((line, n) => {
    const body = line.slice(0, line.lastIndexOf(',"h":"')).replace(/"n":\d+/, `"n":${n}`);
    const built = buildLine(head, n === 2 ? body.replace('commit', 'create') : body);
    head = built.head;
    return Buffer.from(built.bytes);
  });
  writeFileSync(path, Buffer.concat(made));
}
