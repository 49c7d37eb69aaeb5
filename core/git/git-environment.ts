import { delimiter } from 'node:path';
import { trustedPath } from './locate-git.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Told to every git child. Replace refs and grafts show us another history than the one that is
 * sent; lazy fetches connect, object by object; a prompt hangs a hook; messages are matched in
 * English; pathspecs are bytes, not patterns.
 */
const told: Environment = {
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  LC_ALL: 'C',
};

/** Never handed on: they name programs, or change what a listing shows. */
const dropped = [
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_EXTERNAL_DIFF',
  'GIT_DIFF_OPTS',
  'GIT_ATTR_SOURCE',
  'GIT_ICASE_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'LANGUAGE',
];

/**
 * Options before the command. `core.fsmonitor` names a program that every reading of the index
 * runs; a commit-graph is a local file that may claim another tree for a commit, while a push that
 * has bitmaps sends the real one.
 */
export const guardingOptions: readonly string[] = [
  '--no-pager',
  '--no-replace-objects',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.commitGraph=false',
];

/**
 * The environment of a git child: `base` (GIT_DIR, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY and the
 * quarantine's variables among it), scrubbed, then `overrides`, where undefined removes a name.
 */
export function gitEnvironment(
  base: Environment,
  dir: string,
  overrides: Environment = {},
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...base, ...told, ...overrides })) {
    if (value !== undefined && !dropped.includes(name)) env[name] = value;
  }
  for (const name of Object.keys(env)) {
    if (name.toUpperCase() === 'PATH') env[name] = trustedPath(base, dir).join(delimiter);
  }
  return env;
}
