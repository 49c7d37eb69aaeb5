import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  checkpointText,
  hostKeyName,
  originOf,
  readCheckpoint,
  signCheckpoint,
  walkCheckpoints,
} from './checkpoint.ts';
import type { CheckpointEntry } from './checkpoint.ts';
import { loadHostKey } from './host-key.ts';
import { isSignedBy, parseNote } from './note.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const covers = { lines: 345, head: 'B'.repeat(43) };
const checkpoint = { origin: originOf('w'), size: 12, root: Buffer.alloc(32, 7), ...covers };
const text = checkpointText(checkpoint);

test('a checkpoint is signed by the host and read back', () => {
  const key = loadHostKey(join(folder, 'record'));
  const note = parseNote(signCheckpoint(checkpoint, key));
  expect(note?.text).toBe(text);
  expect(note && readCheckpoint(note.text)).toEqual(checkpoint);
  expect(note && isSignedBy(note, hostKeyName(key.host), key.publicKey)).toBe(true);
});

test.each([
  ['another extension line', `${text}more\n`],
  ['no extension line', text.split('\n').slice(0, 3).join('\n') + '\n'],
  ['a head that is too short', text.replace('BB', 'B')],
  ['no lines', text.replace('345', '0')],
  ['no leaves', text.replace('12', '0')],
  ['a size with a zero before', text.replace('12', '012')],
  ['a negative size', text.replace('12', '-12')],
  ['a size beyond counting', text.replace('12', '9'.repeat(20))],
  ['a root of 31 bytes', text.replace(/\n.{44}\n/, `\n${Buffer.alloc(31).toString('base64')}\n`)],
  ['a root that is not canonical', text.replace(/.=\n/, 'd=\n')],
  ['no origin', text.replace(checkpoint.origin, '')],
  ['no last newline', text.slice(0, -1)],
])('not a checkpoint: %s', (_what, wrong) => {
  expect(readCheckpoint(wrong)).toBeUndefined();
});

test('in a file: a torn end is told apart from a wrong middle', () => {
  const key = loadHostKey(join(folder, 'record'));
  const one = `${signCheckpoint(checkpoint, key)}\n`;
  const read = (file: string) => {
    const entries: CheckpointEntry[] = [];
    return { bad: walkCheckpoints(Buffer.from(file), (entry) => entries.push(entry)), entries };
  };
  const bytes = Buffer.byteLength(one);
  expect(read(one + one)).toMatchObject({ entries: [{ byte: 0 }, { byte: bytes }] });
  expect(read(one + one).bad).toBeUndefined();
  expect(read(one + one.slice(0, 30))).toMatchObject({ bad: { byte: bytes, atEnd: true } });
  const middle = one + one.replace('12', '?2') + one;
  expect(read(middle)).toMatchObject({ bad: { byte: bytes, atEnd: false } });
  expect(read(middle).entries).toHaveLength(2);
});
