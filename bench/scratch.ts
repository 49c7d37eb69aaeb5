import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Gives `work` a temporary folder, and takes it away afterwards. */
export async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
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
    remove();
  }
}
