import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bufferSource } from './buffer-source.ts';
import type { ByteSource } from './byte-source.ts';
import { createCollector, streamSource } from './collect-source.ts';
import { fileSource } from './file-source.ts';
import { sliceSource } from './slice-source.ts';
import { createSpool } from './spool.ts';
import { SPOOL_PREFIX, sweepLeftovers } from './sweep-leftovers.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const MIB = 1024 * 1024;

async function allOf(source: ByteSource, start = 0): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.stream(start)) {
    expect(chunk.length).toBeLessThanOrEqual(MIB);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fileWith(bytes: Buffer): string {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  return path;
}

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

test('every source shows the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(320),
      fc.nat(320),
      async (array, offset, length) => {
        const bytes = Buffer.from(array);
        const spool = createSpool({ folder });
        const spooled = spool.createFile();
        spooled.write(bytes.subarray(0, 7));
        spooled.write(bytes.subarray(7));
        const padded = Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yyy')]);
        for (const source of [
          bufferSource(bytes),
          fileSource(fileWith(bytes)),
          spooled.finish(),
          await streamSource(chunksOf(bytes, 11)),
          sliceSource(bufferSource(padded), 2, 2 + bytes.length),
        ]) {
          expect(source.size).toBe(bytes.length);
          expect(await source.read(offset, length)).toEqual(
            bytes.subarray(offset, offset + length),
          );
          expect(await allOf(source, offset)).toEqual(bytes.subarray(offset));
          await source.close();
          await source.close();
        }
        await spool.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('a slice ends with its source', async () => {
  const slice = sliceSource(bufferSource(Buffer.from('abcdef')), 4, 1000);
  expect(slice.size).toBe(2);
  expect(await allOf(slice)).toEqual(Buffer.from('ef'));
  expect(sliceSource(bufferSource(Buffer.from('abc')), 9, 12).size).toBe(0);
});

test('what is no readable regular file is refused, and nothing hangs', () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  for (const path of [fifo, folder, '/dev/zero', join(folder, 'none')]) {
    expect(() => fileSource(path)).toThrow(expect.objectContaining({ code: 'source.unreadable' }));
  }
  const link = join(folder, 'link');
  symlinkSync(fileWith(Buffer.from('x')), link);
  expect(fileSource(link).size).toBe(1);
  expect(() => fileSource(link, { followSymlinks: false })).toThrow(
    expect.objectContaining({ code: 'source.unreadable' }),
  );
});

test('a file that shrinks while it is read is unreadable', async () => {
  const path = fileWith(Buffer.alloc(100));
  const source = fileSource(path);
  truncateSync(path, 10);
  expect(() => source.read(0, 100)).toThrow(expect.objectContaining({ code: 'source.unreadable' }));
  await source.close();
  expect(() => source.read(0, 1)).toThrow(expect.objectContaining({ code: 'source.unreadable' }));
});

test('a spool has no name on disk while it is used', async () => {
  const spool = createSpool({ folder });
  const file = spool.createFile();
  file.write(Buffer.from('secret'));
  expect(readdirSync(folder)).toEqual([]);
  const source = file.finish();
  expect(await source.read(2, 3)).toEqual(Buffer.from('cre'));
  await spool.close();
  expect(() => source.read(0, 1)).toThrow(expect.objectContaining({ code: 'source.unreadable' }));
});

test('a folder that cannot be written to is a full spool', () => {
  const spool = createSpool({ folder: join(folder, 'none') });
  expect(() => spool.createFile()).toThrow(expect.objectContaining({ code: 'source.spool-full' }));
});

test('a spool file that was given up takes no more', async () => {
  const spool = createSpool({ folder });
  const file = spool.createFile();
  await file.discard();
  await file.discard();
  expect(() => file.write(Buffer.from('x'))).toThrow(
    expect.objectContaining({ code: 'source.spool-full' }),
  );
});

test('collected bytes move to disk when they are many', async () => {
  const spool = createSpool({ folder });
  const collector = createCollector(spool);
  const chunk = Buffer.alloc(MIB, 5);
  for (let count = 0; count < 6; count += 1) collector.write(chunk);
  expect(collector.size).toBe(6 * MIB);
  const source = collector.finish();
  expect(source.size).toBe(6 * MIB);
  expect(await source.read(5 * MIB + 3, 2)).toEqual(Buffer.from([5, 5]));
  await spool.close();
});

test('a stream ends at its limit', async () => {
  await expect(streamSource(chunksOf(Buffer.alloc(100), 9), { limit: 50 })).rejects.toMatchObject({
    code: 'source.spool-full',
    data: { limit: 50 },
  });
});

test('leftovers are swept only where they are ours and old', () => {
  const old = join(folder, `${SPOOL_PREFIX}old`);
  const young = join(folder, `${SPOOL_PREFIX}young`);
  const other = join(folder, 'other-old');
  for (const path of [old, young, other]) mkdirSync(path);
  writeFileSync(join(old, 'layer'), 'x');
  const then = new Date(Date.now() - 3 * 24 * 3600 * 1000);
  utimesSync(old, then, then);
  utimesSync(other, then, then);
  symlinkSync(other, join(folder, `${SPOOL_PREFIX}link`));
  chmodSync(old, 0o700);
  sweepLeftovers(folder);
  expect(readdirSync(folder).sort()).toEqual(
    [`${SPOOL_PREFIX}link`, `${SPOOL_PREFIX}young`, 'other-old'].sort(),
  );
});
