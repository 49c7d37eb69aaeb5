import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where ssh really goes for a name, by its own configuration. */
export interface SshRoute {
  readonly hostname: string;
  readonly port: string;
  readonly proxyCommand?: string;
  readonly proxyJump?: string;
  /** The settings under which another machine could answer in the host's name. */
  readonly unchecked?: string;
}

export interface AskSshOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly port?: string;
  readonly user?: string;
  /** Options that the user's ssh command gives, before git's own. */
  readonly options?: readonly string[];
  readonly timeoutMs?: number;
}

/**
 * Asks `ssh -G` where it would go, which opens no connection. Undefined where there is no ssh here: the
 * name is then taken as it stands. `silent` where there is one and it did not say. Source: ssh(1), -G; ssh_config(5).
 */
export async function askSsh(
  alias: string,
  options: AskSshOptions,
): Promise<SshRoute | 'silent' | undefined> {
  // A host that looks like an option is one to ssh; git refuses it too.
  if (alias.startsWith('-')) return 'silent';
  const program = findSsh(options.env);
  if (program === undefined) return undefined;
  const args = [
    ...(options.options ?? []),
    '-G',
    ...(options.port ? ['-p', options.port] : []),
    ...(options.user ? ['-l', options.user] : []),
    '--',
    alias,
  ];
  const output = await new Promise<string | undefined>((answer) => {
    const { timeoutMs = 2000, env } = options;
    execFile(
      program,
      args,
      { timeout: timeoutMs, maxBuffer: 1024 * 1024, env: { ...env } },
      (error, stdout) => answer(error === null ? stdout : undefined),
    );
  });
  return (output === undefined ? undefined : parseRoute(output)) ?? 'silent';
}

/** Reads the lines of `ssh -G`: a keyword in lower case, a space, the value. */
export function parseRoute(output: string): SshRoute | undefined {
  const values = new Map<string, string>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) values.set(line.slice(0, space), line.slice(space + 1).trim());
  }
  const hostname = values.get('hostname');
  if (hostname === undefined || hostname === '') return undefined;
  const set = (key: string) => {
    const value = values.get(key);
    return value === undefined || value === 'none' ? undefined : value;
  };
  const proxyCommand = set('proxycommand');
  const proxyJump = set('proxyjump');
  const strict = values.get('stricthostkeychecking') ?? '';
  const unchecked = /^(?:false|no|off|accept-new)$/.test(strict)
    ? `StrictHostKeyChecking ${strict}`
    : ['hostkeyalias', 'knownhostscommand'].find((key) => set(key) !== undefined);
  return {
    hostname: hostname.toLowerCase(),
    port: values.get('port') ?? '22',
    ...(proxyCommand !== undefined && { proxyCommand }),
    ...(proxyJump !== undefined && { proxyJump }),
    ...(unchecked !== undefined && { unchecked }),
  };
}

function findSsh(env: AskSshOptions['env']): string | undefined {
  // A relative entry of PATH would let a file of the repository be run in ssh's place.
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return [...folders, '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
    .map((folder) => join(folder, 'ssh'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
