import { join } from 'node:path';
import type { FileChange } from './plan-changes.ts';

export interface PolicyFiles {
  readonly policy: string;
  readonly schema: string;
}

/**
 * `.cordon/policy.yaml` and its schema, each only where it is not there: a policy is the team's, and
 * is never written over.
 *
 * @param texts Called only where one of them is missing.
 */
export function policyChanges(top: string, texts: () => PolicyFiles): FileChange[] {
  const write = (name: string, key: keyof PolicyFiles): FileChange => ({
    path: join(top, '.cordon', name),
    mode: 0o644,
    within: top,
    make: (current) => (current === undefined ? { bytes: Buffer.from(texts()[key]) } : undefined),
  });
  return [write('policy.yaml', 'policy'), write('policy.schema.json', 'schema')];
}
