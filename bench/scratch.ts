import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Gives `work` a temporary folder, and takes it away afterwards. */
export async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  const state = mkdtempSync(join(tmpdir(), 'cordon-bench-state-'));
  const remove = () => {
    for (const folder of [dir, state]) rmSync(folder, { recursive: true, force: true });
  };
  // What is measured here is recorded too, and not among what the developer really did.
  const own = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = state;
  const stop = () => {
    remove();
    process.exit(130);
  };
  // Inputs of gigabytes must not outlive an interrupted run.
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work(dir);
  } finally {
    for (const signal of signals) process.off(signal, stop);
    if (own === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = own;
    remove();
  }
}
