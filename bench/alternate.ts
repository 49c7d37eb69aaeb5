import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Seconds of each way to do one thing, taken in turns. */
export interface Alternated {
  readonly ours: number;
  readonly against: number;
  /** Median of the rounds' own ratios, ours to the other: what slows the machine slows both. */
  readonly ratio: number;
}

/**
 * Times two ways in turns, A B B A A B B A, so that neither always runs on the other's leavings.
 * Each is run once before, unmeasured. Seconds by `measure`, wall time by default.
 */
export async function alternate(
  rounds: number,
  ours: () => unknown,
  against: () => unknown,
  measure: (work: () => unknown) => Promise<number> = wallSeconds,
): Promise<Alternated> {
  await against();
  await ours();
  const pairs: { readonly ours: number; readonly against: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) {
      const first = await measure(ours);
      pairs.push({ ours: first, against: await measure(against) });
    } else {
      const first = await measure(against);
      pairs.push({ ours: await measure(ours), against: first });
    }
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    against: median(pairs.map((pair) => pair.against)),
    ratio: median(pairs.map((pair) => pair.ours / pair.against)),
  };
}

export async function wallSeconds(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

/** This process's own CPU, user and system. */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

/**
 * CPU of the programs that `work` runs, theirs included (Linux; NaN elsewhere). In steps of 10 ms.
 * Other work on the machine stretches wall time, of several processes side by side most; not this.
 */
export async function childCpuSeconds(work: () => unknown): Promise<number> {
  const before = childTicks();
  await work();
  return (childTicks() - before) / 100;
}

function childTicks(): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  // Behind the name, which may hold anything: the 14th and 15th fields that follow are the children's.
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[13]) + Number(fields[14]);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export interface Run {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes that are no failure; 0 alone by default. */
  readonly okCodes?: readonly number[];
}

/** Runs a program to its end, its output thrown away. Throws where it fails: a bench of errors is none. */
export function run(program: string, args: readonly string[], options: Run = {}): number {
  const { cwd, input = '', env = process.env, okCodes = [0] } = options;
  const ended = spawnSync(program, args, {
    cwd,
    input,
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (ended.error !== undefined) throw ended.error;
  if (!okCodes.includes(ended.status ?? -1)) {
    const told = ended.stderr.toString('utf8').slice(0, 2000);
    throw new Error(`${program} ${args.join(' ')}: exit ${ended.status}\n${told}`);
  }
  return ended.status ?? -1;
}

export const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(0)} ms`;
