import { CordonError } from '../error.ts';
import { type GitContext, runGit } from './spawn.ts';

export type ConfigScope = 'system' | 'global' | 'local' | 'worktree' | 'command' | 'unknown';

export interface ConfigEntry {
  /** Section and name in lower case, the subsection as written: `url.https://A/.insteadof`. */
  readonly key: string;
  /** Undefined for a name without `=`, which git reads as true. */
  readonly value: string | undefined;
  readonly scope: ConfigScope;
  /** Such as `file:.git/config` or `command line:`. */
  readonly origin: string;
}

/** git's configuration as one call saw it, includes followed, in git's own order. */
export interface GitConfig {
  readonly entries: readonly ConfigEntry[];
  /** The value that counts: the last. Undefined where there is none. */
  get(key: string): string | undefined;
  getAll(key: string): readonly ConfigEntry[];
}

const scopes: readonly string[] = ['system', 'global', 'local', 'worktree', 'command'];

/** Section and variable are case-insensitive, what stands between the first and last dot is not. */
function normalKey(key: string): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  if (first < 0) return key.toLowerCase();
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase();
}

/** Reads `git config -z --list --show-scope --show-origin`. Throws `git.protocol`. */
export function parseConfig(output: Buffer): GitConfig {
  const fields = output.toString('utf8').split('\0');
  if (fields.pop() !== '' || fields.length % 3 !== 0) {
    throw new CordonError('git.protocol', { what: 'config' });
  }
  const entries: ConfigEntry[] = [];
  for (let at = 0; at < fields.length; at += 3) {
    const [scope = '', origin = '', item = ''] = fields.slice(at, at + 3);
    const cut = item.indexOf('\n');
    entries.push({
      key: normalKey(cut < 0 ? item : item.slice(0, cut)),
      value: cut < 0 ? undefined : item.slice(cut + 1),
      scope: scopes.includes(scope) ? (scope as ConfigScope) : 'unknown',
      origin,
    });
  }
  const getAll = (key: string): readonly ConfigEntry[] => {
    const wanted = normalKey(key);
    return entries.filter((entry) => entry.key === wanted);
  };
  return {
    entries,
    getAll,
    get(key) {
      const last = getAll(key).at(-1);
      return last === undefined ? undefined : (last.value ?? 'true');
    },
  };
}

const kept = new WeakMap<GitContext, Promise<GitConfig>>();

/** The configuration that holds in `context`: one call, kept for the life of the context object. */
export function readConfig(context: GitContext): Promise<GitConfig> {
  const known = kept.get(context);
  if (known !== undefined) return known;
  const reading = runGit(context, ['config', '-z', '--list', '--show-scope', '--show-origin']).then(
    parseConfig,
  );
  kept.set(context, reading);
  return reading;
}

/** Hands what was read for one context on to another one that stands for the same repository. */
export function keepConfig(context: GitContext, config: GitConfig): void {
  kept.set(context, Promise.resolve(config));
}
