import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepFacts } from './sweep-facts.ts';

const DAY_MS = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 10, 24);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cordon-test-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function folder(name: string, days: number): void {
  mkdirSync(join(dir, name));
  const then = (NOW - days * DAY_MS) / 1000;
  utimesSync(join(dir, name), then, then);
}

test('what was not used for 30 days goes, what is used or younger stays', () => {
  folder('used', 40);
  folder('old', 31);
  folder('young', 29);
  sweepFacts(dir, ['used'], NOW);
  expect(readdirSync(dir).sort()).toEqual(['used', 'young']);
});

test('of facts about copies the last few stay', () => {
  for (let at = 0; at < 9; at += 1) folder(`c1-copies1-${at}`, at);
  folder('c1-secrets', 3);
  sweepFacts(dir, ['c1-copies1-8', 'c1-secrets'], NOW);
  expect(readdirSync(dir).sort()).toEqual([
    'c1-copies1-0',
    'c1-copies1-1',
    'c1-copies1-2',
    'c1-copies1-8',
    'c1-secrets',
  ]);
});

test('nothing is looked through again on the same day', () => {
  folder('used', 0);
  folder('old', 31);
  sweepFacts(dir, ['used'], NOW);
  expect(readdirSync(dir)).toContain('old');
  sweepFacts(join(dir, 'none'), ['used'], NOW);
});
