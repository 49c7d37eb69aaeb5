import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewEvent } from '../core/audit/index.ts';
import type { CordonError } from '../core/error.ts';
import type { ConfigEntry } from '../core/git/config.ts';
import { findGaps } from '../core/install/find-gaps.ts';
import { findUnjudgedCommits, type Session } from '../core/pipeline/index.ts';

/** Told one by one; the rest are counted. */
const MOST_COMMITS = 20;

/** What is to be recorded, and what notes that it was: till then it is noticed again. */
export interface Noticed {
  readonly events: readonly NewEvent[];
  readonly noted: () => void;
}

export const nothingNoticed: Noticed = { events: [], noted: () => undefined };

/**
 * What is newly missing of the guard of this clone, for the record: parts that are gone, and commits
 * that no hook judged. Reads a few small files; what cannot be read tells nothing.
 */
export function noticeGaps(session: Session): Noticed {
  try {
    const { repo, config, stateDir } = session;
    // Ours to every git child, so that none of them runs a hook.
    const isOwn = ({ scope, value }: ConfigEntry) => scope === 'command' && value === '/dev/null';
    const set = config.getAll('core.hookspath').findLast((entry) => !isOwn(entry));
    const gaps = findGaps(repo.commonDir, set?.value);
    // A server's, or called by a hook of someone's own: then nothing was promised.
    if (gaps === undefined) return nothingNoticed;
    const keepGaps = changedSince(join(stateDir, 'seen'), gaps);
    const { commits, keepPlace } = findUnjudgedCommits(session);
    return {
      events: [...(keepGaps === undefined ? [] : [gapEvent(gaps)]), ...commitEvents(commits)],
      noted() {
        try {
          keepGaps?.();
          keepPlace();
        } catch {
          // Told once more at the next act: better twice than never.
        }
      },
    };
  } catch {
    return nothingNoticed;
  }
}

const gapEvent = (gaps: readonly string[]): NewEvent => ({
  kind: 'posture',
  circumstances: gaps.length === 0 ? ['restored'] : ['guard-missing', ...gaps],
});

/** Writes what was noticed by `write`, and notes it unless something kept it from being written. */
export function recordNoticed(
  { events, noted }: Noticed,
  write: (event: NewEvent) => CordonError | undefined,
): CordonError | undefined {
  const failures = events.map(write).filter((failure) => failure !== undefined);
  if (failures.length === 0) noted();
  return failures[0];
}

/** Told when it begins and when it ends, not at each act between: gives what keeps that, where it changed. */
function changedSince(folder: string, gaps: readonly string[]): (() => void) | undefined {
  const file = join(folder, 'gaps');
  const now = gaps.join('\n');
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    // None so far, which is how an installation begins.
  }
  if (before === now) return undefined;
  return () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, now, { mode: 0o600 });
  };
}

function commitEvents(
  commits: ReturnType<typeof findUnjudgedCommits>['commits'],
): readonly NewEvent[] {
  return commits.slice(0, MOST_COMMITS).map(({ object, how }, index) => ({
    kind: 'posture' as const,
    object,
    // By --no-verify, or by a program that runs no hooks: the log does not say which.
    circumstances: ['commit-unjudged'],
    data: {
      how,
      ...(index === MOST_COMMITS - 1 &&
        commits.length > MOST_COMMITS && { more: commits.length - MOST_COMMITS }),
    },
  }));
}
