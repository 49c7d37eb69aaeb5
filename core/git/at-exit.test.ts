import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** A process that holds a private folder and a git child, and says so. */
const script = (extra: string) => `
  const { makePrivateFolder } = await import(${JSON.stringify(join(import.meta.dirname, 'private-repository.ts'))});
  const { streamGit } = await import(${JSON.stringify(join(import.meta.dirname, 'spawn.ts'))});
  makePrivateFolder();
  ${extra}
  async function* endless() {
    for (;;) { await new Promise((go) => setTimeout(go, 20)); yield Buffer.from('x\\n'); }
  }
  for await (const chunk of streamGit({ dir: process.cwd() }, ['check-ref-format', '--branch', 'x'])) {
    process.stdout.write('ready\\n');
  }
  for await (const chunk of endless());
`;

async function interrupted(signal: NodeJS.Signals, extra = '') {
  const spools = mkdtempSync(join(tmpdir(), 'cordon-test-'));
  onTestFinished(() => rmSync(spools, { recursive: true, force: true }));
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(extra)], {
    env: { ...process.env, TMPDIR: spools },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(readdirSync(spools)).toHaveLength(1);
  child.kill(signal);
  const [code, by] = (await once(child, 'close')) as [number | null, string | null];
  return { code, by, left: readdirSync(spools) };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s leaves no folder behind',
  async (signal) => {
    expect(await interrupted(signal)).toEqual({ code: null, by: signal, left: [] });
  },
);

test('a listener of the program’s own decides how it ends', async () => {
  const own = "process.on('SIGINT', () => process.exit(130));";
  expect(await interrupted('SIGINT', own)).toEqual({ code: 130, by: null, left: [] });
});
