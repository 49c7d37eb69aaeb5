type Environment = Readonly<Record<string, string | undefined>>;

/** Who runs this process, by the system's own word. */
export interface SystemUser {
  /** Undefined for a user id without an entry, as containers have. */
  readonly name?: string;
  readonly uid: number;
  readonly machine: string;
}

/** Where forges tell their hooks who pushes; the first that is set counts. */
const pushers: readonly (readonly [forge: string, variable: string])[] = [
  ['gitlab', 'GL_USERNAME'],
  ['gitlab', 'GL_ID'],
  ['gitea', 'GITEA_PUSHER_NAME'],
  ['gitea', 'GITEA_PUSHER_ID'],
  ['gitolite', 'GL_USER'],
  ['http', 'REMOTE_USER'],
  ['ssh', 'SSH_USER'],
];

const LONGEST = 100;

/**
 * The person an event is about: `ada@laptop` by the operating system. git's `user.name` is whatever
 * someone typed, and says nothing here. On a server everybody is one system user, and who pushes is what the
 * forge says: `ada via git@server`, the system user with it, since over a plain path the variable is the
 * pusher's own claim.
 */
export function actorOf(user: SystemUser, env: Environment, server: boolean): string {
  const own = `${user.name ?? `uid-${user.uid}`}@${user.machine}`;
  const claim = server ? claimOf(env) : undefined;
  return claim === undefined ? own : `${claim.name} via ${own}`;
}

/** Which forge's word the pusher's name is. */
export function claimOf(
  env: Environment,
): { readonly forge: string; readonly name: string } | undefined {
  for (const [forge, variable] of pushers) {
    // One line of what a terminal shows as itself; a claim must not look like another field.
    const name = (env[variable] ?? '').replace(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, '_').slice(0, LONGEST);
    if (name !== '') return { forge, name };
  }
  return undefined;
}
