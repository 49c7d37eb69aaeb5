import { basename, dirname, isAbsolute, resolve, sep } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const isSet = (env: Environment, ...names: readonly string[]): boolean =>
  names.some((name) => (env[name] ?? '') !== '');

/** What leads git, its connection, or this process elsewhere than the configuration says. */
const redirections: Readonly<Record<string, readonly string[]>> = {
  'ssh-command': ['GIT_SSH_COMMAND', 'GIT_SSH'],
  'git-proxy': ['GIT_PROXY_COMMAND'],
  'git-config-env': ['GIT_CONFIG_COUNT', 'GIT_CONFIG_PARAMETERS'],
  'git-config-moved': ['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'],
  'git-namespace': ['GIT_NAMESPACE'],
  // What can lead Cordon itself elsewhere: code that is loaded into it before its first line.
  'node-options': ['NODE_OPTIONS'],
  preloaded: ['LD_PRELOAD', 'DYLD_INSERT_LIBRARIES'],
};

/**
 * What about the surroundings of an act a reader of the record must know, as short words. Each is
 * certain, none holds a value: an address in a variable may hold a password. `server`: what receives
 * is given a quarantine by git itself, so those variables say nothing there.
 */
export function circumstancesOf(
  env: Environment,
  { server, stateMoved }: { readonly server: boolean; readonly stateMoved: boolean },
): string[] {
  const words: string[] = [];
  if (stateMoved) words.push('state-moved');
  if (isSet(env, 'CORDON_OFFLINE')) words.push('offline');
  if (isSet(env, 'CORDON_BUDGET_MS')) words.push('budget-shortened');
  if (isSet(env, 'CORDON_ORGANISATION_POLICY')) words.push('policy-by-environment');
  if (isSet(env, 'CI')) words.push('ci');
  if (isSet(env, 'SUDO_UID', 'SUDO_USER')) words.push('sudo');
  if (isSet(env, 'SSH_CONNECTION')) words.push('ssh-session');
  for (const [word, names] of Object.entries(redirections)) {
    if (isSet(env, ...names)) words.push(word);
  }
  if (!server && isSet(env, 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES')) {
    words.push('objects-elsewhere');
  }
  return words;
}

const SELF_TEST = /^cordon-self-test-[A-Za-z0-9]{6}$/;

/**
 * True of the throw-away pushes by which `cordon init` shows that it works, and of nothing that leads
 * out of their folder: a person who names a folder so cannot hide a push to anywhere else.
 */
export function isSelfTest(top: string, url?: string): boolean {
  const folder = dirname(resolve(top));
  if (!SELF_TEST.test(basename(folder))) return false;
  return url === undefined || (isAbsolute(url) && resolve(url).startsWith(folder + sep));
}
