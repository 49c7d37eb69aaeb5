import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { stateFolder } from '../core/audit/index.ts';
import { privacyFolder, readAllPrivacyKeys, type PrivacyKeys } from '../core/audit/privacy-keys.ts';
import { pseudonymOf } from '../core/audit/pseudonym.ts';
import { CordonError } from '../core/error.ts';
import { choosePoliciesAtRest, identityFor } from '../core/pipeline/index.ts';
import type { CompiledPolicy } from '../core/policy/index.ts';
import type { Parsed } from './arguments.ts';
import { version } from './output.ts';
import { sessionFor } from './session.ts';
import { freshPath, notWritten } from './write-output.ts';

const BUDGET_MS = 60_000;
const CHUNK = 64 * 1024;

/** Whose record it is, and where. */
export interface LogContext {
  readonly folder: string;
  /** The usual place, where the environment leads elsewhere. */
  readonly usual?: string;
  /** The person who asks, in clear. */
  readonly actor: string;
  /** All names that the record may have for them: in clear, and a pseudonym for each key. */
  readonly mine: readonly string[];
  /** Present keys first. */
  readonly keys: readonly PrivacyKeys[];
}

export function logContext(): LogContext {
  const { env } = process;
  const { path, usual } = stateFolder(env);
  const { actor } = identityFor({ env, version, server: false });
  const keys = readAllPrivacyKeys(privacyFolder(env));
  return {
    folder: path,
    ...(usual !== undefined && { usual }),
    actor,
    mine: [actor, ...keys.map((one) => pseudonymOf(actor, one))],
    keys,
  };
}

/**
 * The policies that count where the command stands; undefined outside of any repository. Throws as
 * `sessionFor` where there is one and something is wrong with it.
 */
export async function policiesHere(parsed: Parsed): Promise<readonly CompiledPolicy[] | undefined> {
  try {
    const session = await sessionFor(parsed, BUDGET_MS, () => undefined);
    return (await choosePoliciesAtRest(session)).policies;
  } catch (error) {
    const isOutside = error instanceof CordonError && error.code === 'git.not-a-repository';
    if (isOutside && parsed.values['repo'] === undefined) return undefined;
    throw error;
  }
}

/**
 * The receiver that the policies name. A checkout's own policy does not count: whoever edits a file in a
 * work tree would send everybody's record to a place of theirs.
 */
export function receiverOf(policies: readonly CompiledPolicy[]): string | undefined {
  const ordered = (['organisation', 'home', 'file'] as const).flatMap((wanted) =>
    policies.filter(({ source }) => source === wanted),
  );
  return ordered.find(({ policy }) => policy.record.ship !== undefined)?.policy.record.ship;
}

/** An option's text; undefined where it was not given. */
export function textOf(parsed: Parsed, option: string): string | undefined {
  const value = parsed.values[option];
  return typeof value === 'string' ? value : undefined;
}

export interface Sink {
  /** False once nobody reads any more. */
  readonly write: (text: string) => Promise<boolean>;
  readonly end: () => Promise<void>;
  /** Takes back a file that is not whole. */
  readonly abandon: () => void;
}

/**
 * Where a long output goes: `--output`, whole or not at all, or standard output, no faster than it is read.
 * @throws CordonError `io.disk-full`, `io.unwritable`.
 */
export function openSink(path: string | undefined): Sink {
  return path === undefined ? streamSink() : fileSink(path);
}

function streamSink(): Sink {
  const { stdout } = process;
  let waiting = '';
  let open = true;
  stdout.once('error', () => (open = false));
  const flush = async (): Promise<boolean> => {
    const text = waiting;
    waiting = '';
    if (!open || text === '') return open;
    if (!stdout.write(text)) {
      await new Promise<void>((ready) => {
        const events = ['drain', 'error', 'close'];
        const settle = () => {
          // All of them: a long record waits ten thousand times.
          for (const event of events) stdout.off(event, settle);
          ready();
        };
        for (const event of events) stdout.on(event, settle);
      });
    }
    return open;
  };
  return {
    write(text) {
      waiting += text;
      return waiting.length < CHUNK ? Promise.resolve(open) : flush();
    },
    async end() {
      await flush();
    },
    abandon: () => undefined,
  };
}

function fileSink(path: string): Sink {
  const fresh = freshPath(path);
  const remove = () => {
    if (fresh !== path) rmSync(fresh, { force: true });
  };
  const guarded = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (error) {
      remove();
      throw notWritten(error, path);
    }
  };
  // What was someone's record is theirs alone, wherever it is written to.
  const file = guarded(() => openSync(fresh, fresh === path ? 'w' : 'wx', 0o600));
  let waiting = '';
  const flush = () => {
    const bytes = Buffer.from(waiting, 'utf8');
    waiting = '';
    guarded(() => {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    });
  };
  return {
    write(text) {
      waiting += text;
      if (waiting.length >= CHUNK) flush();
      return Promise.resolve(true);
    },
    end() {
      flush();
      closeSync(file);
      if (fresh !== path) guarded(() => renameSync(fresh, path));
      return Promise.resolve();
    },
    abandon() {
      closeSync(file);
      remove();
    },
  };
}
