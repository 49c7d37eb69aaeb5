import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { makeRepo, type RepoOptions, type TestRepo } from './repo.ts';

/** The build under test, as `npm run build` leaves it. */
const command = resolve(import.meta.dirname, '../../dist/cordon.mjs');

/** The parts of the JSON contract that tests assert. */
export interface Report {
  readonly verdict: 'allow' | 'warn' | 'block';
  readonly destination?: {
    readonly url: string;
    readonly clearance: string;
    readonly home: boolean;
  };
  readonly policies: readonly { readonly source: string; readonly hash: string }[];
  readonly findings: readonly {
    readonly kind: string;
    readonly rule: string;
    readonly label: string;
    readonly severity: 'block' | 'warn';
    readonly path?: string;
    readonly pathBytes?: string;
    readonly line?: number;
    readonly object?: string;
    readonly commit?: string;
    readonly ref?: string;
    readonly layer?: string;
    readonly fingerprint: string;
    readonly message: string;
    readonly allowed?: { readonly by: string; readonly reason: string };
  }[];
  readonly coverage: {
    readonly objects: number;
    readonly bytes: number;
    readonly notChecked: readonly { readonly what: string; readonly rule: string }[];
    readonly notAsked?: string;
  };
}

export interface Pushed {
  /** git's own exit code. */
  readonly code: number | null;
  readonly stderr: string;
  /** What the hook left in `.git/cordon/last.json`; undefined where it judged nothing. */
  readonly report: Report | undefined;
}

/** A repository with a home remote, guarded by the real `cordon init`. */
export interface Guarded extends TestRepo {
  /** The home remote, bare. */
  readonly home: TestRepo;
  /** A further bare remote, not listed in the policy unless a test lists it. */
  readonly bare: (name: string) => TestRepo;
  /** `git push ARGS` with this environment on top, and the report of its hook. */
  readonly pushed: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<Pushed>;
  /** `cordon ARGS` in the repository. */
  readonly cordon: (...args: string[]) => { readonly code: number | null; readonly output: string };
}

export interface GuardedOptions extends Pick<RepoOptions, 'objectFormat'> {
  /** A bare hook that calls the build, where the installation is not what is tested: init takes seconds. */
  readonly isDirect?: boolean;
  /** The home remote, where a test has made it. */
  readonly home?: TestRepo;
  /** Lines of the policy beside `version` and `destinations`. */
  readonly policy?: string;
  /** What home is cleared for. Default `internal`, of the default labels. */
  readonly homeClearance?: string;
}

/**
 * Makes a repository with one commit and a policy on its home's `main`, installs Cordon in it, and
 * pushes both there through the hook.
 */
export async function makeGuarded(options: GuardedOptions = {}): Promise<Guarded> {
  const { objectFormat } = options;
  const format = objectFormat === undefined ? {} : { objectFormat };
  const home = options.home ?? makeRepo({ bare: true, ...format });
  const repo = makeRepo(format);
  repo.addRemote('origin', home.dir);
  repo.commit({
    'README.md': '# Model\n\nCode of a small model.\n',
    '.cordon/policy.yaml': policyText(home, options),
  });
  const guarded = guard(repo, home, options);
  const first = await guarded.pushed(['origin', 'main']);
  if (first.code !== 0) throw new Error(`the first push was stopped\n${first.stderr}`);
  return guarded;
}

/** The text of a policy that clears home. */
export function policyText(home: TestRepo, options: GuardedOptions = {}): string {
  const clearance = options.homeClearance ?? 'internal';
  return [
    'version: 1',
    ...(options.policy?.includes('defaultLabel') === true ? [] : ['defaultLabel: internal']),
    ...(options.policy === undefined ? [] : [options.policy]),
    ...(options.policy?.includes('destinations:') === true
      ? []
      : ['destinations:', `  - {url: ${JSON.stringify(home.dir)}, clearance: ${clearance}}`]),
    '',
  ].join('\n');
}

/** Runs `cordon init` in a repository that is there. */
export function guard(
  repo: TestRepo,
  home: TestRepo,
  { isDirect = false }: Pick<GuardedOptions, 'isDirect'> = {},
): Guarded {
  const remotes: TestRepo[] = [home];
  const env = { ...repo.env, XDG_DATA_HOME: join(repo.env['HOME'] ?? '', 'data') };
  const cordon = (...args: string[]) => {
    const ran = spawnSync(process.execPath, [command, ...args], {
      cwd: repo.dir,
      env,
      encoding: 'utf8',
    });
    return { code: ran.status, output: `${ran.stdout}${ran.stderr}` };
  };
  if (isDirect) {
    const hook = join(repo.dir, '.git', 'hooks', 'pre-push');
    mkdirSync(dirname(hook), { recursive: true });
    const call = [process.execPath, command].map((word) => `'${word}'`).join(' ');
    writeFileSync(hook, `#!/bin/sh\nexec ${call} hook pre-push "$@"\n`, { mode: 0o755 });
  } else {
    const installed = cordon('init');
    if (installed.code !== 0) throw new Error(`cordon init: ${installed.output}`);
  }
  const last = join(repo.dir, '.git', 'cordon', 'last.json');
  return {
    ...repo,
    env,
    home,
    cordon,
    bare(name) {
      const remote = makeRepo({ bare: true, objectFormat: formatOf(repo) });
      remotes.push(remote);
      repo.addRemote(name, remote.dir);
      return remote;
    },
    async pushed(args, more = {}) {
      rmSync(last, { force: true });
      const { code, stderr } = await repo.runWith({ ...env, ...more }, 'push', ...args);
      const report = existsSync(last)
        ? (JSON.parse(readFileSync(last, 'utf8')) as Report)
        : undefined;
      return { code, stderr, report };
    },
    cleanup() {
      for (const remote of remotes) remote.cleanup();
      repo.cleanup();
    },
  };
}

const formatOf = (repo: TestRepo): 'sha1' | 'sha256' =>
  repo.git('rev-parse', '--show-object-format') === 'sha256' ? 'sha256' : 'sha1';

/** `kind/rule severity path`, one a finding: what most tests ask of a report. */
export const told = (pushed: Pushed): string[] =>
  (pushed.report?.findings ?? []).map(
    ({ kind, rule, severity, path }) =>
      `${severity} ${kind}/${rule}${path === undefined ? '' : ` ${path}`}`,
  );

/** The object a ref of a remote points at, or undefined. */
export function refOf(remote: TestRepo, ref: string): string | undefined {
  return remote
    .git('for-each-ref', '--format=%(refname) %(objectname)')
    .split('\n')
    .find((line) => line.startsWith(`${ref} `))
    ?.slice(ref.length + 1);
}

/** Whether a repository has an object, whatever refers to it. */
export function hasObject(remote: TestRepo, oid: string): boolean {
  const ran = spawnSync('git', ['cat-file', '-e', oid], { cwd: remote.dir, env: remote.env });
  return ran.status === 0;
}

/** A hash of every file of a folder, for before and after. */
export function hashFolder(
  root: string,
  skip: (path: string) => boolean = () => false,
): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path);
    if (skip(name) || !entry.isFile()) continue;
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
    seen[name] = `${lstatSync(path).mtimeMs} ${hash}`;
  }
  return seen;
}

/** A made-up token of Hugging Face's form, made when it is asked for. */
export function fakeToken(seed: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const digest = createHash('sha512').update(`token ${seed}`).digest();
  return `hf_${[...digest.subarray(0, 34)].map((byte) => letters[byte % letters.length]).join('')}`;
}
