import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly yamlValidation: readonly { readonly url: string }[];
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

function packed(): string[] {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = JSON.parse(output) as
    | readonly { files: { path: string }[] }[]
    | Readonly<Record<string, { files: { path: string }[] }>>;
  return Object.values(answer).flatMap(({ files }) => files.map(({ path }) => path));
}

test('the package ships the bundles and nothing of the workshop', () => {
  const files = packed();
  const others = files.filter(
    (path) => !/^dist\/(?:[\w.-]+\.(?:cjs|mjs|json|txt|bin)|chunks\/[\w.-]+)$/.test(path),
  );
  expect(others.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  // husky's installer copies this file from beside itself.
  expect(files).toContain('dist/chunks/husky');
  // Without these a copy could not be told from an idiom.
  expect(files).toEqual(expect.arrayContaining(['dist/public-grams.bin', 'dist/public-words.bin']));
});

test('everything the manifest names is there, and nothing is left to install', () => {
  for (const path of [
    manifest.main,
    ...Object.values(manifest.bin),
    ...manifest.contributes.yamlValidation.map(({ url }) => url),
  ]) {
    expect(existsSync(path)).toBe(true);
  }
  expect(manifest.dependencies).toBeUndefined();
});

test('contributed and registered commands agree', () => {
  const source = readFileSync('extension/extension.ts', 'utf8');
  const registered = [...source.matchAll(/registerCommand\('([^']+)'/g)].map(([, id]) => id ?? '');
  expect(new Set(registered)).toEqual(
    new Set(manifest.contributes.commands.map(({ command }) => command)),
  );
});
