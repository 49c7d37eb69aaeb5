import { readFileSync } from 'node:fs';
import { CordonError } from '../core/error.ts';
import { openSession, policyBytes, type Progress, type Session } from '../core/pipeline/index.ts';
import type { Parsed } from './arguments.ts';

/** The folder a command is about: `--repo`, or where it was started. */
export function folderOf(parsed: Parsed): string {
  const repo = parsed.values['repo'];
  return typeof repo === 'string' ? repo : process.cwd();
}

export function policyOf(parsed: Parsed) {
  const file = parsed.values['policy'];
  if (typeof file !== 'string') return undefined;
  try {
    return policyBytes(readFileSync(file), file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new CordonError('source.unreadable', { path: file, reason }, error);
  }
}

/** Opens the repository a command is about. */
export async function sessionFor(
  parsed: Parsed,
  budgetMs: number,
  onProgress: (progress: Progress) => void,
): Promise<Session> {
  const policy = policyOf(parsed);
  return openSession({
    dir: folderOf(parsed),
    env: process.env,
    ...(policy !== undefined && { policy }),
    budgetMs,
    onProgress,
  });
}
