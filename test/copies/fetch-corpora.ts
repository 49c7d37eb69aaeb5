import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { folderOf, type Corpora, type Package } from './corpora.ts';

/** Fetches what is missing by each registry's ordinary client, and lays the sources open in the cache. */
export function fetchCorpora(corpora: Corpora, cache: string, say: (text: string) => void): void {
  const { indexed, carriers, background, calibration, negatives } = corpora;
  for (const one of [...indexed, ...carriers, ...background, ...calibration, ...negatives]) {
    if (one.registry === 'here' || existsSync(`${cache}/${folderOf(one)}`)) continue;
    say(`fetching ${one.name} ${one.version}`);
    mkdirSync(`${cache}/${one.registry}`, { recursive: true });
    const scratch = mkdtempSync(`${cache}/fetch-`);
    try {
      renameSync(FETCH[one.registry](one, scratch), `${cache}/${folderOf(one)}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

type Fetch = (one: Package, scratch: string) => string;

/** Each returns a folder in `scratch` that holds the sources. */
const FETCH: Readonly<Record<Package['registry'], Fetch>> = {
  here: () => {
    throw new Error('node_modules is not fetched');
  },
  pypi({ name, version }, scratch) {
    const wheel = ['--no-deps', '--only-binary', ':all:', '-d', scratch];
    run('pip', ['download', '--quiet', ...wheel, `${name}==${version}`], scratch);
    return unzip(scratch, /\.whl$/u);
  },
  npm({ name, version }, scratch) {
    run('npm', ['pack', '--silent', '--ignore-scripts', `${name}@${version}`], scratch);
    run('tar', ['xzf', only(scratch, /\.tgz$/u)], scratch);
    return `${scratch}/${only(scratch, /^[^.]+$/u)}`;
  },
  crates({ name, version }, scratch) {
    run('cargo', ['init', '--quiet', '--lib', '--name', 'corpora', '--vcs', 'none'], scratch);
    run('cargo', ['add', '--quiet', '--no-default-features', `${name}@=${version}`], scratch);
    run('cargo', ['vendor', '--quiet', '--versioned-dirs', 'vendor'], scratch);
    return `${scratch}/vendor/${name}-${version}`;
  },
  go({ name, version }, scratch) {
    const answer = run('go', ['mod', 'download', '-json', `${name}@${version}`], '/');
    const { Dir: folder } = JSON.parse(answer) as { Dir: string };
    // The client's own cache is read where it is: nothing in it may be written.
    symlinkSync(folder, `${scratch}/module`);
    return `${scratch}/module`;
  },
  maven({ name, version }, scratch) {
    const artifact = `-Dartifact=${name}:${version}:jar:sources`;
    run('mvn', ['-q', 'dependency:copy', artifact, `-DoutputDirectory=${scratch}`], scratch);
    return unzip(scratch, /\.jar$/u);
  },
  debian({ name, version }, scratch) {
    run('apt-get', ['download', '-q', `${name}=${version}*`], scratch);
    run('dpkg-deb', ['-x', only(scratch, /\.deb$/u), 'package'], scratch);
    mkdirSync(`${scratch}/open`);
    const archive = `package/usr/src/${only(`${scratch}/package/usr/src`, /\.tar\.xz$/u)}`;
    run('tar', ['xJf', archive, '-C', 'open', '--strip-components', '1'], scratch);
    return `${scratch}/open`;
  },
};

function unzip(scratch: string, pattern: RegExp): string {
  run('python3', ['-m', 'zipfile', '-e', only(scratch, pattern), 'open'], scratch);
  return `${scratch}/open`;
}

function only(folder: string, pattern: RegExp): string {
  const found = readdirSync(folder).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`nothing like ${String(pattern)} in ${folder}`);
  return found;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim().slice(-400)}`);
  return stdout;
}
