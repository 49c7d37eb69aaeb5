import { existsSync } from 'node:fs';
import { openRecord, stateFolder, type NewEvent, type RecordWriter } from '../core/audit/index.ts';
import { createPrivacy, type Privacy } from '../core/audit/privacy.ts';
import { ensurePrivacyKeys, privacyFolder, readPrivacyKeys } from '../core/audit/privacy-keys.ts';
import { CordonError } from '../core/error.ts';
import { messagesFor } from '../core/messages/index.ts';
import type { Act, Verdict } from '../core/model.ts';
import {
  circumstancesOf,
  eventOfFailure,
  eventsOfVerdict,
  identityFor,
  withoutRecord,
  type OnChosen,
  type RecordedAct,
  type Session,
} from '../core/pipeline/index.ts';
import { onInterrupt } from './interrupts.ts';
import { version } from './output.ts';

/** What one process does, on its way into the record. Nothing here throws. */
export interface Recording {
  /** Hand it to the session: which policies count decides what is kept, and in which form. */
  readonly onChosen: OnChosen;
  /** Tells which repository it is about. */
  readonly about: (session: Pick<Session, 'repo' | 'config'>) => void;
  /**
   * Records a judged act, on disk before it returns. Gives the verdict to act on: another one where
   * it could not be recorded.
   */
  readonly judged: (verdict: Verdict, more?: Omit<Partial<RecordedAct>, 'verdict'>) => Verdict;
  /** Records an act that came to no verdict. */
  readonly failed: (act: Act, error: unknown) => void;
  /** Records something else; gives what kept it from being written. */
  readonly event: (event: NewEvent) => CordonError | undefined;
  /** Settles now who acts, on which repository and by which policy: it may soon be gone. */
  readonly settle: () => void;
  /** Ends it: what was written is sealed. */
  readonly close: () => void;
}

/** The record of this process. Opens nothing until there is something to write. */
export function startRecording({ server = false }: { readonly server?: boolean } = {}): Recording {
  const { env } = process;
  const place = stateFolder(env);
  const circumstances = circumstancesOf(env, { server, stateMoved: place.moved });
  const writers: RecordWriter[] = [];
  let session: Pick<Session, 'repo' | 'config'> | undefined;
  let chosen: Parameters<OnChosen>[0] | undefined;
  let touched: Parameters<OnChosen>[1];
  let identity: ReturnType<typeof identityFor> | undefined;
  let append: ((event: NewEvent) => void) | undefined;

  const settle = () =>
    (identity ??= identityFor({ env, version, session, policies: chosen?.policies, server }));
  const open = (folder: string): ((event: NewEvent) => void) => {
    const settled = settle();
    const privacy = privacyOf(chosen, privacyFolder(env));
    const clear = { host: '', ...settled };
    const { host: _, ...kept } = privacy.identity(clear);
    const opened = openRecord({ folder, identity: kept });
    writers.push(opened);
    return (event) => opened.append(privacy.apply(event, clear));
  };
  const write = (events: readonly NewEvent[]): CordonError | undefined => {
    try {
      if (append === undefined && place.usual !== undefined)
        noteMoved(place.usual, place.path, open);
      append ??= open(place.path);
      for (const event of events) append(event);
      return undefined;
    } catch (error) {
      return asRecordError(error, place.path);
    }
  };
  const close = () => {
    for (const one of writers.splice(0)) {
      try {
        one.close();
      } catch {
        // All that was acknowledged is on disk; whoever writes next seals it.
      }
    }
    append = undefined;
  };
  return {
    onChosen(given, touch) {
      chosen = given;
      touched = touch;
    },
    about(given) {
      session = given;
    },
    judged(verdict, more = {}) {
      const { loosened = [], policies = [] } = chosen ?? {};
      const failure = write(
        eventsOfVerdict({
          verdict,
          rank: (label) => Math.max(-1, ...policies.map((one) => one.rank(label))),
          ...(touched !== undefined && { policyTouch: { how: touched, loosened } }),
          ...more,
          circumstances: [...circumstances, ...(more.circumstances ?? [])],
        }),
      );
      if (failure === undefined) return verdict;
      return withoutRecord(verdict, policies, failure, messagesFor(undefined, env));
    },
    failed(act, error) {
      write([eventOfFailure(act, error, circumstances)]);
    },
    event: (event) =>
      write([{ ...event, circumstances: [...(event.circumstances ?? []), ...circumstances] }]),
    settle,
    close,
  };
}

/**
 * Runs an act that git waits for. However it ends without a verdict, by an error or by Ctrl-C, it was
 * stopped, and that is recorded.
 */
export async function recordingAct<Result>(
  act: Act,
  recording: Recording,
  run: () => Promise<Result>,
): Promise<Result> {
  const forget = onInterrupt(() => {
    recording.failed(act, new CordonError('interrupted'));
    recording.close();
  });
  try {
    return await run();
  } catch (error) {
    recording.failed(act, error);
    throw error;
  } finally {
    forget();
    recording.close();
  }
}

/**
 * Where the environment leads the record elsewhere and a record stands at the usual place, that one is
 * told: else whoever sets a variable would have acted unrecorded, as far as anybody would look.
 */
function noteMoved(
  usual: string,
  path: string,
  open: (folder: string) => (event: NewEvent) => void,
): void {
  if (!existsSync(usual)) return;
  try {
    open(usual)({ kind: 'moved', to: path, circumstances: ['state-moved'] });
  } catch {
    // The usual place may be closed to this process; the act itself is recorded where it leads.
  }
}

function asRecordError(error: unknown, path: string): CordonError {
  if (error instanceof CordonError && error.code.startsWith('record.')) return error;
  if (error instanceof CordonError) {
    // Something else than the record itself, such as its keys: that is what has to be mended.
    const { path: at, word, detail } = error.data;
    const place = String(at ?? word ?? path);
    return new CordonError(
      'record.unwritable',
      { path: place, system: detail ?? error.code },
      error,
    );
  }
  const system = error instanceof Error ? error.message : String(error);
  return new CordonError('record.unwritable', { path, system }, error);
}

/**
 * `keyed` where any policy that counts says so, and everywhere once an administrator brought keys. Where no
 * policy says anything (the act failed before they were known, no repository, init's own self-test), names
 * are keyed where this user's record ever had to: nobody can take them out again.
 */
function privacyOf(chosen: Parameters<OnChosen>[0] | undefined, folder: string): Privacy {
  const held = readPrivacyKeys(folder);
  const policies = (chosen?.policies ?? []).filter(({ source }) => source !== 'built-in');
  const isKeyed =
    policies.some(({ policy }) => policy.record.privacy === 'keyed') ||
    held?.origin === 'organisation' ||
    (policies.length === 0 && held !== undefined);
  return createPrivacy({ privacy: isKeyed ? 'keyed' : 'plain' }, () => ensurePrivacyKeys(folder));
}
