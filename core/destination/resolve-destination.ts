import type { Destination } from '../model.ts';
import { askSsh, type SshRoute } from './ask-ssh.ts';
import {
  displayUrl,
  normalizeUrl,
  normalRemote,
  parseAddress,
  type Address,
} from './normalize-url.ts';

/** Something about the way to the destination that the user must be told. */
export interface RouteNote {
  readonly rule: 'ssh-command' | 'proxy-command' | 'git-proxy' | 'remote-helper';
  readonly detail: string;
}

export interface RouteRequest {
  /** As git will use it: `pre-push` is given it with insteadOf and pushInsteadOf applied. */
  readonly url: string;
  /** The URL of home, where one is pinned. */
  readonly home?: string;
  readonly config: {
    get(key: string): string | undefined;
    readonly entries?: readonly { readonly key: string; readonly value: string | undefined }[];
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface Route {
  readonly destination: Destination;
  readonly notes: readonly RouteNote[];
}

/** Follows a URL to where git will really go, as far as this machine's settings tell. Never connects. */
export async function resolveDestination(request: RouteRequest): Promise<Route> {
  const { url, home, cwd } = request;
  const { normal, notes } = await follow(url, request);
  const homeNormal = home === undefined ? undefined : (await follow(home, request)).normal;
  return {
    destination: { url: displayUrl(url), normal, home: homeNormal === normal },
    notes: [...notes, ...notesOfHelper(normalizeUrl(url, { cwd }))],
  };
}

async function follow(
  url: string,
  { config, env, cwd }: RouteRequest,
): Promise<{ normal: string; notes: RouteNote[] }> {
  const address = parseAddress(url);
  if (address === undefined) return { normal: normalizeUrl(url, { cwd }), notes: [] };
  if (address.scheme === 'git') {
    return { normal: normalizeUrl(url, { cwd }), notes: notesOfGitProxy(config, env) };
  }
  if (!['ssh', 'git+ssh', 'ssh+git'].includes(address.scheme)) {
    const notes = /^https?$/.test(address.scheme) ? notesOfHttp(config, env) : [];
    return { normal: normalizeUrl(url, { cwd }), notes };
  }
  const command = sshCommand(config, env);
  const route = await askSsh(address.written, {
    env,
    ...(address.port !== '' && { port: address.port }),
    ...(address.user !== '' && { user: address.user }),
    options: command === undefined || command.from === 'GIT_SSH' ? [] : sshOptions(command.value),
  });
  if (route === 'silent') {
    // A `Match exec` that outlasts the time-out would else hide where an alias leads.
    return { normal: `helper:${url}`, notes: notesOfCommand(command) };
  }
  return {
    normal: route === undefined ? normalRemote(address) : normalRemote(redirected(address, route)),
    notes: [...notesOfCommand(command), ...notesOfRoute(route)],
  };
}

function redirected(address: Address, route: SshRoute): Address {
  return { ...address, scheme: 'ssh', host: route.hostname, port: route.port };
}

interface SshCommand {
  readonly from: string;
  readonly value: string;
}

/** In git's own order of precedence. Source: git(1), GIT_SSH_COMMAND; git-config(1), core.sshCommand. */
function sshCommand(
  config: RouteRequest['config'],
  env: RouteRequest['env'],
): SshCommand | undefined {
  const candidates: readonly (readonly [string, string | undefined])[] = [
    ['GIT_SSH_COMMAND', env['GIT_SSH_COMMAND']],
    ['core.sshCommand', config.get('core.sshcommand')],
    ['GIT_SSH', env['GIT_SSH']],
  ];
  for (const [from, value] of candidates) {
    if (value !== undefined && value !== '') return { from, value };
  }
  return undefined;
}

/** Options of ssh that choose a key, a level of noise or a time-out lead nowhere else. */
const harmless =
  /^(?:\S*\/)?ssh(?:\s+(?:-[vqaTnx46C]+|-i\s*(?:"[^"]*"|'[^']*'|\S+)|-o\s*(?:"|')?(?:IdentitiesOnly|IdentityFile|IdentityAgent|BatchMode|ConnectTimeout|ServerAliveInterval|ServerAliveCountMax|StrictHostKeyChecking|UserKnownHostsFile|ControlMaster|ControlPath|ControlPersist|AddKeysToAgent|LogLevel)[= ]\S+))*\s*$/;

function notesOfCommand(command: SshCommand | undefined): RouteNote[] {
  if (command === undefined || harmless.test(command.value)) return [];
  return [{ rule: 'ssh-command', detail: `${command.from} = ${command.value}` }];
}

function notesOfRoute(route: SshRoute | undefined): RouteNote[] {
  if (route?.proxyCommand !== undefined) {
    return [{ rule: 'proxy-command', detail: `ProxyCommand ${route.proxyCommand}` }];
  }
  // A jump host only carries the connection, as long as host keys are checked: else it may answer
  // in the destination's name.
  if (route?.proxyJump !== undefined && route.unchecked !== undefined) {
    const detail = `ProxyJump ${route.proxyJump} with ${route.unchecked}`;
    return [{ rule: 'proxy-command', detail }];
  }
  return [];
}

function notesOfGitProxy(config: RouteRequest['config'], env: RouteRequest['env']): RouteNote[] {
  const proxy = env['GIT_PROXY_COMMAND'] ?? config.get('core.gitproxy');
  return proxy === undefined || proxy === '' ? [] : [{ rule: 'git-proxy', detail: proxy }];
}

function notesOfHelper(normal: string): RouteNote[] {
  return normal.startsWith('helper:')
    ? [{ rule: 'remote-helper', detail: normal.slice('helper:'.length) }]
    : [];
}

/**
 * The options a user's ssh command gives to ssh, so that `-o HostName=`, `-F` and the like are followed.
 * None where the command is more than ssh and options: the note about it stands then.
 */
function sshOptions(command: string): string[] {
  // What a shell would expand is not guessed at.
  if (/[\\$`;&|<>(){}*?!#~\n]/.test(command)) return [];
  const words = command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  const [program = '', ...rest] = words.map((word) => word.replace(/["']/g, ''));
  if (!/(?:^|\/)ssh$/.test(program)) return [];
  const options: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    if (/^-[FolpJib]$/.test(word)) options.push(word, rest[(at += 1)] ?? '');
    else if (/^-[FolpJib]./.test(word)) options.push(word);
    else if (!/^-[46AaCkqTtvxXYn]+$/.test(word)) return [];
  }
  return options;
}

/** Settings that let a name stand for another machine, and nobody notice. */
function notesOfHttp(config: RouteRequest['config'], env: RouteRequest['env']): RouteNote[] {
  const set = (config.entries ?? []).flatMap(({ key, value = 'true' }): string[] => {
    const variable = /^http\.(?:.*\.)?(curloptresolve|sslverify)$/.exec(key.toLowerCase())?.[1];
    if (variable === undefined || (value === '' && variable === 'curloptresolve')) return [];
    const isOff = /^(?:false|no|off|0|)$/i.test(value);
    return variable === 'curloptresolve' || isOff ? [`${key} = ${value}`] : [];
  });
  const unverified = env['GIT_SSL_NO_VERIFY'];
  if (unverified !== undefined) set.push(`GIT_SSL_NO_VERIFY = ${unverified}`);
  return set.map((detail) => ({ rule: 'git-proxy', detail }));
}
