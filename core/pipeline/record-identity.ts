import { hostname, userInfo } from 'node:os';
import type { Identity } from '../audit/event.ts';
import { normalizeUrl } from '../destination/normalize-url.ts';
import { repositoryId } from '../git/repository-id.ts';
import type { CompiledPolicy } from '../policy/index.ts';
import { remoteUrl } from './home.ts';
import { actorOf, type SystemUser } from './record-actor.ts';
import type { Session } from './session.ts';

/** What the events of this process have in common, all but the host's own name. Starts no process. */
export function identityFor(about: {
  readonly env: Session['env'];
  readonly version: string;
  /** Undefined outside of any repository, and where none could be opened. */
  readonly session?: Pick<Session, 'repo' | 'config'> | undefined;
  readonly policies?: readonly CompiledPolicy[] | undefined;
  readonly server: boolean;
}): Omit<Identity, 'host'> {
  const { env, version, session, policies, server } = about;
  const home = session === undefined ? undefined : homeOf(session);
  // The one that home's people reviewed; all that counted stand in the act's own event.
  const policy = policies?.find(({ source }) => source === 'home') ?? policies?.[0];
  return {
    actor: actorOf(systemUser(), env, server),
    version,
    ...(session !== undefined && { repository: repositoryId(session.repo) }),
    ...(home !== undefined && { home }),
    ...(policy !== undefined && { policy: policy.hash }),
  };
}

function homeOf(session: Pick<Session, 'repo' | 'config'>): string | undefined {
  const { repo, config } = session;
  const url = repo.bare
    ? (config.get('cordon.url') ?? repo.gitDir)
    : (config.get('cordon.home') ?? remoteUrl(session, 'origin'));
  return url === undefined ? undefined : normalizeUrl(url, { cwd: repo.dir });
}

function systemUser(): SystemUser {
  const machine = hostname();
  const uid = process.getuid?.() ?? -1;
  try {
    return { name: userInfo().username, uid, machine };
  } catch {
    return { uid, machine };
  }
}
