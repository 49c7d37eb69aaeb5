import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigEntry, readConfig } from './config.ts';
import {
  asSpoolError,
  layOutBareRepository,
  makePrivateFolder,
  objectFolder,
  withoutRepository,
} from './private-repository.ts';
import type { Repository } from './repository.ts';
import type { GitContext } from './spawn.ts';

export interface RemoteAddress {
  /**
   * As git hands it to pre-push: `insteadOf` and `pushInsteadOf` already applied. They are not
   * applied again, or a rule could lead the question elsewhere than the push.
   */
  readonly url: string;
  /** The remote's name in the configuration, for its proxy; the URL where it has none. */
  readonly remoteName?: string | undefined;
}

/** A private bare repository that reaches one remote, under this name, as the clone would. */
export const REMOTE = 'destination';

export interface Transport {
  readonly context: GitContext;
  dispose(): void;
}

/** How to connect, and nothing else of the clone's configuration: no `remote.*.uploadpack`. */
function carried({ key, scope }: ConfigEntry, remoteName: string | undefined): string | undefined {
  if (/^(?:http|credential|ssh|protocol)\./.test(key)) return key;
  if (['core.sshcommand', 'core.gitproxy', 'core.askpass'].includes(key)) return key;
  // git believes these only outside the repository, and so do we.
  if (key.startsWith('safe.')) return scope === 'local' || scope === 'worktree' ? undefined : key;
  const prefix = `remote.${remoteName ?? ''}.`;
  const rest = key.startsWith(prefix) ? key.slice(prefix.length) : '';
  return ['proxy', 'proxyauthmethod', 'vcs'].includes(rest)
    ? `remote.${REMOTE}.${rest}`
    : undefined;
}

const quote = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** One setting in git's own file format. See git-config(1), "Syntax". */
function configLine(key: string, value: string | undefined): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  const subsection = first === last ? '' : ` ${quote(key.slice(first + 1, last))}`;
  const name = key.slice(last + 1);
  return `[${key.slice(0, first)}${subsection}]\n\t${name}${value === undefined ? '' : ` = ${quote(value)}`}\n`;
}

/** git reads a line that begins so as quoted or as a comment. */
const alternatesLine = (folder: string): string =>
  `${/^["#]|\n/.test(folder) ? quote(folder) : folder}\n`;

/**
 * Lays out a private repository that connects to `address` with the clone's transport settings
 * (ssh command, proxies, credential helpers) and whose alternates point at the clone's objects.
 * The clone itself is only read. To be disposed of.
 */
export async function openTransport(repo: Repository, address: RemoteAddress): Promise<Transport> {
  const config = await readConfig(repo);
  const folder = makePrivateFolder();
  try {
    layOutBareRepository(folder.dir, repo);
    const lines = [configLine(`remote.${REMOTE}.url`, address.url)];
    for (const entry of config.entries) {
      const key = carried(entry, address.remoteName);
      if (key !== undefined) lines.push(configLine(key, entry.value));
    }
    const settings = join(folder.dir, 'settings');
    // It may hold a token from http.extraHeader.
    writeFileSync(settings, lines.join(''), { mode: 0o600 });
    writeFileSync(
      join(folder.dir, 'objects', 'info', 'alternates'),
      alternatesLine(objectFolder(repo)),
    );
    const shallow = join(repo.commonDir, 'shallow');
    if (existsSync(shallow)) copyFileSync(shallow, join(folder.dir, 'shallow'));
    return {
      context: {
        // A path as URL is relative to where the user pushes from.
        dir: repo.dir,
        signal: repo.signal,
        env: {
          ...(repo.env ?? process.env),
          ...withoutRepository,
          GIT_OBJECT_DIRECTORY: undefined,
          GIT_QUARANTINE_PATH: undefined,
          GIT_CONFIG_PARAMETERS: undefined,
          GIT_CONFIG_COUNT: undefined,
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_CONFIG_GLOBAL: settings,
          GIT_DIR: folder.dir,
        },
      },
      dispose: () => folder.dispose(),
    };
  } catch (error) {
    folder.dispose();
    throw asSpoolError(error);
  }
}
