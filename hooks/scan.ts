import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CordonError } from '../core/error.ts';
import { runGit } from '../core/git/index.ts';
import type { Oid, Verdict } from '../core/model.ts';
import {
  everyTip,
  judgeCommit,
  scanPaths,
  scanRange,
  scanStream,
  type LooseScan,
  type Session,
} from '../core/pipeline/index.ts';
import { exitCodeOf } from '../core/report/index.ts';
import { readArguments, type Parsed } from './arguments.ts';
import { showProgress, showVerdict } from './output.ts';
import { noticeGaps, nothingNoticed, recordNoticed, type Noticed } from './posture.ts';
import { folderOf, policyOf, sessionFor } from './session.ts';

/** A person waits for a scan as long as they like, and ends it with Ctrl-C. */
const BUDGET_MS = 24 * 3600 * 1000;

const options = {
  staged: { type: 'boolean' },
  range: { type: 'string' },
  history: { type: 'boolean' },
  stdin: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
} as const;

/** Looks at content at rest. */
export async function scan(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  const ways = ['staged', 'range', 'history', 'stdin'].filter((name) => parsed.values[name]);
  if (ways.length > 1 || (ways.length === 1 && parsed.positionals.length > 0)) {
    const word = [...ways.map((way) => `--${way}`), ...parsed.positionals].join(' ');
    throw new CordonError('usage', {
      problem: 'bad-option',
      word,
      detail: 'they exclude each other',
    });
  }
  const progress = showProgress(parsed);
  const seen: Seen = {};
  const found = await look(parsed, progress.onProgress, seen).finally(progress.stop);
  const verdict = await recorded(found, seen, ways[0] ?? 'paths');
  showVerdict(parsed, verdict, {}, { stream: 'stdout', style: 'terminal' });
  return exitCodeOf(verdict);
}

/** What a scan learnt on its way that the record is told. */
interface Seen {
  session?: Session;
  chosen?: Parameters<Session['onChosen']>[0];
}

/** A scan that found nothing is nobody's business, and loads nothing of the record. */
async function recorded(verdict: Verdict, seen: Seen, way: string): Promise<Verdict> {
  const noticed = gapsOf(seen);
  if (verdict.findings.length === 0 && noticed.events.length === 0) {
    noticed.noted();
    return verdict;
  }
  const { recordingFor } = await import('./record-gaps.ts');
  const recording = await recordingFor(seen.session, seen.chosen);
  recordNoticed(noticed, recording.event);
  const told =
    verdict.findings.length === 0 ? verdict : recording.judged(verdict, { data: { way } });
  recording.close();
  return told;
}

function gapsOf({ session }: Seen): Noticed {
  return session === undefined ? nothingNoticed : noticeGaps(session);
}

async function look(
  parsed: Parsed,
  onProgress: Session['onProgress'],
  seen: Seen,
): Promise<Verdict> {
  const onChosen: Session['onChosen'] = (chosen) => (seen.chosen = chosen);

  const { staged, range, history, stdin } = parsed.values;
  if (staged === true) return judgeCommit(await open(), 'scan');
  if (typeof range === 'string') {
    const session = await open();
    return scanRange(session, await readRange(session, range));
  }
  if (history === true) {
    const session = await open();
    return scanRange(session, { tips: await everyTip(session), negatives: [] });
  }
  const where = await openOrLoose(parsed, onProgress, onChosen);
  if ('repo' in where) seen.session = where;
  if (stdin === true) return scanStream(where, process.stdin);
  if (parsed.positionals.length > 0) return scanPaths(where, parsed.positionals);
  // A bare repository's files are git's own, deflated: what it holds is its history.
  if ('repo' in where && where.repo.bare) {
    return scanRange(where, { tips: await everyTip(where), negatives: [] });
  }
  return scanPaths(where, [folderOf(parsed)]);

  async function open(): Promise<Session> {
    return (seen.session = await sessionFor(parsed, BUDGET_MS, onProgress, onChosen));
  }
}

/** Files and folders may lie outside of any repository; anything else that is wrong with one is told. */
async function openOrLoose(
  parsed: Parsed,
  onProgress: Session['onProgress'],
  onChosen: Session['onChosen'],
): Promise<Session | LooseScan> {
  try {
    const session = await sessionFor(parsed, BUDGET_MS, onProgress, onChosen);
    if (session.repo.workTree !== undefined || session.repo.bare) return session;
  } catch (error) {
    const isOutside = error instanceof CordonError && error.code === 'git.not-a-repository';
    // Where a .git stands that git does not take, there is a repository, with a policy, and it is broken.
    // Where someone says which repository it is, another answer than that one would be a wrong one.
    const isNamed =
      parsed.values['repo'] !== undefined ||
      process.env['GIT_DIR'] !== undefined ||
      standsBelowGit(folderOf(parsed));
    if (!isOutside || isNamed) throw error;
  }
  const policy = await policyOf(parsed);
  const started = performance.now();
  return {
    env: process.env,
    ...(policy !== undefined && { policy }),
    started,
    deadline: started + BUDGET_MS,
    onProgress,
    onChosen,
    now: () => new Date(),
  };
}

function standsBelowGit(folder: string): boolean {
  for (let dir = folder; ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.git'))) return true;
    if (dirname(dir) === dir) return false;
  }
}

async function readRange(
  { repo }: Session,
  range: string,
): Promise<{ tips: Oid[]; negatives: Oid[] }> {
  let listed: string;
  try {
    const output = await runGit(repo, ['rev-parse', '--revs-only', '--end-of-options', range]);
    listed = output.toString('latin1');
  } catch (error) {
    throw new CordonError(
      'usage',
      { problem: 'bad-option', word: `--range ${range}`, detail: 'git does not know it' },
      error,
    );
  }
  const ids = listed.split('\n').filter((line) => /^\^?[0-9a-f]{40,64}$/.test(line));
  if (ids.length === 0) {
    throw new CordonError('usage', {
      problem: 'bad-option',
      word: `--range ${range}`,
      detail: 'git does not know it',
    });
  }
  return {
    tips: ids.filter((id) => !id.startsWith('^')) as Oid[],
    negatives: ids.filter((id) => id.startsWith('^')).map((id) => id.slice(1)) as Oid[],
  };
}
