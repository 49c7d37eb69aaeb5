import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface GitResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Paths to content; null deletes. A Map takes names that are not text, as Buffers. */
type Files =
  | Readonly<Record<string, string | Buffer | null>>
  | ReadonlyMap<string | Buffer, string | Buffer | null>;

export interface TestRepo {
  readonly dir: string;
  /** What every git call here inherits: a HOME and a global config of the test's own. */
  readonly env: Record<string, string>;
  /** Standard output without the last newline. Throws where git fails. */
  readonly git: (...args: string[]) => string;
  /** As `git`, with standard input and bytes out. */
  readonly gitBytes: (input: string | Buffer, ...args: string[]) => Buffer;
  /** Never throws; does not block, so that the test itself may be the server. */
  readonly run: (...args: string[]) => Promise<GitResult>;
  /** As `run`, in another environment. */
  readonly runWith: (
    env: Readonly<Record<string, string>>,
    ...args: string[]
  ) => Promise<GitResult>;
  readonly write: (path: string | Buffer, content: string | Buffer) => void;
  /** Writes, stages everything and commits; gives the commit's id. */
  readonly commit: (files: Files, message?: string) => string;
  /** `git push ARGS`, as a user would type it. */
  readonly push: (...args: string[]) => Promise<GitResult>;
  readonly addRemote: (name: string, url: string) => void;
  readonly cleanup: () => void;
}

export interface RepoOptions {
  readonly bare?: boolean;
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Clone this instead of making a new one, with these options of `git clone`. */
  readonly cloneOf?: string;
  readonly cloneArgs?: readonly string[];
}

function isolatedEnv(home: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // The state folder is HOME's own: a test must not write into the developer's record.
    if (value !== undefined && !/^(?:GIT_|XDG_STATE_HOME$)/.test(name)) env[name] = value;
  }
  return {
    ...env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C.UTF-8',
  };
}

const globalConfig = `[user]
\tname = Ada Tester
\temail = ada@lab.example
[init]
\tdefaultBranch = main
[commit]
\tgpgsign = false
[advice]
\tdetachedHead = false
[protocol "file"]
\tallow = always
`;

/** Makes a real repository in a temporary folder, deaf to the developer's own settings. */
export function makeRepo(options: RepoOptions = {}): TestRepo {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'cordon-test-')));
  const home = join(top, 'home');
  const dir = join(top, options.bare === true ? 'repo.git' : 'repo');
  mkdirSync(home);
  writeFileSync(join(home, '.gitconfig'), globalConfig);
  const env = isolatedEnv(home);
  let clock = 1_750_000_000;

  const call = (cwd: string, args: readonly string[], input: string | Buffer = ''): Buffer => {
    const date = `${(clock += 60)} +0000`;
    const result = spawnSync('git', args, {
      cwd,
      input,
      env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, ...env },
      maxBuffer: 1 << 30,
    });
    if (result.status !== 0) {
      throw new Error(`git ${args.join(' ')}: ${result.status}\n${result.stderr.toString()}`);
    }
    return result.stdout;
  };
  const bare = options.bare === true ? ['--bare'] : [];
  if (options.cloneOf === undefined) {
    call(top, ['init', '-q', ...bare, `--object-format=${options.objectFormat ?? 'sha1'}`, dir]);
  } else {
    call(top, ['clone', '-q', ...bare, ...(options.cloneArgs ?? []), options.cloneOf, dir]);
  }

  const runWith: TestRepo['runWith'] = (inEnv, ...args) =>
    new Promise((resolve, reject) => {
      const child = spawn('git', args, { cwd: dir, env: inEnv, stdio: ['ignore', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  const run: TestRepo['run'] = (...args) => runWith(env, ...args);
  const placeOf = (path: string | Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(path)]);

  const repo: TestRepo = {
    dir,
    env,
    git: (...args) => call(dir, args).toString('utf8').replace(/\n$/, ''),
    gitBytes: (input, ...args) => call(dir, args, input),
    run,
    runWith,
    write(path, content) {
      const place = placeOf(path);
      // A folder's name is text in every test; only the last part may be other bytes.
      mkdirSync(dirname(place.toString('latin1')), { recursive: true });
      writeFileSync(place, content);
    },
    commit(files, message = 'change') {
      for (const [path, content] of files instanceof Map ? files : Object.entries(files)) {
        if (content === null) rmSync(placeOf(path), { recursive: true, force: true });
        else repo.write(path, content);
      }
      call(dir, ['add', '-A', '-f', '.']);
      call(dir, ['commit', '-q', '--allow-empty', '--no-verify', '-F', '-'], message);
      return repo.git('rev-parse', 'HEAD');
    },
    push: (...args) => run('push', ...args),
    addRemote(name, url) {
      repo.git('remote', 'add', name, url);
    },
    cleanup: () => rmSync(top, { recursive: true, force: true }),
  };
  return repo;
}
