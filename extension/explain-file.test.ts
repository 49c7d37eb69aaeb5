import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { explainFile } from './explain-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'cordon-extension-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function commandThat(body: string): string {
  mkdirSync(join(dir, 'dist'), { recursive: true });
  writeFileSync(join(dir, 'dist', 'cordon.mjs'), body);
  return dir;
}

test('a file name that looks like an option is still a file', async () => {
  const at = commandThat('console.log(JSON.stringify(process.argv.slice(2)))');
  const told: unknown = JSON.parse(await explainFile(at, join(dir, '--policy=evil')));
  expect(told).toEqual(['explain', '--color', 'never', '--', join(dir, '--policy=evil')]);
});

test('what the command says when it fails is what the user reads', async () => {
  const at = commandThat('process.stderr.write("policy broken"); process.exitCode = 2');
  expect(await explainFile(at, join(dir, 'a'))).toBe('policy broken');
});
