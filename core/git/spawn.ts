import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CordonError } from '../error.ts';
import { atExit } from './at-exit.ts';
import { type Environment, gitEnvironment, guardingOptions } from './git-environment.ts';
import { locateGit } from './locate-git.ts';

/** Where git runs, and what it inherits. */
export interface GitContext {
  /** The child's working folder, absolute. */
  readonly dir: string;
  /** What the child inherits, before scrubbing; `process.env` by default. */
  readonly env?: Environment | undefined;
  /** Ends every child of this context. */
  readonly signal?: AbortSignal | undefined;
}

type GitInput = Buffer | string | AsyncIterable<Buffer> | Iterable<Buffer>;

export interface GitOptions {
  /** Standard input; empty by default. */
  readonly input?: GitInput | undefined;
  /** Exit codes that are no failure; only 0 by default. */
  readonly okCodes?: readonly number[] | undefined;
  /** Changes to the inherited environment; undefined removes a name. */
  readonly env?: Environment | undefined;
  readonly signal?: AbortSignal | undefined;
  /** After this long the child is ended and the call fails with `timedOut`. */
  readonly timeoutMs?: number | undefined;
  /** More standard output than this fails the call; unlimited by default. */
  readonly maxBytes?: number | undefined;
  /** Sees standard error as it comes: ssh asks there for a touch of the key. */
  readonly onStderr?: ((chunk: Buffer) => void) | undefined;
}

interface GitProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the child has ended: rejects unless its exit code is among the expected ones. */
  readonly done: Promise<void>;
  /** Ends the child; `done` then rejects. */
  kill(): void;
}

const STDERR_TAIL = 4096;
const KILL_AFTER_MS = 1000;

/** Bytes from git or a server are shown to people: no control character may reach their terminal. */
export function maskControls(text: string): string {
  return text.replaceAll(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, '?');
}

const readsObjects = ['cat-file', 'diff-tree', 'ls-tree', 'rev-list'];
const damage =
  /corrupt|inflate|unable to (?:stream|unpack|read|parse)|could not read|failed to read|bad (?:object|tree)|missing (?:blob|tree|commit)/i;
const oidIn = /[0-9a-f]{40,64}/;

function failureOf(
  dir: string,
  args: readonly string[],
  exitCode: number | null,
  tail: Buffer,
  timedOut: boolean,
): CordonError {
  const stderr = maskControls(tail.toString('utf8')).trim();
  const data = { args: args.join(' '), exitCode: exitCode ?? -1, stderr };
  if (timedOut) return new CordonError('git.failed', { ...data, timedOut });
  if (/dubious ownership|unsafe repository|cannot use bare repository/.test(stderr)) {
    return new CordonError('git.unsafe-repository', { ...data, dir });
  }
  if (/fatal: (?:not a git repository|invalid gitfile format)/.test(stderr)) {
    return new CordonError('git.not-a-repository', { ...data, dir });
  }
  if (readsObjects.includes(args[0] ?? '') && damage.test(stderr)) {
    // Not a failure of git's: an object that is here in name only, and so was not looked at.
    return new CordonError('source.unreadable', { oid: oidIn.exec(stderr)?.[0], detail: stderr });
  }
  return new CordonError('git.failed', data);
}

const isClosedPipe = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(
    String(error.code),
  );

function endChild(child: ChildProcess): void {
  // SIGTERM first: git then takes down its helpers and removes its lock files.
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
  // An ssh that git leaves behind may hold these open, and we would wait for it.
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function feed(
  child: GitProcess,
  input: GitInput | undefined,
  fail: (error: unknown) => void,
): void {
  if (input === undefined || typeof input === 'string' || Buffer.isBuffer(input)) {
    // A child that has read enough closes the pipe: its exit code tells, not EPIPE.
    child.stdin.on('error', (error) => {
      if (!isClosedPipe(error)) fail(error);
    });
    child.stdin.end(input);
    return;
  }
  pipeline(Readable.from(input, { objectMode: true }), child.stdin).catch((error: unknown) => {
    if (!isClosedPipe(error)) fail(error);
  });
}

/** Starts git, never through a shell, with the scrubbed environment. */
function startGit(context: GitContext, args: readonly string[], options: GitOptions): GitProcess {
  const base = context.env ?? process.env;
  const git = locateGit(base, context.dir);
  // spawn() says ENOENT both for a missing program and for a missing folder.
  if (!existsSync(context.dir)) throw new CordonError('git.not-a-repository', { dir: context.dir });
  const signals = [context.signal, options.signal].filter((signal) => signal !== undefined);
  for (const signal of signals) signal.throwIfAborted();

  const child = spawn(git, [...guardingOptions, ...args], {
    cwd: context.dir,
    env: gitEnvironment(base, context.dir, options.env),
    stdio: 'pipe',
    windowsHide: true,
  });
  const forget = atExit(() => child.kill('SIGTERM'));
  let tail: Buffer = Buffer.alloc(0);
  let failure: unknown;
  let timedOut = false;
  const fail = (error: unknown): void => {
    failure ??= error;
    endChild(child);
  };
  const abort = (): void => fail(signals.find((signal) => signal.aborted)?.reason);
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          endChild(child);
        }, options.timeoutMs);

  child.stderr.on('data', (chunk: Buffer) => {
    options.onStderr?.(chunk);
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL);
  });
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      failure ??= new CordonError('git.failed', { args: args.join(' '), exitCode: -1 }, error);
      if (child.pid === undefined) settle(null);
    });
    child.once('close', settle);
    function settle(code: number | null): void {
      forget();
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', abort);
      if (failure !== undefined) reject(failure as Error);
      else if (code !== null && (code === 0 || (options.okCodes ?? []).includes(code))) resolve();
      else reject(failureOf(context.dir, args, code, tail, timedOut));
    }
  });
  // Whoever stops reading early never awaits this; that must not take the process down.
  done.catch(() => undefined);

  const running: GitProcess = {
    stdin: child.stdin,
    stdout: child.stdout,
    done,
    kill: () => endChild(child),
  };
  feed(running, options.input, fail);
  return running;
}

/**
 * Standard output of git as it comes. The exit is checked after the last chunk; stopping early ends
 * git. Throws `git.failed` {args, exitCode, stderr, timedOut}, `git.unsafe-repository`,
 * `git.not-a-repository`, `git.not-found` or the signal's reason.
 */
export async function* streamGit(
  context: GitContext,
  args: readonly string[],
  options: GitOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  const child = startGit(context, args, options);
  let ended = false;
  let bytes = 0;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > (options.maxBytes ?? Infinity)) {
        throw new CordonError('git.failed', { args: args.join(' '), exitCode: -1, tooLong: true });
      }
      yield chunk;
    }
    ended = true;
    await child.done;
  } catch (error) {
    // Why the pipe was closed is told by `done`.
    if (isClosedPipe(error)) await child.done;
    throw error;
  } finally {
    if (!ended) child.kill();
  }
}

/** Runs git and gives its whole standard output. Throws as `streamGit`. */
export async function runGit(
  context: GitContext,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of streamGit(context, args, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
