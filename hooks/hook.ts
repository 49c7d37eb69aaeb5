import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CordonError } from '../core/error.ts';
import type { Verdict } from '../core/model.ts';
import { nearestWord } from '../core/policy/nearest-word.ts';
import { parsePrePush, parseReceive } from '../core/git/index.ts';
import {
  claimOf,
  isSelfTest,
  judgeCommit,
  judgePush,
  judgeReceive,
  noteJudgedCommit,
  passDeletions,
  type PushOutcome,
  type Session,
} from '../core/pipeline/index.ts';
import { exitCodeOf, renderJson, type ReportContext } from '../core/report/index.ts';
import { readArguments, type Parsed } from './arguments.ts';
import { showProgress, showVerdict } from './output.ts';
import { noticeGaps, recordNoticed } from './posture.ts';
import { readInput } from './read-input.ts';
import { recordingAct, startRecording, type Recording } from './record.ts';
import { sessionFor } from './session.ts';

/**
 * How long a hook may look. git holds its connection open meanwhile, and servers drop idle ones after
 * minutes; what was seen is kept, so that the next push goes on from there.
 */
const BUDGET_MS = 120_000;
const RECEIVE_BUDGET_MS = 60_000;

/** CORDON_BUDGET_MS may only shorten it: less time to look can only stop more. */
function budgetOf(ms: number): number {
  const asked = Number(process.env['CORDON_BUDGET_MS'] || ms);
  return asked >= 0 ? Math.min(ms, asked) : ms;
}

const hooks = ['pre-commit', 'pre-merge-commit', 'pre-push', 'pre-receive'] as const;

/** What git calls. Standard output stays empty: in `git push --porcelain` it is the push's own. */
export async function hook(args: readonly string[], input?: Buffer): Promise<number> {
  const [word = '', ...rest] = args;
  if (word === '' || word.startsWith('-')) {
    const expected = `one of ${hooks.join(', ')}`;
    throw new CordonError('usage', { problem: 'missing-argument', word: 'hook', expected });
  }
  const name = hooks.find((one) => one === word);
  if (name === undefined) {
    const nearest = nearestWord(word, hooks);
    throw new CordonError('usage', {
      problem: 'unknown-command',
      word: `hook ${word}`.trim(),
      nearest,
    });
  }
  const parsed = readArguments(rest, {});
  switch (name) {
    case 'pre-commit':
    case 'pre-merge-commit':
      return commitHook(parsed);
    case 'pre-push':
      return pushHook(parsed, input ?? readInput());
    case 'pre-receive':
      return receiveHook(parsed, input ?? readInput());
  }
}

function commitHook(parsed: Parsed): Promise<number> {
  const recording = startRecording();
  return recordingAct('commit', recording, async () => {
    const progress = showProgress(parsed);
    const session = await open(parsed, BUDGET_MS, recording, progress.onProgress);
    const judged = await judgeCommit(session).finally(progress.stop);
    tellGaps(session, recording);
    const verdict = recording.judged(judged);
    if (verdict.verdict !== 'block') noteQuietly(session);
    keepReport(session, verdict);
    // A clean commit says nothing: it happens a hundred times a day.
    if (verdict.findings.length > 0 || parsed.values['format'] !== undefined) {
      showVerdict(parsed, verdict, reportAt(session), { stream: 'stderr', style: 'terminal' });
    }
    return exitCodeOf(verdict);
  });
}

function pushHook(parsed: Parsed, input: Buffer): Promise<number> {
  const [remoteName, url] = parsed.positionals;
  if (remoteName === undefined || url === undefined) {
    throw new CordonError('usage', {
      problem: 'missing-argument',
      word: 'hook pre-push',
      expected: 'REMOTE URL',
    });
  }
  const recording = startRecording();
  return recordingAct('push', recording, async () => {
    const progress = showProgress(parsed);
    const session = await open(parsed, BUDGET_MS, recording, progress.onProgress);
    const updates = parsePrePush(input);
    const refs = updates.map(({ remoteRef, localOid }) => ({ name: remoteRef, tip: localOid }));
    const isJudged = updates.some(({ deletion }) => !deletion);
    const judging = isJudged
      ? judgePush(session, { remoteName, url, input })
      : passDeletions(session, url);
    const outcome = await judging.finally(progress.stop);
    tellGaps(session, recording);
    const verdict = recording.judged(outcome.verdict, {
      destination: outcome.destination,
      refs,
      circumstances: selfTestWord(session, url),
    });
    if (isJudged) keepReport(session, verdict);
    const context = {
      ...contextOf(session, outcome),
      // A remote without a name is pushed by its URL, and git then gives the URL twice.
      ...(remoteName !== url && { remote: remoteName }),
    };
    // Nothing was looked at where refs are only taken away, so there is nothing to tell.
    if (isJudged || verdict.findings.length > 0) {
      showVerdict(parsed, verdict, context, { stream: 'stderr', style: 'terminal' });
    }
    return exitCodeOf(verdict);
  });
}

function receiveHook(parsed: Parsed, input: Buffer): Promise<number> {
  const recording = startRecording({ server: true });
  return recordingAct('receive', recording, async () => {
    const session = await open(parsed, RECEIVE_BUDGET_MS, recording, () => undefined);
    const refs = parseReceive(input).map(({ ref, newOid }) => ({ name: ref, tip: newOid }));
    const outcome = await judgeReceive(session, input);
    const { destination } = outcome;
    const circumstances = selfTestWord(session);
    const claim = claimOf(session.env);
    const verdict = recording.judged(outcome.verdict, {
      destination,
      refs,
      circumstances,
      ...(claim !== undefined && { data: { pusherBy: claim.forge } }),
    });
    keepReport(session, verdict);
    if (verdict.findings.length > 0 || parsed.values['format'] !== undefined) {
      const shown = contextOf(session, outcome).refs;
      // The report's file lies on the server, where the developer cannot read it.
      showVerdict(parsed, verdict, shown === undefined ? {} : { refs: shown }, {
        stream: 'stderr',
        style: 'remote',
      });
    }
    return exitCodeOf(verdict);
  });
}

async function open(
  parsed: Parsed,
  budgetMs: number,
  recording: Recording,
  onProgress: Session['onProgress'],
): Promise<Session> {
  const session = await sessionFor(parsed, budgetOf(budgetMs), onProgress, recording.onChosen);
  recording.about(session);
  return session;
}

/** Once the policies are known: they decide how names are kept. */
function tellGaps(session: Session, recording: Recording): void {
  recordNoticed(noticeGaps(session), recording.event);
}

function noteQuietly(session: Session): void {
  try {
    noteJudgedCommit(session);
  } catch {
    // Where nothing can be noted, the place in HEAD's log cannot be kept either: nothing is told of it.
  }
}

const selfTestWord = ({ repo }: Session, url?: string): string[] =>
  isSelfTest(repo.workTree ?? repo.dir, url) ? ['self-test'] : [];

function contextOf(session: Session, outcome: PushOutcome): ReportContext {
  return { ...reportAt(session), refs: outcome.refs };
}

const reportAt = (session: Session): ReportContext => ({
  fullReport: join(session.stateDir, 'last.json'),
});

/** The whole report, for whoever wants more than the first few findings. */
function keepReport(session: Session, verdict: Verdict): void {
  try {
    mkdirSync(session.stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(session.stateDir, 'last.json'), `${renderJson(verdict)}\n`, { mode: 0o600 });
  } catch {
    // A read-only or full disk: the verdict stands, and is shown all the same.
  }
}
