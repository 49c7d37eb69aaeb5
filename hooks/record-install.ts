import type { NewEvent } from '../core/audit/index.ts';
import type { CordonError } from '../core/error.ts';
import { choosePoliciesAtRest, openSession, type OnChosen } from '../core/pipeline/index.ts';
import { noticeGaps, nothingNoticed, recordNoticed, type Noticed } from './posture.ts';
import { recordEvents, recordingFor } from './record-gaps.ts';

const BUDGET_MS = 60_000;

/**
 * Makes ready to record what is about to happen to a repository's guard: which one it is and which
 * policies count, as long as both can be asked. The result records; it never throws, and gives what kept
 * it from being written.
 */
export async function prepareRecord(
  cwd: string,
): Promise<(events: readonly NewEvent[], noticed?: Noticed) => Promise<CordonError | undefined>> {
  try {
    const session = await openSession({ dir: cwd, env: process.env, budgetMs: BUDGET_MS });
    const chosen: Parameters<OnChosen>[0] | undefined = await choosePoliciesAtRest(session).catch(
      // A policy that is broken is told by whoever needs it.
      () => undefined,
    );
    const recording = await recordingFor(session, chosen);
    recording.settle();
    return (events, noticed = nothingNoticed) => {
      const failures = events.map((event) => recording.event(event));
      const missed = recordNoticed(noticed, recording.event);
      recording.close();
      return Promise.resolve(failures.find((failure) => failure !== undefined) ?? missed);
    };
  } catch {
    return async (events, { events: seen, noted } = nothingNoticed) => {
      const failure = await recordEvents([...events, ...seen]);
      if (failure === undefined) noted();
      return failure;
    };
  }
}

/**
 * What is missing of a guard that stands here already, for the record, before it is mended: whoever takes a
 * hook out and installs again would have left nothing. Asked a second time, it tells what is back, and from
 * here on commits that no hook judged are told.
 */
export async function noticeHere(cwd: string): Promise<Noticed> {
  try {
    return noticeGaps(await openSession({ dir: cwd, env: process.env, budgetMs: BUDGET_MS }));
  } catch {
    // The first hook begins it instead.
    return nothingNoticed;
  }
}
