import { join } from 'node:path';
import { openRepository, readConfig, type GitConfig, type Repository } from '../git/index.ts';
import { CordonError } from '../error.ts';
import type { ChosenPolicies, PolicyBytes } from '../policy/index.ts';

/** How far a long act has come, for whoever shows it. */
export interface Progress {
  readonly objects: number;
  readonly bytes: number;
  /** What a registration is at: `objects` are then packages, files, or public files. Else: a look. */
  readonly phase?: 'packages' | 'files' | 'trying';
  /** Bytes of all packages, or all public files. */
  readonly of?: number;
}

export interface SessionOptions {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A policy given by hand. */
  readonly policy?: PolicyBytes;
  /** Milliseconds the whole act may take. What is not looked at by then is `uninspected`. */
  readonly budgetMs: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly now?: () => Date;
  readonly onChosen?: OnChosen;
}

/** Told which policies an act is judged by, and what it does to the policy file itself. */
export type OnChosen = (chosen: ChosenPolicies, touched?: 'changed' | 'deleted') => void;

/** One act in one repository: what every step of it needs. */
export interface Session {
  readonly repo: Repository;
  readonly config: GitConfig;
  readonly env: SessionOptions['env'];
  readonly policy?: PolicyBytes;
  /** Cordon's own folder in the repository: caches, last report. */
  readonly stateDir: string;
  /** In milliseconds of `performance.now()`. */
  readonly started: number;
  readonly deadline: number;
  readonly onProgress: (progress: Progress) => void;
  readonly now: () => Date;
  readonly onChosen: OnChosen;
}

/** Opens the repository an act is about. Throws as `openRepository`. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const started = performance.now();
  const signal = endAfter(options.budgetMs * 1.25 + GRACE_MS);
  const repo = await openRepository(options.dir, { env: options.env, signal });
  return {
    repo,
    config: await readConfig(repo),
    env: options.env,
    ...(options.policy !== undefined && { policy: options.policy }),
    stateDir: join(repo.commonDir, 'cordon'),
    started,
    deadline: started + options.budgetMs,
    onProgress: options.onProgress ?? (() => undefined),
    now: options.now ?? (() => new Date()),
    onChosen: options.onChosen ?? (() => undefined),
  };
}

/** What comes after looking, the policies and labels above all, still needs git for a while. */
const GRACE_MS = 15_000;

/** Ends every git of an act that does not come to an end: listing too must not outlast its time. */
function endAfter(ms: number): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new CordonError('time-up', { ms })), ms).unref();
  return stop.signal;
}
