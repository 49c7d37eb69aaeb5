import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeSafetensors } from './models.ts';
import { makeRepo } from './repo.ts';
import type { RepoOptions, TestRepo } from './repo.ts';

/** The built command; `npm test` builds it first. */
export const command = join(import.meta.dirname, '../../dist/cordon.mjs');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Buffer;
  readonly node?: string;
  readonly nodeArgs?: readonly string[];
}

/** Runs a program and waits. Never throws for its exit code; 255 where a signal ended it. */
export function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  { env = {}, input }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 255, stdout, stderr }));
    // Whoever stops reading early has said why by its exit code.
    child.stdin.on('error', () => undefined).end(input ?? '');
  });
}

/** `cordon ARGS` as a user would type it in a repository or a folder. */
export function cordon(
  where: { readonly dir: string; readonly env: NodeJS.ProcessEnv },
  args: readonly string[],
  { env = {}, input, node = process.execPath, nodeArgs = [] }: RunOptions = {},
): Promise<Ran> {
  return runProgram(node, [...nodeArgs, command, ...args], where.dir, {
    env: { ...where.env, ...env },
    ...(input !== undefined && { input }),
  });
}

/** A repository whose Cordon keeps its runtime in the repository's own home. */
export function makeLab(options: RepoOptions = {}): TestRepo & Disposable {
  const repo = makeRepo(options);
  const home = join(dirname(repo.dir), 'home');
  for (const name of Object.keys(repo.env)) {
    if (/^(?:CORDON_|HUSKY|FORCE_COLOR|XDG_)/.test(name)) delete repo.env[name];
  }
  repo.env['XDG_CONFIG_HOME'] = join(home, '.config');
  repo.env['XDG_DATA_HOME'] = join(home, '.local/share');
  return { ...repo, [Symbol.dispose]: repo.cleanup };
}

/** A policy that clears each URL for a label and marks `src/model/**` as restricted. */
export function policyFor(
  destinations: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): string {
  const lines = Object.entries(destinations).map(
    ([url, label]) => `  - {url: ${JSON.stringify(url)}, clearance: ${label}}`,
  );
  return [
    'version: 1',
    'labels: [public, internal, restricted, weights]',
    'defaultLabel: internal',
    "markings: [{paths: ['src/model/**'], label: restricted}]",
    'weights: {label: weights}',
    ...(lines.length === 0 ? ['destinations: []'] : ['destinations:', ...lines]),
    ...more,
    '',
  ].join('\n');
}

/** A checkpoint of 128 KiB. */
export const makeWeights = (seed = 1): Buffer =>
  writeSafetensors({ tensors: { 'layers.0.weight': { dtype: 'F32', shape: [256, 128] } }, seed });

/** A token that is none: made up here, so that no credential stands in the source. */
export const makeToken = (): string =>
  `hf_${Array.from({ length: 34 }, (_, index) => 'aQ7rT2kZ9mWxY4bN'[(index * 7 + 3) % 16]).join('')}`;

/** Writes files under a folder that need not be a repository. */
export function writeFiles(dir: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
