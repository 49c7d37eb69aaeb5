import type { Identity, NewEvent } from './event.ts';
import {
  createSealer,
  isPseudonym,
  pseudonymOf,
  pseudonymOfPath,
  type Names,
} from './pseudonym.ts';
import type { PrivacyKeys } from './privacy-keys.ts';

/** The words of a policy's `record` that decide what is kept in clear. */
export interface PrivacyPolicy {
  readonly privacy: 'plain' | 'keyed';
}

export interface Privacy {
  /** What names the person, the repository and home in this record: hand it to `openRecord`. */
  readonly identity: (identity: Identity) => Identity;
  /**
   * The event as it may be written: with `keyed`, every path, destination, ref name and person as a
   * pseudonym, and all of them together, sealed, in `data.names`. `identity` is the one in clear.
   */
  readonly apply: (event: NewEvent, identity: Identity) => NewEvent;
}

/** Namespaces of refs say what kind of thing it is; what follows is a name someone chose. */
const NAMESPACE = /^refs\/(?:heads|tags|remotes|notes|pull|merge-requests|changes)\//;
/** Branches that every repository has say nothing about anybody. */
const COMMON_REFS = new Set(['HEAD', 'refs/heads/main', 'refs/heads/master', 'refs/stash']);
/** What a plain fact never holds: a part of a path, of a URL or of an address. */
const LOOKS_LIKE_NAME = /[/\\@]/;

/**
 * Makes an event fit for what the policy says about names. `keys` are read with
 * `ensurePrivacyKeys(privacyFolder(env))` and only asked for where the policy says `keyed`.
 */
export function createPrivacy(policy: PrivacyPolicy, keys: () => PrivacyKeys): Privacy {
  if (policy.privacy === 'plain')
    return { identity: (identity) => identity, apply: (event) => event };
  const held = keys();
  const seal = createSealer(held);
  const named = (name: string) => pseudonymOf(name, held);
  const pathed = (path: string) => pseudonymOfPath(path, held);
  // An identity that went through already stays as it is.
  const once = (name: string) => (isPseudonym(name) ? name : named(name));
  return {
    identity: (identity) => ({
      ...identity,
      actor: once(identity.actor),
      ...(identity.repository !== undefined && { repository: once(identity.repository) }),
      ...(identity.home !== undefined && { home: once(identity.home) }),
    }),
    apply: (event, identity) => ({
      ...event,
      ...(event.path !== undefined && { path: pathed(event.path) }),
      ...(event.to !== undefined && { to: isPlace(event.to) ? named(event.to) : pathed(event.to) }),
      ...(event.refs !== undefined && {
        refs: event.refs.map(({ name, tip }) => ({ name: keyRef(name, named), tip })),
      }),
      data: { ...keyData(event.data, named), names: seal(namesOf(event, identity)) },
    }),
  };
}

/** A destination's normal form or URL, not a path of the repository. */
const isPlace = (to: string): boolean => /^[a-z][a-z0-9+.-]*:|^[^/]+@|^\//i.test(to);

function keyRef(name: string, named: (name: string) => string): string {
  if (COMMON_REFS.has(name)) return name;
  const namespace = NAMESPACE.exec(name)?.[0] ?? '';
  return namespace + named(name);
}

/** Whoever wrote a path into a plain fact by mistake has not thereby told it. */
function keyData(data: NewEvent['data'], named: (name: string) => string): NewEvent['data'] {
  if (data === undefined) return {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, isName(value) ? named(value) : value]),
  );
}

const isName = (value: string | number | boolean): value is string =>
  typeof value === 'string' && LOOKS_LIKE_NAME.test(value);

function namesOf(event: NewEvent, identity: Identity): Names {
  const { path, to, refs, data = {} } = event;
  const facts: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) if (isName(value)) facts[`data.${key}`] = value;
  const { actor, repository, home } = identity;
  return {
    ...facts,
    actor,
    ...(path !== undefined && { path }),
    ...(to !== undefined && { to }),
    ...(refs !== undefined && { refs: refs.map(({ name }) => name) }),
    ...(repository !== undefined && { repository }),
    ...(home !== undefined && { home }),
  };
}
