import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkLines } from './check-lines.ts';
import { exportEvent } from './export.ts';
import { listSegments, openRecord, readRecord, type StoredEvent } from './index.ts';

let folder = '';
let file = '';
beforeEach(() => {
  const top = mkdtempSync(join(tmpdir(), 'cordon-lines-'));
  folder = join(top, 'record');
  file = join(top, 'handed over.jsonl');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

/** Two segments side by side, the second sealed first, and a third that names both. */
async function handOver(where: (event: StoredEvent) => boolean = () => true): Promise<string[]> {
  let now = 1_750_000_000_000;
  const open = () => openRecord({ folder, identity: { actor: 'a', version: '0' }, now: () => now });
  const [one, two] = [open(), open()];
  for (const path of ['a', 'b', 'c']) {
    now += 1000;
    one.append({ kind: 'copy', path });
    two.append({ kind: 'paste', path });
  }
  two.close();
  now += 1000;
  one.close();
  now += 1000;
  const three = open();
  three.append({ kind: 'push', verdict: 'block' });
  three.close();
  const lines: string[] = [];
  for await (const event of readRecord(folder, { where })) lines.push(exportEvent(event, 'jsonl'));
  return lines;
}

const check = (lines: readonly string[], heads = {}) => {
  writeFileSync(file, lines.join(''));
  return checkLines(file, heads);
};
const brief = async (lines: readonly string[]) =>
  (await check(lines)).problems.map(({ line, what, by }) => `${line} ${what} by ${by}`);

test('an export that leaves nothing out is checked line by line', async () => {
  const report = await check(await handOver());
  expect(report).toMatchObject({ ok: true, lines: 13, unchecked: 0, absent: [], problems: [] });
  expect(report.writers.map(({ lines, whole }) => [lines, whole])).toEqual([
    [5, true],
    [5, true],
    [3, true],
  ]);
});

test('other ends of lines, and none at the end, change no event', async () => {
  const lines = await handOver();
  const sent = lines.join('').trimEnd().replaceAll('\n', '\r\n');
  expect(await check([sent])).toMatchObject({ ok: true, lines: 13, unchecked: 0 });
});

test('what a filter left out is counted, and what is there is still held against its neighbours', async () => {
  const report = await check(await handOver(({ kind }) => kind === 'copy'));
  expect(report).toMatchObject({ ok: true, lines: 3, unchecked: 1 });
  expect(report.writers).toMatchObject([{ first: 1, last: 3, unchecked: 1, whole: false }]);
  // Of the first one nothing in the file can show it: that is what the count says.
  const lines = await handOver(({ kind }) => kind === 'copy');
  expect(await brief(lines.map((line) => line.replace('"path":"b"', '"path":"x"')))).toHaveLength(
    2,
  );
  expect(await brief(lines.map((line) => line.replace('"path":"a"', '"path":"x"')))).toEqual([]);
});

test('a changed, swapped, doubled or foreign line is found, and where', async () => {
  const lines = await handOver();
  const at = lines.findIndex((line) => line.includes('"kind":"copy","path":"b"'));
  const swap = lines.findIndex((line) => line.includes('"kind":"copy","path":"c"'));
  const changed = lines.with(at, (lines[at] ?? '').replace('"path":"b"', '"path":"x"'));
  expect(await brief(changed)).toEqual([`${at + 1} changed by chain`]);
  const swapped = lines.with(at, lines[swap] ?? '').with(swap, lines[at] ?? '');
  expect(await brief(swapped)).toEqual([`${swap + 1} reordered by chain`]);
  expect(await brief(lines.toSpliced(at, 0, lines[at] ?? ''))).toEqual([
    `${at + 2} reordered by chain`,
  ]);
  expect(await brief(lines.toSpliced(at, 0, '{"w":"x"}\n'))).toEqual([
    `${at + 1} stranger by chain`,
  ]);
  expect(await brief([...lines, lines[at]?.replace(/"n":\d/, '"n":9') ?? ''])).toEqual([
    '14 after-seal by seal',
  ]);
});

test('each bit of a line that has a line before it counts', async () => {
  const lines = await handOver();
  const at = lines.findIndex((line) => line.includes('"kind":"copy","path":"b"'));
  const bytes = Buffer.from(lines[at] ?? '');
  // Without the newline: what ends a line may change on its way.
  for (let bit = 0; bit < (bytes.length - 1) * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(
      file,
      Buffer.concat([
        Buffer.from(lines.slice(0, at).join('')),
        flipped,
        Buffer.from(lines.slice(at + 1).join('')),
      ]),
    );
    const { ok, unchecked } = await checkLines(file);
    expect(ok && unchecked === 0, `bit ${bit}`).toBe(false);
  }
});

test('a segment written anew does not fit what later ones and heads say of it', async () => {
  const lines = await handOver();
  const [first] = listSegments(folder);
  const mine = readFileSync(first?.path ?? '', 'utf8').split(/(?<=\n)/);
  const { writer = '' } = first ?? {};
  const head = (line: string | undefined) => (JSON.parse(line ?? '{}') as { h?: string }).h ?? '';
  const good = { writer, size: 3, head: head(mine[2]) };
  expect(await check(lines, { heads: [good] })).toMatchObject({ ok: true });
  expect((await check(lines, { heads: [good] })).writers.filter((one) => one.vouched)).toHaveLength(
    1,
  );
  const bad = await check(lines, { heads: [{ ...good, head: head(mine[1]) }] });
  expect(bad.problems).toMatchObject([{ segment: writer, what: 'forged-head', by: 'head' }]);
  // The end cut off, and nothing left out before it: who names it knew more.
  const cut = await check(lines, { heads: [{ ...good, size: 9 }] });
  expect(cut.problems).toMatchObject([{ segment: writer, what: 'forged-head', by: 'head' }]);
  const sealOf = (line: string) => line.includes(`"w":"${writer}"`) && line.includes('"seal"');
  const open = await check(lines.filter((line) => !sealOf(line)));
  expect(open).toMatchObject({ ok: true, unchecked: 0, short: [writer] });
});

test('a segment that is named and not there is told', async () => {
  const lines = await handOver();
  const [first] = listSegments(folder);
  const left = lines.filter((line) => !line.includes(`"w":"${first?.writer}"`));
  expect(await check(left)).toMatchObject({ ok: true, unchecked: 0, absent: [first?.writer] });
});
