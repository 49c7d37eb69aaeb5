import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CordonError } from '../../../error.ts';
import { openCatalogue } from './catalogue.ts';
import { encodeGeneration } from './generation-file.ts';
import {
  folderOf,
  latestCounter,
  makeIndexFolder,
  nextCounter,
  readGeneration,
  readManifest,
  sweepFolder,
  writeGeneration,
} from './index-folder.ts';
import { paddedSize } from './seal.ts';
import { addSecret, forgetOldSecret, makeSecrets, readSecrets } from './secret.ts';
import { fileOf, manifestOf } from './store.fixture.ts';

let dataFolder: string;
let folder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'cordon-test-'));
  folder = folderOf(dataFolder, 'a'.repeat(32));
});
afterEach(() => {
  rmSync(dataFolder, { recursive: true, force: true });
});

function secretHere(): Buffer {
  makeIndexFolder(folder);
  return makeSecrets(folder).secrets.secrets[0];
}

function write(counter: number, content = 'content'): string {
  const secret = secretHere();
  const files = [fileOf(secret, 'src/model/a.py', content)];
  const text = Buffer.from(`text of ${content}`);
  return writeGeneration(folder, secret, { manifest: manifestOf(counter, files), text }).name;
}

const open = () => openCatalogue(dataFolder, decode);
const decode = ({ text }: { text: Buffer }) => text.toString();
/** The code of what a call throws; `none` where it throws nothing. */
function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof CordonError ? error.code : 'other';
  }
}
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('a generation comes back as it was written, for its owner alone', () => {
  const name = write(7);
  expect(readGeneration(folder)).toEqual({
    manifest: manifestOf(7, [fileOf(secretHere(), 'src/model/a.py', 'content')]),
    text: Buffer.from('text of content'),
  });
  expect(readManifest(folder)).toEqual(readGeneration(folder)?.manifest);
  expect(modeOf(folder)).toBe(0o700);
  expect(modeOf(join(folder, '..'))).toBe(0o700);
  for (const file of ['key', name, 'current']) expect(modeOf(join(folder, file))).toBe(0o600);
});

test('no bit of a generation file may be another', () => {
  const name = write(7);
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const places = [...Array(40).keys(), ...Array.from({ length: 60 }, (_, i) => i * 977 + 40)];
  for (const at of [...places, bytes.length - 1].filter((place) => place < bytes.length)) {
    const torn = Buffer.from(bytes);
    torn.writeUInt8(torn.readUInt8(at) ^ (1 << (at % 8)), at);
    writeFileSync(path, torn);
    expect(['copies.bad-file', 'copies.wrong-key']).toContain(codeOf(() => readGeneration(folder)));
  }
  for (const length of [0, 1, 23, 24, 100, bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, length));
    expect(() => readGeneration(folder)).toThrow(
      expect.objectContaining({ code: 'copies.bad-file' }),
    );
    expect(open()).toMatchObject({ members: [], unreadable: [{ code: 'copies.bad-file' }] });
  }
});

test('the two parts of a file cannot come from two generations', () => {
  const secret = secretHere();
  const files = [fileOf(secret, 'a', 'content')];
  const [one, two] = [1, 2].map((counter) =>
    encodeGeneration(secret, { manifest: manifestOf(counter, files), text: Buffer.from('text') }),
  );
  const name = write(1);
  const mixed = Buffer.concat([...(one ?? []).slice(0, 2), ...(two ?? []).slice(2)]);
  writeFileSync(join(folder, name), mixed);
  expect(readManifest(folder)?.counter).toBe(1);
  expect(() => readGeneration(folder)).toThrow(
    expect.objectContaining({ code: 'copies.bad-file' }),
  );
});

test('another format, a lost key and a wrong key are told apart', () => {
  const name = write(7);
  const bytes = readFileSync(join(folder, name));
  const newer = Buffer.from(bytes);
  newer.writeUInt32LE(9, 8);
  writeFileSync(join(folder, name), newer);
  expect(open().unreadable).toMatchObject([{ code: 'copies.bad-file', reason: 'version' }]);
  writeFileSync(join(folder, name), bytes);
  rmSync(join(folder, 'key'));
  expect(open().unreadable).toMatchObject([{ code: 'copies.no-key' }]);
  makeSecrets(folder);
  expect(open().unreadable).toMatchObject([{ code: 'copies.wrong-key' }]);
  writeFileSync(join(folder, 'key'), 'nonsense');
  expect(open().unreadable).toMatchObject([{ code: 'copies.no-key', reason: 'damaged' }]);
  writeFileSync(join(folder, 'current'), '../../elsewhere');
  expect(open().unreadable).toMatchObject([{ code: 'copies.bad-file' }]);
});

test('a key that others may read is closed again', () => {
  write(7);
  chmodSync(join(folder, 'key'), 0o644);
  expect(readSecrets(folder)?.secrets).toHaveLength(1);
  expect(modeOf(join(folder, 'key'))).toBe(0o600);
});

test('the catalogue opens every index, once, and its key changes with any of them', () => {
  expect(openCatalogue(join(dataFolder, 'none'), decode)).toMatchObject({
    members: [],
    unreadable: [],
  });
  write(7);
  const other = folderOf(dataFolder, `imported-${'c'.repeat(32)}`);
  makeIndexFolder(other);
  const { secrets } = makeSecrets(other).secrets;
  const manifest = manifestOf(3, [
    fileOf(
      secrets[0],
      'b',
      'another content, long enough to tell something of itself, as 64 bytes do',
    ),
  ]);
  writeGeneration(other, secrets[0], { manifest, text: Buffer.from('other') });
  mkdirSync(folderOf(dataFolder, 'not-an-index'));
  const first = open();
  expect(first.members.map(({ name, imported }) => [name, imported])).toEqual([
    ['a'.repeat(32), false],
    [`imported-${'c'.repeat(32)}`, true],
  ]);
  expect(first.indexes).toEqual(['text of content', 'other']);
  const [file] = manifest.files;
  expect(first.exact.bySha256(file?.sha256 ?? '')).toMatchObject([
    { path: 'b', label: 'restricted' },
  ]);
  expect(first.exact.byBlob(file?.blobs[0] ?? '')).toHaveLength(1);
  // "content" is too short to tell anything.
  expect(first.exact.hasSize('content'.length)).toBe(false);
  const again = open();
  expect(again.key).toBe(first.key);
  expect(again.members[0]).toBe(first.members[0]);
  write(8);
  expect(open().key).not.toBe(first.key);
});

test('a folder that is a link is told and never written to', () => {
  const elsewhere = join(dataFolder, 'elsewhere');
  mkdirSync(elsewhere);
  mkdirSync(join(dataFolder, 'copies'));
  symlinkSync(elsewhere, folder);
  expect(() => makeIndexFolder(folder)).toThrow(expect.objectContaining({ code: 'io.unwritable' }));
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(open().unreadable).toMatchObject([{ code: 'copies.bad-file', reason: 'foreign' }]);
});

test('older generations go when nobody can be reading them, and leftovers too', () => {
  const old = write(1);
  const young = write(2);
  const current = write(3);
  writeFileSync(join(folder, 'unfinished-current-x'), '');
  const then = new Date(Date.now() - 11 * 60_000);
  for (const name of [old, current, 'unfinished-current-x'])
    utimesSync(join(folder, name), then, then);
  sweepFolder(folder, Date.now());
  expect(readdirSync(folder).sort()).toEqual(['current', young, current, 'key'].sort());
});

test('counters only grow, also when the clock goes back or the pointer is damaged', () => {
  write(1000);
  expect(nextCounter(folder, 5)).toBe(1001);
  expect(nextCounter(folder, 2000)).toBe(2000);
  writeFileSync(join(folder, 'current'), 'x');
  expect(latestCounter(folder)).toBe(1000);
});

test('during a rotation both secrets open, and the old one is forgotten when it has aged', () => {
  write(1);
  const rotated = addSecret(folder);
  expect(rotated.secrets).toHaveLength(2);
  expect(readGeneration(folder)?.manifest.counter).toBe(1);
  forgetOldSecret(folder, Date.now());
  expect(readSecrets(folder)?.secrets).toHaveLength(2);
  forgetOldSecret(folder, Date.now() + 11 * 60_000);
  expect(readSecrets(folder)).toEqual({ signing: rotated.signing, secrets: [rotated.secrets[0]] });
  expect(open().unreadable).toMatchObject([{ code: 'copies.wrong-key' }]);
});

describe('whoever has the files without the key', () => {
  const words = ['attention', 'restricted', 'src/model/attention.py', 'forward', 'rows'];
  const content = Array.from({ length: 4000 }, (_, i) => words[i % words.length]).join(' ');

  test('finds no name, hash, id or word of what is registered, in any spelling', () => {
    const secret = secretHere();
    const file = fileOf(secret, 'src/model/attention.py', content);
    const text = Buffer.from(content);
    const { name } = writeGeneration(folder, secret, { manifest: manifestOf(7, [file]), text });
    const bytes = Buffer.concat([name, 'current'].map((one) => readFileSync(join(folder, one))));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(file.size);
    const guesses = [...words, file.id, file.sha256, ...file.blobs, file.id.slice(4)];
    const spelled = guesses.flatMap((guess) => [
      Buffer.from(guess),
      Buffer.from(guess, 'utf16le'),
      Buffer.from(Buffer.from(guess).toString('base64').slice(0, -3)),
      ...(/^[0-9a-f]{16,}$/.test(guess) ? [Buffer.from(guess, 'hex')] : []),
    ]);
    for (const guess of spelled)
      expect({ guess, at: bytes.indexOf(guess) }).toEqual({ guess, at: -1 });
    expect(readdirSync(folder).join()).not.toContain(file.id);
  });

  test('cannot test a guess: the same index is other bytes each time, and other keys open none', () => {
    const secret = secretHere();
    const generation = {
      manifest: manifestOf(7, [fileOf(secret, 'a', content)]),
      text: Buffer.from(content),
    };
    const [one, two] = [1, 2].map(() => Buffer.concat(encodeGeneration(secret, generation)));
    const tail = (bytes: Buffer | undefined) => bytes?.subarray(24).toString('latin1');
    expect(tail(one)).not.toBe(tail(two));
    // Ids are of the secret: who makes an index of the same path elsewhere gets another one.
    const other = randomBytes(32);
    expect(fileOf(other, 'a', content).id).not.toBe(fileOf(secret, 'a', content).id);
  });

  test('learns next to nothing from the size', () => {
    const secret = secretHere();
    const sizeWith = (length: number) => {
      const files = [fileOf(secret, 'a', content)];
      const generation = { manifest: manifestOf(7, files), text: Buffer.alloc(length) };
      return Buffer.concat(encodeGeneration(secret, generation)).length;
    };
    const sizes = new Set(Array.from({ length: 200 }, (_, i) => sizeWith(1 + i * 150)));
    expect(sizes.size).toBe(1);
    const near = new Set(Array.from({ length: 200 }, (_, i) => paddedSize(12_000_000 + i * 1000)));
    expect(near.size).toBeLessThanOrEqual(2);
    for (const size of [40_000, 1e6, 12e6, 9e8]) {
      expect(paddedSize(size)).toBeGreaterThanOrEqual(size);
      expect(paddedSize(size) / size).toBeLessThan(1.12);
    }
  });
});

describe('disks that take nothing', () => {
  test('a read-only data folder', () => {
    const readOnly = join(dataFolder, 'file');
    writeFileSync(readOnly, '');
    expect(() => makeIndexFolder(folderOf(readOnly, 'a'.repeat(32)))).toThrow(
      expect.objectContaining({ code: 'io.unwritable' }),
    );
  });

  test('a full disk leaves the generation before', () => {
    const place = join(dataFolder, 'full');
    mkdirSync(place);
    const mount = ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place];
    const isMounted = process.getuid?.() === 0 && spawnSync('mount', mount).status === 0;
    try {
      const there = folderOf(place, 'a'.repeat(32));
      makeIndexFolder(there);
      const [secret] = makeSecrets(there).secrets.secrets;
      const manifest = manifestOf(1, [fileOf(secret, 'a', 'content')]);
      writeGeneration(there, secret, { manifest, text: Buffer.from('first') });
      const before = readdirSync(there).sort();
      const large = { manifest: manifestOf(2, manifest.files), text: randomBytes(400_000) };
      // Anyone but root cannot mount one: there, a folder that is gone stands for it.
      const where = isMounted ? there : join(there, 'gone');
      expect(codeOf(() => writeGeneration(where, secret, large))).toBe(
        isMounted ? 'io.disk-full' : 'io.unwritable',
      );
      expect(readdirSync(there).sort()).toEqual(before);
      expect(readGeneration(there)?.text.toString()).toBe('first');
    } finally {
      if (isMounted) spawnSync('umount', [place]);
    }
  });
});

describe('several processes', () => {
  const loop = join(import.meta.dirname, 'write-loop.fixture.ts');
  const children = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
  });

  /** Starts one that writes without end, and waits till it does. */
  function start(name: string): Promise<{ child: ChildProcess; ended: Promise<void> }> {
    const child = spawn(process.execPath, [loop, folder, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(child);
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.stdout.once('data', () => resolve({ child, ended }));
    });
  }

  test(
    'that write at once and are killed at random leave a whole generation, always',
    { timeout: 180_000 },
    async () => {
      const between: number[] = [];
      const left: string[] = [];
      for (let round = 0; round < 25; round += 1) {
        const pair = await Promise.all(['one', 'two'].map(start));
        // Read in between, as a hook does beside a registration.
        const until = Date.now() + 5 + Math.random() * 60;
        while (Date.now() < until) {
          between.push(readGeneration(folder)?.text.length ?? 300_000);
          await new Promise((resolve) => setTimeout(resolve, 3));
        }
        for (const { child } of pair) child.kill('SIGKILL');
        await Promise.all(pair.map(({ ended }) => ended));
        const { manifest, text } = readGeneration(folder) ?? {};
        const [name] = manifest?.files.map(({ path }) => path) ?? [];
        if (name !== undefined)
          left.push(text?.toString('utf8', 0, name.length) === name ? 'whole' : name);
        // Old ones are swept after minutes; the test has not that long, nor the disk.
        const current = existsSync(join(folder, 'current'))
          ? readFileSync(join(folder, 'current'), 'latin1').trim()
          : '';
        for (const name of readdirSync(folder)) {
          if (name.endsWith('.cdx') && name !== current) rmSync(join(folder, name));
        }
      }
      expect(new Set(between)).toEqual(new Set([300_000]));
      expect(new Set(left)).toEqual(new Set(['whole']));
      expect(left.length).toBeGreaterThan(20);
      expect(open().unreadable).toEqual([]);
      expect(existsSync(join(folder, 'key'))).toBe(true);
    },
  );
});
