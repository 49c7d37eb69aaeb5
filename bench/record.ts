import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments, openRecord, readRecord, verifyRecord } from '../core/audit/index.ts';
import type { EventKind, RecordWriter } from '../core/audit/index.ts';
import { alternate, cpuSeconds, wallSeconds } from './alternate.ts';
import type { Row } from './row.ts';
import { inScratch } from './scratch.ts';

const APPENDS = 5000;
const SYNCED = 200;
const IDENTITY = {
  actor: 'someone@host.example',
  version: '0.1.0',
  repository: 'r-0123456789abcdef',
  home: 'git.lab.example/team/model',
  policy: 'sha256:0123456789abcdef0123456789abcdef',
};

/** What an event costs, against a bare `write` of the same bytes; what `verify` costs, against SHA-256. */
export function benchRecord(): Promise<Row[]> {
  return inScratch(async (dir) => [
    await benchAppend(join(dir, 'unsynced'), 'copy', APPENDS, 3),
    await benchAppend(join(dir, 'synced'), 'push', SYNCED),
    await benchShortLife(join(dir, 'short')),
    ...(await benchVerify(join(dir, 'verify'))),
  ]);
}

async function benchAppend(
  folder: string,
  kind: EventKind,
  count: number,
  atMost?: number,
): Promise<Row> {
  const record = openRecord({ folder, identity: IDENTITY });
  append(record, kind, 1);
  const path = listSegments(folder)[0]?.path ?? '';
  const start = statSync(path).size;
  append(record, kind, 100);
  const line = Buffer.alloc(Math.round((statSync(path).size - start) / 100), 'x');
  const fd = openSync(join(folder, 'bare'), 'ax', 0o600);
  const bare = () => {
    for (let n = 0; n < count; n += 1) {
      writeSync(fd, line);
      if (kind === 'push') fdatasyncSync(fd);
    }
  };
  // Without the disk it is all this process's own work, and others on the machine only stretch the wall time.
  const measure = kind === 'push' ? wallSeconds : cpuSeconds;
  const took = await alternate(12, () => append(record, kind, count), bare, measure);
  closeSync(fd);
  record.close();
  const micro = (seconds: number): string => `${((seconds / count) * 1e6).toFixed(1)} µs`;
  const how = kind === 'push' ? 'write and fdatasync' : 'write';
  return {
    what: `an event of ${line.length} bytes, ${kind === 'push' ? 'synced' : 'not synced'}`,
    ours: micro(took.ours),
    against: `bare ${how}: ${micro(took.against)}`,
    ratio: took.ratio,
    ...(atMost !== undefined && { target: { atMost } }),
  };
}

function append(record: RecordWriter, kind: EventKind, count: number): void {
  for (let number = 0; number < count; number += 1) {
    record.append({
      kind,
      path: 'src/model/attention.py',
      to: 'git.elsewhere.example/someone/notes',
      label: 'restricted',
      verdict: 'allow',
      data: { number },
    });
  }
}

/** What a hook pays that records one push: its segment begun, written and sealed. */
async function benchShortLife(folder: string): Promise<Row> {
  const ours = () => {
    const record = openRecord({ folder, identity: IDENTITY });
    append(record, 'push', 1);
    record.close();
  };
  ours();
  const fd = openSync(join(folder, 'bare'), 'ax', 0o600);
  const bare = () => {
    writeSync(fd, Buffer.alloc(400, 'x'));
    fdatasyncSync(fd);
  };
  const took = await alternate(30, ours, bare);
  closeSync(fd);
  const milli = (seconds: number): string => `${(seconds * 1e3).toFixed(2)} ms`;
  return {
    what: 'a hook’s one push: begun, written, sealed',
    ours: milli(took.ours),
    against: `one write and fdatasync: ${milli(took.against)}`,
    ratio: took.ratio,
  };
}

async function benchVerify(folder: string): Promise<Row[]> {
  const record = openRecord({ folder, identity: IDENTITY });
  append(record, 'copy', 60_000);
  record.close();
  const path = listSegments(folder)[0]?.path ?? '';
  const { size } = statSync(path);
  const sum = () => {
    const hash = createHash('sha256');
    const chunk = Buffer.alloc(1024 * 1024);
    const fd = openSync(path, 'r');
    for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) {
      hash.update(chunk.subarray(0, got));
    }
    closeSync(fd);
    hash.digest();
  };
  const verify = async () => {
    const { ok } = await verifyRecord(folder);
    if (!ok) throw new Error('the record does not hold');
  };
  const read = async () => {
    let seen = 0;
    for await (const _ of readRecord(folder)) seen += 1;
    if (seen < 60_000) throw new Error('events are missing');
  };
  const rows: Row[] = [];
  for (const [what, work] of [
    ['verify', verify],
    ['read', read],
  ] as const) {
    const took = await alternate(8, work, sum, cpuSeconds);
    const speed = (seconds: number): string => `${(size / 1e6 / seconds).toFixed(0)} MB/s`;
    rows.push({
      what: `${what} ${(size / 1e6).toFixed(0)} MB of events`,
      ours: `${speed(took.ours)}, ${(60_000 / took.ours / 1000).toFixed(0)} k events/s`,
      against: `SHA-256 of the same bytes: ${speed(took.against)}`,
      ratio: took.ratio,
    });
  }
  return rows;
}
