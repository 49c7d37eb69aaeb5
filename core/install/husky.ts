import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import installHusky from 'husky';
import { CordonError } from '../error.ts';
import type { FileChange } from './plan-changes.ts';
import type { InstalledRepository } from './find-repository.ts';
import { git, gitEnvironment } from './git.ts';
import { gateHooks } from './hook-names.ts';
import type { GateHook } from './hook-names.ts';
import { addBlock, removeBlock } from './marked-block.ts';
import { listHooks, previousHooksDir } from './previous-hooks.ts';
import { systemCode } from './write-errors.ts';

/**
 * How a repository stands to husky.
 * - `used`: it depends on husky or has a `.husky` folder.
 * - `offered`: it has a `package.json` and no hooks that another tool or a person put there.
 * - `foreign`: it has a `package.json`, and hooks that husky would switch off.
 * - `none`: it is not a Node.js project.
 */
export type HuskyUse = 'used' | 'offered' | 'foreign' | 'none';

const huskyFolder = '.husky';

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error))) return undefined;
    throw error;
  }
}

/** Looks at the top of the work tree only: husky serves no package in a subfolder by itself. */
export function findHuskyUse(
  repository: InstalledRepository,
  env: NodeJS.ProcessEnv = process.env,
): HuskyUse {
  const text = readText(join(repository.top, 'package.json'));
  const folder = statSync(join(repository.top, huskyFolder), { throwIfNoEntry: false });
  if (folder?.isDirectory() === true || (text !== undefined && dependsOnHusky(text))) return 'used';
  if (text === undefined) return 'none';
  const previous = previousHooksDir(repository, env);
  const untouched =
    previous === join(repository.commonDir, 'hooks') && listHooks(previous).length === 0;
  return untouched ? 'offered' : 'foreign';
}

/** Whether the work tree's `package.json` names husky among its dependencies. */
export const needsHusky = ({ top }: InstalledRepository): boolean =>
  dependsOnHusky(readText(join(top, 'package.json')) ?? '');

function dependsOnHusky(packageJson: string): boolean {
  try {
    const parsed: unknown = JSON.parse(packageJson);
    if (typeof parsed !== 'object' || parsed === null) return false;
    return Object.entries(parsed).some(
      ([key, value]: [string, unknown]) =>
        /^(?:dev|optional)?dependencies$/i.test(key) &&
        typeof value === 'object' &&
        value !== null &&
        Object.hasOwn(value, 'husky'),
    );
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * The block in a tracked hook of husky. It knows no path of this machine; where the dispatcher ran
 * Cordon already it does nothing, and where Cordon is not on the machine it stops and says so.
 */
function huskyBlock(hook: GateHook): string[] {
  const act = hook.slice('pre-'.length);
  return [
    '# Written by `cordon init`, taken out by `cordon uninstall`.',
    `if ! { [ "\${CORDON_CHECKED-}" = "${hook}:\${CORDON_PID-}:$(pwd -P)" ] && kill -0 "$CORDON_PID" 2>/dev/null; }; then`,
    '  cordon_script=${XDG_DATA_HOME:-${HOME-}/.local/share}/cordon/husky.sh',
    '  case $cordon_script in /*) ;; *) cordon_script=/nonexistent ;; esac',
    '  if ! [ -r "$cordon_script" ]; then',
    `    echo "cordon: this repository is guarded by Cordon, which is not set up on this machine, so nothing was checked and this ${act} is stopped. Run \\\`cordon init\\\` here." >&2`,
    '    exit 1',
    '  fi',
    `  cordon_hook=${hook}`,
    '  . "$cordon_script"',
    'fi',
  ];
}

/** Cordon's blocks in `.husky/`, around whatever stands there. */
export function huskyChanges({ top }: InstalledRepository): FileChange[] {
  return gateHooks.map((hook) => ({
    path: join(top, huskyFolder, hook),
    mode: 0o755,
    within: top,
    make: (current) => {
      const text = current?.toString('latin1') ?? '';
      const bytes = Buffer.from(addBlock(text, huskyBlock(hook)), 'latin1');
      return current === undefined
        ? { bytes }
        : { bytes, without: Buffer.from(removeBlock(text), 'latin1') };
    },
  }));
}

/**
 * What husky's own installer writes, as changes. It runs in an empty repository of its own, so that
 * what it does to this one can be made, and unmade, together with all else.
 * @throws CordonError `git.failed`.
 */
export function huskyInstallChanges(
  { top }: InstalledRepository,
  env: NodeJS.ProcessEnv = process.env,
): FileChange[] {
  const scratch = mkdtempSync(join(tmpdir(), 'cordon-husky-'));
  try {
    git(scratch, ['init', '--quiet'], env);
    runInstaller(scratch);
    const made = join(scratch, huskyFolder, '_');
    return readdirSync(made).map((name) => {
      const path = join(made, name);
      const bytes = readFileSync(path);
      const mode = statSync(path).mode & 0o777;
      return {
        path: join(top, huskyFolder, '_', name),
        mode,
        within: top,
        make: () => ({ bytes }),
      };
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** husky acts on the current folder, and its git on whatever `GIT_DIR` says. */
function runInstaller(folder: string): void {
  const cwd = process.cwd();
  const env = { ...process.env };
  const scrubbed = gitEnvironment(env);
  try {
    process.chdir(folder);
    for (const name of Object.keys(env)) if (scrubbed[name] === undefined) delete process.env[name];
    delete process.env['HUSKY'];
    const said = installHusky();
    if (said !== '') throw new CordonError('git.failed', { command: 'husky', detail: said });
  } finally {
    process.chdir(cwd);
    Object.assign(process.env, env);
  }
}

const huskyHooksPath = `${huskyFolder}/_`;

/** Git's configuration file `text` with husky's `core.hooksPath`, as git itself would write it. */
export const setHuskyPath = (text: string, env: NodeJS.ProcessEnv = process.env): string =>
  editConfig(text, ['core.hooksPath', huskyHooksPath], env);

/** The same without it. */
export const unsetHuskyPath = (text: string, env: NodeJS.ProcessEnv = process.env): string =>
  editConfig(
    text,
    ['--unset', 'core.hooksPath', `^${huskyHooksPath.replaceAll('.', '\\.')}$`],
    env,
  );

function editConfig(text: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-config-'));
  try {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'config');
    writeFileSync(file, text, 'latin1');
    const ran = spawnSync('git', ['config', '--file', file, ...args], { env: gitEnvironment(env) });
    // 5: there was nothing to unset.
    if (ran.status !== 0 && ran.status !== 5) {
      throw new CordonError('git.failed', {
        command: 'config',
        detail: ran.stderr.toString().trim(),
      });
    }
    return readFileSync(file, 'latin1');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
