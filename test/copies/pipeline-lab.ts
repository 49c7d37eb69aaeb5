import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { command, cordon, makeLab, type Ran } from '../support/lab.ts';
import type { TestRepo } from '../support/repo.ts';

/** Code that stands nowhere else: every word of it was made up for these tests. */
export const secretCode = readFileSync(join(import.meta.dirname, 'pipeline-secret.py.txt'), 'utf8');

/** Lines of it, 1-based and inclusive. */
export const linesOf = (first: number, last: number): string =>
  `${secretCode
    .split('\n')
    .slice(first - 1, last)
    .join('\n')}\n`;

/** The same with every name of its own exchanged, as whoever hides a copy does. */
export function renamed(code: string): string {
  const names = new Map<string, string>();
  return code.replace(
    /\b(?!def\b|for\b|in\b|if\b|else\b|return\b|class\b|self\b|range\b|len\b|not\b|while\b|import\b|None\b|and\b|or\b|raise\b)[a-z_][a-z_0-9]*\b/gi,
    (name) => {
      const known = names.get(name) ?? `v${names.size}_q`;
      names.set(name, known);
      return known;
    },
  );
}

export const POLICY = [
  'version: 1',
  'defaultLabel: internal',
  "markings: [{paths: ['src/model/**'], label: restricted}, {paths: ['docs/**'], label: public}]",
  '',
].join('\n');

export interface Finding {
  readonly kind: string;
  readonly rule: string;
  readonly label: string;
  readonly severity: string;
  readonly path?: string;
  readonly line?: number;
  readonly layer?: string;
  readonly fingerprint: string;
  readonly message: string;
  readonly source?: { readonly path: string; readonly line: number };
  readonly allowed?: { readonly by: string };
}

export interface Report {
  readonly verdict: string;
  readonly findings: readonly Finding[];
  readonly coverage: { readonly notChecked: readonly { readonly rule: string }[] };
}

/** A repository with classified code that is registered, and others on the same machine. */
export interface Machine extends Disposable {
  readonly secret: TestRepo;
  readonly registered: Ran;
  /** A repository with a bare remote that nothing clears, and the real pre-push hook. */
  readonly other: () => TestRepo;
}

export async function makeMachine(): Promise<Machine> {
  const made: TestRepo[] = [];
  const secret = makeLab();
  made.push(secret);
  secret.commit({ '.cordon/policy.yaml': POLICY, 'src/model/blend.py': secretCode });
  const registered = await cordon(secret, ['register', '--no-background']);
  expect(registered).toMatchObject({ code: 0 });
  return {
    secret,
    registered,
    other() {
      const remote = makeLab({ bare: true });
      const repo = makeLab();
      made.push(remote, repo);
      shareMachine(secret, repo);
      repo.addRemote('origin', remote.dir);
      installHook(repo);
      return repo;
    },
    [Symbol.dispose]() {
      for (const repo of made) repo.cleanup();
    },
  };
}

/** Two repositories of one user on one machine. */
export function shareMachine(one: TestRepo, other: TestRepo): void {
  other.env['XDG_DATA_HOME'] = one.env['XDG_DATA_HOME'] ?? '';
}

/** The build itself as the hook: how it is installed is tested elsewhere. */
function installHook(repo: TestRepo): void {
  const hook = join(repo.dir, '.git/hooks/pre-push');
  mkdirSync(dirname(hook), { recursive: true });
  const call = [process.execPath, command].map((word) => `'${word}'`).join(' ');
  writeFileSync(hook, `#!/bin/sh\nexec ${call} hook pre-push "$@"\n`, { mode: 0o755 });
}

/** The report that the last push left behind. */
export const reportOf = (repo: TestRepo): Report =>
  JSON.parse(readFileSync(join(repo.dir, '.git/cordon/last.json'), 'utf8')) as Report;

export const copiesIn = ({ findings }: Report): readonly Finding[] =>
  findings.filter(({ kind }) => kind === 'copy');
