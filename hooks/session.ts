import { CordonError } from '../core/error.ts';
import {
  namedPolicy,
  openSession,
  type OnChosen,
  type Progress,
  type Session,
} from '../core/pipeline/index.ts';
import type { PolicyBytes } from '../core/policy/index.ts';
import type { Parsed } from './arguments.ts';

/** The folder a command is about: `--repo`, or where it was started. */
export function folderOf(parsed: Parsed): string {
  const repo = parsed.values['repo'];
  if (typeof repo === 'string') return repo;
  try {
    return process.cwd();
  } catch (error) {
    // Deleted, or its parent closed to this user, while the shell still stands in it.
    throw new CordonError('git.not-a-repository', {}, error);
  }
}

/** The policy that `--policy` names, if any. */
export async function policyOf(parsed: Parsed): Promise<PolicyBytes | undefined> {
  const file = parsed.values['policy'];
  return typeof file === 'string' ? namedPolicy(file) : undefined;
}

/** Opens the repository a command is about. */
export async function sessionFor(
  parsed: Parsed,
  budgetMs: number,
  onProgress: (progress: Progress) => void,
  onChosen?: OnChosen,
): Promise<Session> {
  const policy = await policyOf(parsed);
  return openSession({
    dir: folderOf(parsed),
    env: process.env,
    ...(policy !== undefined && { policy }),
    budgetMs,
    onProgress,
    ...(onChosen !== undefined && { onChosen }),
  });
}
