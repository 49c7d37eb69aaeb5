import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { systemCode } from './write-errors.ts';

/** Places a Node.js keeps through its own upgrades; searched before versioned folders. */
const lasting = ['/usr/local/bin/node', '/usr/bin/node', '/opt/homebrew/bin/node'];

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (systemCode(error) === '') throw error;
    return false;
  }
};

const within = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** True for a version, such as `20.18.0`, on which the hooks run. */
export function isNodeVersionEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 18);
}

function runs(path: string): boolean {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const asked = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8', env });
  return asked.status === 0 && isNodeVersionEnough(asked.stdout.trim());
}

export interface FoundNode {
  readonly path: string;
  /** False where the only Node.js at hand lies in the repository or in some `node_modules`. */
  readonly lasting: boolean;
}

/**
 * The Node.js that the hooks are to start: the running one, by the name under which it outlives an
 * upgrade; where that one lies in `avoid` or in a `node_modules`, another on this machine; else it
 * all the same.
 *
 * @param shared For a server: users other than this one must be able to run it, so the usual places
 *   come first.
 */
export function findNode(
  avoid: string,
  env: NodeJS.ProcessEnv = process.env,
  running: string = process.execPath,
  shared = false,
): FoundNode {
  const own = realpathSync(running);
  const outlives = (path: string): boolean =>
    isAbsolute(path) && !within(path, avoid) && !path.includes(`${sep}node_modules${sep}`);
  const usual = lasting.filter(
    (path) => outlives(path) && isProgram(path) && outlives(realpathSync(path)),
  );
  const same = usual.find((path) => realpathSync(path) === own);
  if (same !== undefined) return { path: same, lasting: true };
  if (shared) {
    const forAll = usual.find(runs);
    if (forAll !== undefined) return { path: forAll, lasting: true };
  }
  if (outlives(own)) return { path: own, lasting: true };
  const onPath = (env['PATH'] ?? '').split(':').map((folder) => join(folder, 'node'));
  const other = [...usual, ...onPath].find(
    (path) => outlives(path) && isProgram(path) && outlives(realpathSync(path)) && runs(path),
  );
  return other === undefined ? { path: own, lasting: false } : { path: other, lasting: true };
}
