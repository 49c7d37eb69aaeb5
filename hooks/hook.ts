import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CordonError } from '../core/error.ts';
import type { Verdict } from '../core/model.ts';
import { nearestWord } from '../core/policy/nearest-word.ts';
import {
  judgeCommit,
  judgePush,
  judgeReceive,
  type PushOutcome,
  type Session,
} from '../core/pipeline/index.ts';
import { exitCodeOf, renderJson, type ReportContext } from '../core/report/index.ts';
import { readArguments, type Parsed } from './arguments.ts';
import { showProgress, showVerdict } from './output.ts';
import { readInput } from './read-input.ts';
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

async function commitHook(parsed: Parsed): Promise<number> {
  const progress = showProgress(parsed);
  const session = await sessionFor(parsed, budgetOf(BUDGET_MS), progress.onProgress);
  const verdict = await judgeCommit(session).finally(progress.stop);
  keepReport(session, verdict);
  // A clean commit says nothing: it happens a hundred times a day.
  if (verdict.findings.length > 0 || parsed.values['format'] !== undefined) {
    showVerdict(parsed, verdict, reportAt(session), { stream: 'stderr', style: 'terminal' });
  }
  return exitCodeOf(verdict);
}

async function pushHook(parsed: Parsed, input: Buffer): Promise<number> {
  const [remoteName, url] = parsed.positionals;
  if (remoteName === undefined || url === undefined) {
    throw new CordonError('usage', {
      problem: 'missing-argument',
      word: 'hook pre-push',
      expected: 'REMOTE URL',
    });
  }
  const progress = showProgress(parsed);
  const session = await sessionFor(parsed, budgetOf(BUDGET_MS), progress.onProgress);
  const outcome = await judgePush(session, { remoteName, url, input }).finally(progress.stop);
  keepReport(session, outcome.verdict);
  const context = {
    ...contextOf(session, outcome),
    // A remote without a name is pushed by its URL, and git then gives the URL twice.
    ...(remoteName !== url && { remote: remoteName }),
  };
  showVerdict(parsed, outcome.verdict, context, { stream: 'stderr', style: 'terminal' });
  return exitCodeOf(outcome.verdict);
}

async function receiveHook(parsed: Parsed, input: Buffer): Promise<number> {
  const session = await sessionFor(parsed, budgetOf(RECEIVE_BUDGET_MS), () => undefined);
  const outcome = await judgeReceive(session, input);
  const { verdict } = outcome;
  keepReport(session, verdict);
  if (verdict.findings.length > 0 || parsed.values['format'] !== undefined) {
    const { refs } = contextOf(session, outcome);
    // The report's file lies on the server, where the developer cannot read it.
    showVerdict(parsed, verdict, refs === undefined ? {} : { refs }, {
      stream: 'stderr',
      style: 'remote',
    });
  }
  return exitCodeOf(verdict);
}

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
