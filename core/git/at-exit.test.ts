import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** A process that holds a private folder, and says so. */
const script = (extra: string) => `
  const { makePrivateFolder } = await import(${JSON.stringify(join(import.meta.dirname, 'private-repository.ts'))});
  makePrivateFolder();
  ${extra}
  process.stdout.write('ready\\n');
  setInterval(() => undefined, 1000);
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
