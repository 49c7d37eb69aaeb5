import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scoreCopies } from '../query/find-copies.ts';
import { createIndexBuilder, defaultThresholds } from '../indexing/index-builder.ts';
import type { Background } from '../types.ts';
import { blocksFor, createBloom } from './bloom.ts';
import { eachGram } from './each-gram.ts';
import { findInstalledCode } from './installed.ts';
import { filesOfPackage } from './package-files.ts';

// Public packages stand for classified code, others for public code: one part is the background, the rest,
// which it never saw, asks. Without the subtraction the index fires on everybody's licence.
const { packages } = findInstalledCode({ repository: process.cwd(), machine: false });
const texts = (name: string) =>
  packages
    .filter((one) => one.name === name)
    .flatMap(filesOfPackage)
    .filter(({ size }) => size < 40_000)
    .map(({ path }) => ({ path, bytes: readFileSync(path) }));

const classified = [...texts('simple-git'), ...texts('yaml')];
const others = packages
  .filter(
    ({ name }) => !/^(?:simple-git|@simple-git|yaml|knip|zod|node-|typescript|@types)/.test(name),
  )
  .map(({ name }) => name);
const isBackground = (_: string, i: number) => i % 4 !== 0;
const words = { bits: () => 9 };

function falseAlarms(background: Background): string[] {
  const builder = createIndexBuilder({ words, background });
  for (const { path, bytes } of classified)
    builder.add({ id: path, path, label: 'restricted', bytes });
  const index = builder.build();
  const { block } = defaultThresholds;
  return others
    .filter((name, i) => !isBackground(name, i))
    .flatMap(texts)
    .filter(({ bytes }) => {
      const { bits, tokens } = scoreCopies(index, bytes, { words });
      return bits >= block.bits || tokens >= block.tokens;
    })
    .map(({ path }) => path);
}

test('false alarms come when public code is not subtracted, and go when it is', () => {
  expect(classified.length).toBeGreaterThan(250);
  const background = createBloom(blocksFor(2_000_000));
  for (const { bytes } of others.filter(isBackground).flatMap(texts))
    eachGram(bytes, (view, high, low) => background.add(view, high, low));
  const without = falseAlarms({ has: () => false });
  const withIt = falseAlarms(background);
  expect(without.length).toBeGreaterThanOrEqual(8);
  expect(withIt).toEqual([]);
}, 60_000);
