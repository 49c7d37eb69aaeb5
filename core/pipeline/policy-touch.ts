import type { PathEntry } from '../git/index.ts';
import { POLICY_PATH } from './policy-reader.ts';

/** What an act does to the policy file, or undefined where it leaves it as it is. */
export function policyTouchIn(entries: readonly PathEntry[]): 'changed' | 'deleted' | undefined {
  const own = entries.filter(({ path }) => path.text.toLowerCase() === POLICY_PATH);
  if (own.length === 0) return undefined;
  return own.every(({ deleted }) => deleted === true) ? 'deleted' : 'changed';
}
