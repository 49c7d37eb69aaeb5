import type { Oid } from '../model.ts';
import { normalizeUrl } from '../destination/normalize-url.ts';
import { rewriteUrl } from '../destination/rewrite-url.ts';
import { runGit } from '../git/index.ts';
import type { Session } from './session.ts';

/** The repository's own remote, and what this clone knows of its default branch. */
export interface Home {
  readonly url?: string;
  /** `refs/heads/main` there. */
  readonly branch: string;
  /** The commit this clone last saw there. Undefined where it has seen none. */
  readonly tip?: Oid;
  /** As named to people: `origin/main`. */
  readonly name: string;
}

/**
 * Finds home: pinned by `cordon init` (`cordon.home`), or else the remote `origin`. A bare repository
 * is its own home.
 */
export async function findHome(session: Session): Promise<Home> {
  const { repo, config } = session;
  if (repo.bare) {
    const [branch, tip] = await Promise.all([
      ask(session, 'symbolic-ref', 'HEAD'),
      commit(session, 'HEAD'),
    ]);
    const url = config.get('cordon.url') ?? repo.gitDir;
    return { url, branch: branch ?? 'HEAD', name: 'HEAD', ...(tip !== undefined && { tip }) };
  }
  const url = config.get('cordon.home') ?? remoteUrl(session, 'origin');
  const remote = url === undefined ? undefined : remoteOf(session, url);
  if (remote === undefined) {
    return { branch: 'refs/heads/main', name: 'home', ...(url !== undefined && { url }) };
  }
  const head = await ask(session, 'symbolic-ref', `refs/remotes/${remote}/HEAD`);
  const pinned = config.get('cordon.homebranch');
  const fallbacks = ['refs/heads/main', 'refs/heads/master'];
  const said = head?.replace(`refs/remotes/${remote}/`, 'refs/heads/');
  for (const branch of [pinned, said, ...fallbacks]) {
    if (branch === undefined) continue;
    const short = branch.replace('refs/heads/', '');
    const tip = await commit(session, `refs/remotes/${remote}/${short}`);
    if (tip !== undefined) return home(url, branch, tip, `${remote}/${short}`);
  }
  const branch = pinned ?? said ?? 'refs/heads/main';
  return home(url, branch, undefined, `${remote}/${branch.replace('refs/heads/', '')}`);
}

function home(url: string | undefined, branch: string, tip: Oid | undefined, name: string): Home {
  return { branch, name, ...(url !== undefined && { url }), ...(tip !== undefined && { tip }) };
}

/** The URL a remote is pushed to, as git will use it. */
export function remoteUrl({ config }: Pick<Session, 'config'>, remote: string): string | undefined {
  const pushUrl = config.get(`remote.${remote}.pushurl`);
  if (pushUrl !== undefined) return rewriteUrl(pushUrl, config, 'pushurl');
  const url = config.get(`remote.${remote}.url`);
  return url === undefined ? undefined : rewriteUrl(url, config, 'push');
}

/** The names of all remotes, in the order of the configuration. */
export function remoteNames({ config }: Session): string[] {
  const names = config.entries.flatMap(
    ({ key }) => /^remote\.(.+)\.(?:push)?url$/.exec(key)?.[1] ?? [],
  );
  return [...new Set(names)];
}

function remoteOf(session: Session, url: string): string | undefined {
  const cwd = session.repo.dir;
  const wanted = normalizeUrl(url, { cwd });
  const same = (one: string | undefined) =>
    one !== undefined && normalizeUrl(one, { cwd }) === wanted;
  return remoteNames(session).find(
    (name) => same(remoteUrl(session, name)) || same(session.config.get(`remote.${name}.url`)),
  );
}

async function ask({ repo }: Session, ...args: string[]): Promise<string | undefined> {
  const answer = await runGit(repo, [args[0] ?? '', '--quiet', ...args.slice(1)], {
    okCodes: [1, 128],
  });
  return answer.toString('utf8').trim() || undefined;
}

function commit(session: Session, name: string): Promise<Oid | undefined> {
  return ask(session, 'rev-parse', '--verify', `${name}^{commit}`) as Promise<Oid | undefined>;
}
