import { getActiveResourcesInfo } from 'node:process';
import { expect, test, vi } from 'vitest';
import { createProgress } from './index.ts';
import type { Progress } from './index.ts';

function watched(isTTY: boolean, columns = 40) {
  const written: string[] = [];
  let time = 1e6;
  const progress: Progress = createProgress({
    stream: { write: (text: string) => written.push(text) },
    isTTY,
    columns,
    now: () => time,
  });
  const started = time;
  const at = (milliseconds: number, objects: number, bytes = 0) => {
    time = started + milliseconds;
    progress.update({ objects, bytes });
  };
  return { written, progress, at };
}

test.each([true, false])('a short act stays quiet (terminal: %s)', (isTTY) => {
  const { written, progress, at } = watched(isTTY);
  at(299, 7);
  progress.done();
  expect(written).toEqual([]);
});

test('a terminal sees one line, ten times a second at most, that is taken back', () => {
  const { written, progress, at } = watched(true);
  for (let milliseconds = 0; milliseconds <= 2000; milliseconds += 1) at(milliseconds, 9);
  expect(written).toHaveLength(18);
  for (const text of written) expect(text).toMatch(/^\r[^\r\n]+$/);
  progress.done();
  progress.done();
  at(3000, 10);
  expect(written).toHaveLength(19);
  const shown = written.at(-2)?.length ?? 0;
  expect(written.at(-1)).toBe(`\r${' '.repeat(shown - 1)}\r`);
});

test('a shorter line leaves nothing of the longer one', () => {
  const { written, at } = watched(true, 80);
  at(300, 12_400, 2_100_000_000);
  at(400, 1, 1);
  expect(written.map((text) => text.length)).toEqual([written[0]?.length, written[0]?.length ?? 0]);
  expect(written[0]).toContain('12 400 objects (2.1 GB)');
});

test.each([
  [10, 9],
  [30, 29],
  [0, 79],
])('on a terminal of %d columns the line has %d at most', (columns, most) => {
  const { written, at } = watched(true, columns);
  at(300, 12_400, 2_100_000_000);
  expect(written[0]?.slice(1).length).toBeLessThanOrEqual(most);
});

test('a log sees one line after five seconds, and one only', () => {
  const { written, progress, at } = watched(false);
  at(4999, 1);
  expect(written).toEqual([]);
  at(5000, 12_400);
  at(9000, 13_000);
  at(20_000, 14_000);
  progress.done();
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^cordon: [^\r\n]*12 400 objects[^\r\n]*\n$/);
});

test('one that gives no update for long is shown all the same', () => {
  vi.useFakeTimers();
  try {
    const written: string[] = [];
    let time = 0;
    const progress = createProgress({
      stream: { write: (text: string) => written.push(text) },
      isTTY: true,
      now: () => time,
    });
    time = 1000;
    vi.advanceTimersByTime(100);
    expect(written).toHaveLength(1);
    progress.done();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('no timer keeps a process alive, before or after the end', () => {
  const timers = () => getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const { progress } = watched(true);
  expect(timers()).toBe(before);
  progress.done();
  expect(timers()).toBe(before);
});
