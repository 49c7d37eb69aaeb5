import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/**
 * Which room may import which: the arrows of the design. A file belongs to the longest prefix that
 * names it; its own room is always allowed.
 */
const mayImport: Record<string, readonly string[]> = {
  'core/error.ts': [],
  'core/model.ts': [],
  'core/messages': ['core/model.ts', 'core/error.ts'],
  'core/policy': ['core/model.ts', 'core/error.ts', 'core/destination'],
  'core/destination': ['core/model.ts', 'core/error.ts'],
  'core/source': ['core/model.ts', 'core/error.ts'],
  'core/git': ['core/model.ts', 'core/error.ts', 'core/source'],
  'core/content': ['core/model.ts', 'core/error.ts', 'core/source'],
  'core/detect': ['core/model.ts', 'core/error.ts', 'core/source', 'core/content'],
  'core/audit': ['core/model.ts', 'core/error.ts'],
  'core/judge': ['core/model.ts', 'core/policy', 'core/messages'],
  'core/report': ['core/model.ts', 'core/error.ts', 'core/messages', 'core/audit'],
  'core/pipeline': [
    'core/model.ts',
    'core/error.ts',
    'core/messages',
    'core/policy',
    'core/destination',
    'core/source',
    'core/git',
    'core/content',
    'core/detect',
    'core/judge',
    'core/audit',
  ],
  'core/install': ['core/model.ts', 'core/error.ts', 'core/messages', 'core/git', 'core/policy'],
  hooks: ['core'],
  extension: ['core'],
  server: ['core'],
  test: ['core', 'hooks', 'extension', 'server', 'package.json'],
  bench: ['core', 'hooks', 'test'],
};

const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length);
const within = (file: string, room: string) => file === room || file.startsWith(`${room}/`);
const roomOf = (file: string) => rooms.find((room) => within(file, room));
const importing = /\b(?:from|import)\s*\(?\s*(['"])(\.[^'"]+)\1/g;
const files = ['core', 'hooks', 'extension', 'server', 'test', 'bench'].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${top}/${name}`),
);

test('every arrow between rooms runs as the design says', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const room = roomOf(file);
    if (room === undefined) {
      wrong.push(`${file} stands in no room`);
      continue;
    }
    // A test may set up what its room only meets through an interface.
    const isTest = file.endsWith('.test.ts');
    for (const [, , specifier] of readFileSync(file, 'utf8').matchAll(importing)) {
      const target = normalize(join(dirname(file), specifier ?? ''));
      const allowed = [room, ...(mayImport[room] ?? []), ...(isTest ? ['core', 'test'] : [])];
      if (!allowed.some((to) => within(target, to))) wrong.push(`${file} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the check sees the tree', () => {
  expect(files.length).toBeGreaterThan(8);
});
