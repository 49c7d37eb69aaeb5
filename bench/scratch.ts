import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives `work` a temporary folder, and takes it away afterwards. */
export async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  const stop = () => {
    remove();
    process.exit(130);
  };
  // Inputs of gigabytes must not outlive a Ctrl-C.
  process.once('SIGINT', stop);
  try {
    return await work(dir);
  } finally {
    process.off('SIGINT', stop);
    remove();
  }
}
