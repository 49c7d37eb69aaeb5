import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, milliseconds, run } from './alternate.ts';
import { initRepository, runGitIn } from './make-history.ts';
import type { Row } from './row.ts';
import { inScratch } from './scratch.ts';

export const COMMAND = join(import.meta.dirname, '../dist/cordon.mjs');
const ROUNDS = 30;

/** What a developer waits for at every commit and push, against starting node at all. */
export function benchHookStart(): Promise<Row[]> {
  return inScratch(async (dir) => {
    const node = () => run(process.execPath, ['-e', '0'], { cwd: dir });
    const rows: Row[] = [];
    const add = async (what: string, ours: () => unknown, atMost?: number) => {
      const took = await alternate(ROUNDS, ours, node);
      rows.push({
        what,
        ours: milliseconds(took.ours),
        against: `node -e 0: ${milliseconds(took.against)}`,
        ratio: took.ratio,
        ...(atMost !== undefined && { target: { atMost } }),
      });
    };
    initRepository(dir);
    mkdirSync(join(dir, 'src'));
    writeFileSync(join(dir, 'src/first.py'), 'print("first")\n');
    runGitIn(dir, ['add', '.']);
    runGitIn(dir, ['commit', '-qm', 'first']);
    const before = runGitIn(dir, ['rev-parse', 'HEAD']);
    writeFileSync(join(dir, 'src/second.py'), 'print("second")\n'.repeat(200));
    runGitIn(dir, ['add', '.']);
    const url = 'https://git.example.invalid/team/repo.git';
    const push = ['hook', 'pre-push', 'origin', url];
    const hook = (args: readonly string[], input?: string) => () =>
      run(process.execPath, [COMMAND, ...args], {
        cwd: dir,
        ...(input !== undefined && { input }),
        env: { ...process.env, CORDON_OFFLINE: '1' },
      });
    await add('hook, a push that brings nothing', hook(push), 1.4);
    await add('hook, one staged file', hook(['hook', 'pre-commit']));
    runGitIn(dir, ['commit', '-qm', 'second']);
    const after = runGitIn(dir, ['rev-parse', 'HEAD']);
    const line = `refs/heads/main ${after} refs/heads/main ${before}\n`;
    await add('hook, a push of one small commit', hook(push, line));
    return rows;
  });
}
