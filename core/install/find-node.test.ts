import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findNode, isNodeVersionEnough } from './find-node.ts';

let root = '';
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cordon-node-')));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A program that says it is Node.js of `version`. */
function plant(path: string, version: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  return file;
}

test.each([
  ['20.17.9', false],
  ['20.18.0', true],
  ['22.0.0', true],
  ['18.20.0', false],
  ['', false],
  ['x.y', false],
])('version %s: %s', (version, enough) => {
  expect(isNodeVersionEnough(version)).toBe(enough);
});

test('the running Node.js is recorded where it outlives the repository', () => {
  const own = plant('opt/bin/node', '22.1.0');
  expect(findNode(join(root, 'repo'), { PATH: '' }, own)).toEqual({ path: own, lasting: true });
});

test('one that lies in the repository or in node_modules is never the first choice', () => {
  const inside = plant('repo/bin/node', '22.1.0');
  const bundled = plant('else/node_modules/node/bin/node', '22.1.0');
  plant('repo/tools/node', '22.1.0');
  plant('old/node', '18.0.0');
  plant('good/node', '22.1.0');
  mkdirSync(join(root, 'link'));
  symlinkSync(inside, join(root, 'link/node'));
  const PATH = ['relative', '', 'repo/tools', 'link', 'old', 'good']
    .map((part) => join(root, part))
    .join(':');
  for (const running of [inside, bundled]) {
    const found = findNode(join(root, 'repo'), { PATH: `.::${PATH}` }, running);
    expect(found.lasting).toBe(true);
    expect(found.path.startsWith(join(root, 'repo'))).toBe(false);
    expect(found.path).not.toContain('node_modules');
    expect(['link', 'old'].some((part) => found.path.startsWith(join(root, part)))).toBe(false);
  }
});
