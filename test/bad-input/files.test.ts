import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { codeOfOneSentence, expectPlain, makePlace, makeWork, type Place } from './support.ts';

const secret = `token = ${'hf_' + 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}\n`;

describe.each([
  ['in a repository', (place: Place) => makeWork(place)],
  [
    'outside of any',
    (place: Place) => {
      const folder = join(place.root, 'loose');
      mkdirSync(folder);
      return folder;
    },
  ],
])('%s', (_, make) => {
  test('links that lead nowhere or round are told by name, not followed', async () => {
    using place = makePlace();
    const top = make(place);
    symlinkSync('nowhere', join(top, 'dangling'));
    symlinkSync('loop', join(top, 'loop'));
    mkdirSync(join(top, 'node_modules/a/node_modules'), { recursive: true });
    symlinkSync('../..', join(top, 'node_modules/a/node_modules/a'));
    symlinkSync('.', join(top, 'node_modules/self'));
    writeFileSync(join(top, 'node_modules/a/key.txt'), secret);
    const ran = await place.cordon(['scan'], { cwd: top });
    expect(ran).toMatchObject({ code: 1, timedOut: false });
    expect(ran.stdout).toContain('node_modules/a/key.txt:1');
    expectPlain(ran);
    for (const name of ['dangling', 'loop', 'node_modules/self']) {
      expect(await place.cordon(['scan', name], { cwd: top })).toMatchObject({ code: 0 });
      expect(await place.cordon(['explain', name], { cwd: top })).toMatchObject({
        code: make === undefined || top.endsWith('loose') ? 2 : 0,
      });
    }
    expect(codeOfOneSentence(await place.cordon(['scan', 'loop/x'], { cwd: top }))).toBe(4);
    expect(codeOfOneSentence(await place.cordon(['scan', 'nosuch'], { cwd: top }))).toBe(4);
  });

  test('a FIFO, a socket, devices and what the kernel makes up are refused, and nothing hangs', async () => {
    using place = makePlace();
    const top = make(place);
    expect(spawnSync('mkfifo', [join(top, 'fifo')]).status).toBe(0);
    const server = createServer().listen(join(top, 'socket'));
    const paths = [
      'fifo',
      'socket',
      '/dev/zero',
      '/dev/null',
      '/dev/tty',
      '/proc/self/mem',
      '/proc/kmsg',
    ];
    for (const path of paths) {
      const ran = await place.cordon(['scan', path], { cwd: top });
      expect({ path, ...ran }).toMatchObject({ path, code: 4, timedOut: false });
      expect(ran.stdout).toContain('uninspected/unreadable');
      expectPlain(ran);
    }
    const all = await place.cordon(['scan'], { cwd: top });
    expect(all).toMatchObject({ code: top.endsWith('loose') ? 4 : 0, timedOut: false });
    server.close();
  });

  test('names of any bytes are looked at, and never reach the terminal raw', async () => {
    using place = makePlace();
    const top = make(place);
    const names = [
      Buffer.from('caf\xe9.txt', 'latin1'),
      Buffer.from('two\nlines.txt'),
      Buffer.from('\x1b[31mred\x1b]0;title\x07.txt'),
      Buffer.from('bell\x07\x9b31m.txt', 'latin1'),
      Buffer.from('rtl\u202egpj.txt'),
      Buffer.from(' -rf $(touch pwned) `id`.txt'),
      Buffer.from('--output=x.txt'),
    ];
    for (const name of names) {
      writeFileSync(Buffer.concat([Buffer.from(`${top}/`), name]), secret);
    }
    const ran = await place.cordon(['scan', '--format', 'json'], { cwd: top });
    expect(ran).toMatchObject({ code: 1, timedOut: false });
    const { findings } = JSON.parse(ran.stdout) as {
      findings: { kind: string; pathBytes?: string }[];
    };
    expect(findings.filter(({ kind }) => kind === 'secret')).toHaveLength(names.length);
    expect(findings.map(({ pathBytes }) => pathBytes)).toContain(names[0]?.toString('base64'));
    const text = await place.cordon(['scan'], { cwd: top });
    expect(text.code).toBe(1);
    expectPlain(text);
    for (const given of ['\x1b[31mno\x07', 'no\nsuch', '\u202eon']) {
      expect(codeOfOneSentence(await place.cordon(['scan', given], { cwd: top }))).toBe(4);
    }
  });
});

test('a path of 5,000 characters', async () => {
  using place = makePlace();
  const top = makeWork(place);
  for (const long of ['a'.repeat(5000), 'a/'.repeat(2500), '../'.repeat(1666) + 'a']) {
    expect(codeOfOneSentence(await place.cordon(['scan', long], { cwd: top }))).toBe(4);
    const explain = await place.cordon(['explain', long], { cwd: top });
    expect(explain).toMatchObject({ code: long.startsWith('..') ? 2 : 0, timedOut: false });
    expectPlain(explain);
    expect(codeOfOneSentence(await place.cordon(['scan', '--repo', long], { cwd: top }))).toBe(2);
  }
});

interface Lie {
  readonly size?: number;
  readonly packed?: number;
  readonly offset?: number;
  readonly method?: number;
  readonly count?: number;
  readonly said?: number;
}

/** A zip of one entry, deflated, whose central directory may tell lies. */
function zipOf(name: string, content: Buffer, lie: Lie = {}): Buffer {
  const data = deflateRawSync(content, { level: 9 });
  const sum = crc32(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(sum, 14);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(content.length, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(lie.method ?? 8, 10);
  central.writeUInt32LE(sum, 16);
  central.writeUInt32LE(lie.packed ?? data.length, 20);
  central.writeUInt32LE(lie.size ?? content.length, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE(lie.offset ?? 0, 42);
  const count = lie.count ?? 1;
  const entries = Array.from({ length: count }, () => [central, Buffer.from(name)]).flat();
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(lie.said ?? count, 8);
  end.writeUInt16LE(lie.said ?? count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(30 + name.length + data.length, 16);
  return Buffer.concat([local, Buffer.from(name), data, directory, end]);
}

const bomb = zipOf('zeros.bin', Buffer.alloc(300 * 1024 * 1024));

function nest(inner: Buffer, depth: number): Buffer {
  let zip = inner;
  for (let level = 0; level < depth; level += 1) zip = zipOf('inner.zip', zip);
  return zip;
}

const hostile: Record<string, { readonly zip: Buffer; readonly codes: readonly number[] }> = {
  'three hundred megabytes of zeros': { zip: bomb, codes: [0, 4] },
  'the same, four deep': { zip: nest(bomb, 4), codes: [0, 4] },
  'sixty deep': { zip: nest(Buffer.from('x'), 60), codes: [4] },
  'a thousand entries that share the same bytes': {
    zip: zipOf('zeros.bin', Buffer.alloc(50 * 1024 * 1024), { count: 1000 }),
    codes: [0, 4],
  },
  'a header that says it is small': {
    zip: zipOf('a.txt', Buffer.alloc(1 << 20, secret), { size: 3 }),
    codes: [1, 4],
  },
  'a header that says it is huge': {
    zip: zipOf('a.txt', Buffer.from(secret), { size: 0xffff_fff0 }),
    codes: [1, 4],
  },
  'a header that leads outside': {
    zip: zipOf('a.txt', Buffer.from(secret), { offset: 0x7fff_ffff }),
    codes: [1, 4],
  },
  'a header that says it is stored': {
    zip: zipOf('a.txt', Buffer.from(secret), { method: 0 }),
    codes: [1, 4],
  },
  'a packing nobody knows': {
    zip: zipOf('a.txt', Buffer.from(secret), { method: 99 }),
    codes: [1, 4],
  },
  'more entries than are there': {
    zip: zipOf('a.txt', Buffer.from(secret), { said: 0xfffe }),
    codes: [1, 4],
  },
};

describe.each(Object.entries(hostile))('a zip with %s', (_, { zip, codes }) => {
  test('is looked at or told, within bounds, on disk and in a push', async () => {
    using place = makePlace();
    const top = makeWork(place);
    place.git(place.root, 'init', '-q', '--bare', 'remote.git');
    writeFileSync(join(top, 'a.zip'), zip);
    const nodeOptions = ['--max-old-space-size=192'];
    const scan = await place.cordon(['scan'], { cwd: top, nodeOptions });
    expect({
      code: scan.code,
      isExpected: codes.includes(scan.code),
      timedOut: scan.timedOut,
    }).toEqual({
      code: scan.code,
      isExpected: true,
      timedOut: false,
    });
    expectPlain(scan);
    place.git(top, 'add', '.');
    place.git(top, 'commit', '-q', '--no-verify', '-m', 'zip');
    const tip = place.git(top, 'rev-parse', 'HEAD');
    const push = await place.cordon(
      ['hook', 'pre-push', 'origin', join(place.root, 'remote.git')],
      {
        cwd: top,
        nodeOptions,
        input: [Buffer.from(`refs/heads/main ${tip} refs/heads/main ${'0'.repeat(40)}\n`)],
      },
    );
    expect({ code: push.code, timedOut: push.timedOut }).toEqual({
      code: scan.code,
      timedOut: false,
    });
    expectPlain(push);
  });
});

test('a file that a folder replaced, and the other way round, are no error', async () => {
  using place = makePlace();
  const top = makeWork(place);
  mkdirSync(join(top, 'was-folder'));
  writeFileSync(join(top, 'was-folder/a.txt'), 'x\n');
  writeFileSync(join(top, 'was-file'), 'x\n');
  place.git(top, 'add', '.');
  place.git(top, 'commit', '-q', '--no-verify', '-m', 'x');
  renameSync(join(top, 'was-folder'), join(place.root, 'moved'));
  renameSync(join(top, 'was-file'), join(top, 'was-folder'));
  mkdirSync(join(top, 'was-file'));
  writeFileSync(join(top, 'was-file/key.txt'), secret);
  const ran = await place.cordon(['scan'], { cwd: top });
  expect(ran).toMatchObject({ code: 1, timedOut: false });
});
