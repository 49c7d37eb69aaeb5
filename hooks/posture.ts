import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewEvent } from '../core/audit/index.ts';
import type { ConfigEntry } from '../core/git/config.ts';
import { findGaps } from '../core/install/find-gaps.ts';
import { findUnjudgedCommits, type Session } from '../core/pipeline/index.ts';

/** Told one by one; the rest are counted. */
const MOST_COMMITS = 20;

/**
 * What is newly missing of the guard of this clone, for the record: parts that are gone, and commits
 * that no hook judged. Reads a few small files; what cannot be read or noted tells nothing.
 */
export function noticeGaps(session: Session): NewEvent[] {
  try {
    const { repo, config, stateDir } = session;
    // Ours to every git child, so that none of them runs a hook.
    const isOwn = ({ scope, value }: ConfigEntry) => scope === 'command' && value === '/dev/null';
    const set = config.getAll('core.hookspath').findLast((entry) => !isOwn(entry));
    const gaps = findGaps(repo.commonDir, set?.value);
    // A server's, or called by a hook of someone's own: then nothing was promised.
    if (gaps === undefined) return [];
    const changed = changedSince(join(stateDir, 'seen'), gaps);
    return [...(changed ? [gapEvent(gaps)] : []), ...unjudged(session)];
  } catch {
    return [];
  }
}

const gapEvent = (gaps: readonly string[]): NewEvent => ({
  kind: 'posture',
  circumstances: gaps.length === 0 ? ['restored'] : ['guard-missing', ...gaps],
});

/** Told when it begins and when it ends, not at each act between. */
function changedSince(folder: string, gaps: readonly string[]): boolean {
  const file = join(folder, 'gaps');
  const now = gaps.join('\n');
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    // None so far, which is how an installation begins.
  }
  if (before === now) return false;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, now, { mode: 0o600 });
  return true;
}

function unjudged(session: Session): NewEvent[] {
  const commits = findUnjudgedCommits(session);
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
