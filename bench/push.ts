import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, childCpuSeconds, median, milliseconds, run, wallSeconds } from './alternate.ts';
import { COMMAND } from './hook-start.ts';
import { makeHistory, runGitIn } from './make-history.ts';
import type { Row } from './row.ts';
import { inScratch } from './scratch.ts';

const SIZES = [1, 10, 500] as const;
const URL = 'https://git.example.invalid/team/repo.git';

/** The pre-push hook over the newest commits, against git only reading the same objects. */
export function benchPush(): Promise<Row[]> {
  return inScratch(async (dir) => {
    await makeHistory(dir);
    const rows: Row[] = [];
    for (const commits of SIZES) rows.push(...(await benchCommits(dir, commits)));
    return rows;
  });
}

async function benchCommits(dir: string, commits: number): Promise<Row[]> {
  const range = readRange(dir, commits);
  const rounds = commits > 100 ? 5 : 9;
  const state = join(dir, '.git/cordon');
  const forget = () => rmSync(state, { recursive: true, force: true });
  const hook = (input: string) => () =>
    run(process.execPath, [COMMAND, 'hook', 'pre-push', 'origin', URL], {
      cwd: dir,
      input,
      env: { ...process.env, CORDON_OFFLINE: '1' },
    });
  const starts: number[] = [];
  for (let at = 0; at < 15; at += 1) starts.push(await wallSeconds(hook('')));
  const startUp = median(starts);
  const git = () => run('sh', ['-c', range.read], { cwd: dir });
  const cold = await alternate(rounds, hook(range.input), git, (work) => {
    forget();
    return wallSeconds(work);
  });
  const cpu = await alternate(3, hook(range.input), git, (work) => {
    forget();
    return childCpuSeconds(work);
  });
  hook(range.input)();
  const warm = await alternate(rounds, hook(range.input), git);
  const against = `git reads them: ${milliseconds(cold.against)}`;
  return [
    {
      what: `push of ${commits} commits, ${range.told}, cold`,
      ours: `${milliseconds(cold.ours)} (${milliseconds(startUp)} of it start-up)`,
      against,
      ratio: (cold.ours - startUp) / cold.against,
      target: { atMost: 1.25 },
    },
    {
      what: `push of ${commits} commits, cold: CPU of all processes`,
      ours: milliseconds(cpu.ours),
      against: `git reads them: ${milliseconds(cpu.against)}`,
      ratio: cpu.ours / cpu.against,
    },
    {
      what: `push of ${commits} commits, again`,
      ours: milliseconds(warm.ours),
      against: `git reads them: ${milliseconds(warm.against)}`,
      ratio: (warm.ours - startUp) / warm.against,
    },
  ];
}

function readRange(dir: string, commits: number) {
  const tip = runGitIn(dir, ['rev-parse', 'main']);
  const base = runGitIn(dir, ['rev-parse', `main~${commits}`]);
  const list = `git rev-list --objects ${tip} ^${base} | cut -d' ' -f1`;
  const sizes = execFileSync('sh', ['-c', `${list} | git cat-file --batch-check='%(objectsize)'`], {
    cwd: dir,
    encoding: 'utf8',
  });
  const all = sizes.trim().split('\n').map(Number);
  const megabytes = all.reduce((sum, size) => sum + size, 0) / 1e6;
  return {
    input: `refs/heads/main ${tip} refs/heads/main ${base}\n`,
    read: `${list} | git cat-file --batch --buffer >/dev/null`,
    told: `${all.length} objects, ${megabytes.toFixed(1)} MB`,
  };
}
