import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { UninspectedFact } from '../model.ts';
import { bufferSource } from '../source/buffer-source.ts';
import { createBudget } from './budget.ts';
import { SKIP_REGION_BYTES, WHOLE_LAYER_BYTES, type Layer } from './layer.ts';
import { openLayers } from './open-layers.ts';
import type { OpenOptions } from './opening.ts';
import { tarOf, u16, u32, zipOf } from './testing.ts';

const payload = Buffer.from(`TOKEN=tok_${'Abc9'.repeat(9)}`);
const MIB = 1024 * 1024;

interface Opened {
  readonly ways: readonly string[];
  readonly facts: readonly UninspectedFact[];
}

/** The ways of the inner layers that hold `needle`, and all facts. */
async function open(
  bytes: Buffer,
  {
    needle = payload,
    onLayer = () => undefined,
    ...options
  }: Partial<OpenOptions> & {
    needle?: Buffer;
    onLayer?: (layer: Layer) => void;
  } = {},
): Promise<Opened> {
  const ways: string[] = [];
  const facts: UninspectedFact[] = [];
  const budget = createBudget({ sourceBytes: bytes.length });
  for await (const item of openLayers(bufferSource(bytes), { budget, ...options })) {
    if ('kind' in item) facts.push(item);
    else {
      onLayer(item);
      const content = item.bytes ?? (await item.source.read(0, item.source.size));
      if (item.depth > 0 && content.includes(needle)) ways.push(item.way);
    }
  }
  return { ways, facts };
}

const zip = (options: object = {}) => zipOf([{ name: 'data.pkl', data: payload, ...options }]);

test('both names of an entry lead to its data', async () => {
  expect(await open(zip({ centralName: 'other' }))).toEqual({
    ways: ['other|data.pkl'],
    facts: [],
  });
});

test.each([0, 8] as const)(
  'flags that claim encryption hide nothing (method %i)',
  async (method) => {
    expect(await open(zip({ flags: 1, method }))).toMatchObject({
      ways: [expect.anything()],
      facts: [],
    });
  },
);

/** Bytes that do not compress. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from(
      { length },
      () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24,
    ),
  );
}

test('what is really encrypted is a fact', async () => {
  for (const method of [0, 8] as const) {
    const bytes = zipOf([{ name: 'a', data: noise(64), method: 0, flags: 1, crc: 1 }]);
    // Both records name the method.
    bytes.writeUInt16LE(method, 8);
    bytes.writeUInt16LE(method, bytes.indexOf('PK\u0001\u0002', 0, 'latin1') + 10);
    expect((await open(bytes)).facts).toMatchObject([{ rule: 'encrypted' }]);
  }
});

test('a wrong checksum hides nothing', async () => {
  expect(await open(zip({ crc: 0x12345678 }))).toEqual({ ways: ['data.pkl'], facts: [] });
});

test('a size that lies hides nothing', async () => {
  for (const size of [0, 1, 0xfffffff0]) {
    const bytes = zip();
    bytes.writeUInt32LE(size, 22);
    bytes.writeUInt32LE(size, bytes.indexOf('PK\u0001\u0002', 0, 'latin1') + 24);
    expect((await open(bytes)).ways).toEqual(['data.pkl']);
  }
});

test('methods that differ between the two headers are both tried', async () => {
  const bytes = zip();
  bytes.writeUInt16LE(0, 8);
  expect((await open(bytes)).ways).toEqual(['data.pkl']);
});

test('a method that nobody here knows is a fact', async () => {
  const bytes = zip();
  bytes.writeUInt16LE(93, 8);
  bytes.writeUInt16LE(93, bytes.indexOf('PK\u0001\u0002', 0, 'latin1') + 10);
  expect((await open(bytes)).facts).toMatchObject([{ rule: 'unsupported' }]);
});

test('of zips that are joined each is opened', async () => {
  const second = zipOf([{ name: 'second', data: Buffer.from('nothing') }]);
  expect((await open(Buffer.concat([zip(), second]))).ways).toEqual(['data.pkl']);
});

test('a first entry that is broken hides none that follows', async () => {
  const bytes = zipOf([
    { name: 'broken', data: Buffer.from('some text that is deflated') },
    { name: 'data.pkl', data: payload },
  ]);
  bytes.fill(0xff, 30 + 6, 30 + 6 + 8);
  const { ways, facts } = await open(bytes);
  expect(ways).toEqual(['data.pkl']);
  expect(facts).toMatchObject([{ rule: 'malformed', detail: 'broken' }]);
});

test('zip64 records and data descriptors are read', async () => {
  const name = Buffer.from('big');
  const deflated = deflateRawSync(payload);
  const fixed = Buffer.concat([u16(45, 8, 8, 0, 0)]);
  const local = Buffer.concat([
    Buffer.from('PK\u0003\u0004', 'latin1'),
    fixed,
    u32(0, 0, 0),
    u16(name.length, 0),
    name,
    deflated,
    Buffer.from('PK\u0007\u0008', 'latin1'),
    u32(crc32(payload), deflated.length, payload.length),
  ]);
  const prefix = Buffer.from('#!/usr/bin/env python3\n');
  const wide = Buffer.alloc(24);
  wide.writeBigUInt64LE(BigInt(payload.length), 0);
  wide.writeBigUInt64LE(BigInt(deflated.length), 8);
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002', 'latin1'),
    u16(45),
    fixed,
    u32(crc32(payload), 0xffffffff, 0xffffffff),
    u16(name.length, 28, 0, 0, 0, 0, 0),
    u32(0xffffffff),
    name,
    u16(1, 24),
    wide,
  ]);
  const end64 = Buffer.alloc(56);
  end64.write('PK\u0006\u0006', 'latin1');
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(central.length), 40);
  end64.writeBigUInt64LE(BigInt(local.length), 48);
  const locator = Buffer.concat([
    Buffer.from('PK\u0006\u0007', 'latin1'),
    u32(0, local.length + central.length, 0, 1),
  ]);
  const end = Buffer.concat([
    Buffer.from('PK\u0005\u0006', 'latin1'),
    u16(0, 0, 0xffff, 0xffff),
    u32(0xffffffff, 0xffffffff),
    u16(0),
  ]);
  const bytes = Buffer.concat([prefix, local, central, end64, locator, end]);
  expect(await open(bytes)).toEqual({ ways: ['big'], facts: [] });
});

test('ordinary tools make archives that open without a fact', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-test-'));
  try {
    const long = `${'folder/'.repeat(20)}name`;
    writeFileSync(join(folder, 'a'), payload);
    writeFileSync(join(folder, 'b'), Buffer.alloc(70_000, 'text '));
    for (const format of ['ustar', 'pax', 'gnu', 'oldgnu', 'v7']) {
      const args = ['-C', folder, `--format=${format}`];
      const rename = format === 'v7' || format === 'ustar' ? [] : [`--transform=s,^a$,${long},`];
      const bytes = execFileSync('tar', ['-c', ...args, ...rename, 'a', 'b']);
      const { ways, facts } = await open(bytes);
      expect([format, ways, facts]).toEqual([format, [rename.length > 0 ? long : 'a'], []]);
      expect((await open(gzipSync(bytes))).facts).toEqual([]);
    }
    execFileSync('python3', [
      '-c',
      'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)\nz.write(sys.argv[2],"in/a")\nwith z.open("s","w",force_zip64=True) as f: f.write(b"x"*70000)\nz.close()',
      join(folder, 'z.zip'),
      join(folder, 'a'),
    ]);
    expect(await open(readFileSync(join(folder, 'z.zip')))).toEqual({ ways: ['in/a'], facts: [] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a sparse member is a fact', async () => {
  const bytes = tarOf([{ name: 'holes', data: payload, type: 'S' }]);
  expect((await open(bytes)).facts).toMatchObject([{ rule: 'unsupported' }]);
});

test('what follows the end of a tar is seen', async () => {
  const bytes = Buffer.concat([
    tarOf([{ name: 'a', data: Buffer.from('x') }]),
    tarOf([{ name: 'b', data: gzipSync(payload) }]),
  ]);
  expect((await open(bytes)).ways).toEqual(['b!gzip']);
});

test.each(['7z', 'xz', 'bz2', 'zst', 'lz4', 'rar'])(
  '%s is a fact, a name for it is none',
  async (kind) => {
    const bodies: Record<string, Buffer> = {
      '7z': sevenZip(),
      xz: Buffer.concat([Buffer.from('fd377a585a000004e6d6b446', 'hex'), Buffer.alloc(40, 9)]),
      bz2: Buffer.concat([Buffer.from('BZh91AY&SY'), Buffer.alloc(40, 9)]),
      zst: Buffer.concat([Buffer.from('28b52ffd2004210000', 'hex'), Buffer.alloc(40, 9)]),
      lz4: Buffer.concat([Buffer.from('04224d18604082', 'hex'), Buffer.alloc(40, 9)]),
      rar: Buffer.from('526172211a0701003392b5e50a01050600050101808000', 'hex'),
    };
    const body = bodies[kind] ?? Buffer.alloc(0);
    expect((await open(body)).facts).toMatchObject([{ rule: 'unsupported' }]);
    expect((await open(Buffer.from(`magic: ${kind} PK BZh Rar! 7z\n`))).facts).toEqual([]);
  },
);

function sevenZip(): Buffer {
  const start = Buffer.alloc(20, 1);
  return Buffer.concat([
    Buffer.from('377abcaf271c0004', 'hex'),
    u32(crc32(start)),
    start,
    Buffer.alloc(60, 3),
  ]);
}

test('a broken gzip gives what came before the break, and a fact', async () => {
  const long = Buffer.concat([payload, noise(90_000)]);
  const whole = gzipSync(long);
  const cut = await open(whole.subarray(0, 60_000));
  expect(cut).toMatchObject({ ways: ['gzip'], facts: [{ rule: 'malformed' }] });
  const corrupt = Buffer.from(whole);
  corrupt.fill(0xff, 60_000, 60_500);
  const { ways } = await open(corrupt);
  expect(ways).toEqual(['gzip']);
});

test('containers too large for memory are opened too', async () => {
  const filler = Buffer.alloc(WHOLE_LAYER_BYTES + 100, 'filler ');
  for (const [way, bytes] of [
    [
      'b',
      tarOf([
        { name: 'a', data: filler },
        { name: 'b', data: payload },
      ]),
    ],
    [
      'b',
      zipOf([
        { name: 'a', data: filler, method: 0 },
        { name: 'b', data: payload },
      ]),
    ],
    ['gzip', gzipSync(Buffer.concat([filler, payload]))],
    ['gzip', Buffer.concat([Buffer.alloc(5 * MIB), gzipSync(payload)])],
    ['base64', Buffer.concat([filler, Buffer.from(`\nk: ${payload.toString('base64')}\n`)])],
    [
      'escapes',
      Buffer.concat([filler, Buffer.from(`\nk: ${payload.toString().replaceAll('A', '\\x41')}\n`)]),
    ],
    ['utf-16le', Buffer.from(`${filler.toString()}${payload.toString()}`, 'utf16le')],
    [
      'base64',
      Buffer.from(Buffer.concat([filler, payload]).toString('base64').replace(/.{76}/gu, '$&\n')),
    ],
    ['hex', Buffer.from(`x = ${Buffer.concat([filler, payload]).toString('hex')}\nend`)],
  ] as const) {
    const { ways, facts } = await open(bytes);
    expect([way, ways.at(-1), facts]).toEqual([way, way, []]);
  }
});

test('the line of a run is told in the outermost text', async () => {
  const origins: unknown[] = [];
  const code = `first\nsecond\n  key: "${Buffer.from(gzipSync(payload)).toString('base64')}"\n`;
  await open(Buffer.from(code), { onLayer: ({ origin }) => origins.push(origin) });
  expect(origins).toEqual([undefined, { line: 3, column: 9 }, { line: 3, column: 9 }]);
});

test('what a detector has accounted for is not opened', async () => {
  const tensors = Buffer.alloc(SKIP_REGION_BYTES + MIB, 'data');
  const bytes = zipOf([
    { name: 'data/0', data: tensors, method: 0 },
    { name: 'data.pkl', data: payload },
  ]);
  const seen: string[] = [];
  const { ways } = await open(bytes, {
    onLayer: (layer) => {
      seen.push(layer.way);
      if (layer.depth === 0) layer.skip.push({ start: 0, end: SKIP_REGION_BYTES + MIB + 40 });
    },
  });
  expect(seen).toEqual(['', 'data.pkl']);
  expect(ways).toEqual(['data.pkl']);
});

test('JSON and notebooks are read as their strings say', async () => {
  const notebook = JSON.stringify({
    cells: [
      { cell_type: 'code', source: [`x = 1\n`, `key="${'q'.repeat(9)}"\n${payload.toString()}`] },
    ],
  });
  const glued = Buffer.from(`\n${payload.toString()}`);
  expect((await open(Buffer.from(notebook), { needle: glued })).ways).toEqual(['escapes']);
});
