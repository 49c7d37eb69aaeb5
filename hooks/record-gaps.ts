import type { NewEvent } from '../core/audit/index.ts';
import type { OnChosen, Session } from '../core/pipeline/index.ts';
import { noticeGaps, recordNoticed } from './posture.ts';
import type { Recording } from './record.ts';

type Chosen = Parameters<OnChosen>[0];

/** Records what is newly missing of the guard, where a command that is no act happens to see it. */
export async function recordGaps(session: Session, chosen: Chosen | undefined): Promise<void> {
  const noticed = noticeGaps(session);
  if (noticed.events.length === 0) {
    noticed.noted();
    return;
  }
  const recording = await recordingFor(session, chosen);
  recordNoticed(noticed, recording.event);
  recording.close();
}

/**
 * Records events of a command such as `register`, whole, before it returns. Never throws: gives what
 * kept them from being written, for the caller to tell or to stop at.
 */
export async function recordEvents(
  events: readonly NewEvent[],
  session?: Pick<Session, 'repo' | 'config'>,
  chosen?: Chosen,
) {
  const recording = await recordingFor(session, chosen);
  const failures = events.map((event) => recording.event(event));
  recording.close();
  return failures.find((failure) => failure !== undefined);
}

/** A recording that knows what it is about. */
export async function recordingFor(
  session: Pick<Session, 'repo' | 'config'> | undefined,
  chosen: Chosen | undefined,
): Promise<Recording> {
  const { startRecording } = await import('./record.ts');
  const recording = startRecording();
  if (session !== undefined) recording.about(session);
  if (chosen !== undefined) recording.onChosen(chosen);
  return recording;
}
