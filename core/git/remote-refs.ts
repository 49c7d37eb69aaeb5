import { CordonError } from '../error.ts';
import type { Oid, RefName } from '../model.ts';
import { toOid } from './parse-push.ts';
import type { Repository } from './repository.ts';
import { runGit } from './spawn.ts';
import { openTransport, REMOTE, type RemoteAddress } from './transport.ts';

export interface RemoteRef {
  /** `HEAD`, a full name, or `NAME^{}` for what an annotated tag points at. */
  readonly ref: RefName;
  readonly oid: Oid;
}

export interface ConnectOptions extends RemoteAddress {
  readonly timeoutMs: number;
  /** Sees what ssh says meanwhile: it asks there for a touch of the key. */
  readonly onStderr?: (chunk: Buffer) => void;
}

/** A server that answers without end must not fill the memory. */
const MAX_ADVERTISEMENT_BYTES = 128 * 1024 * 1024;

/** git repeats addresses in what it says, with all that stands in them. */
const withoutPasswords = (text: string): string =>
  text.replaceAll(/([a-z][\w+.-]{0,20}:\/\/)[^/@\s]{0,1000}@/gi, '$1');

/** The error of a connection: the address and what git said, both without a password. */
export function connectionError(url: string, cause: unknown): CordonError {
  const data = cause instanceof CordonError ? cause.data : {};
  return new CordonError(
    'git.connection-failed',
    {
      url: withoutPasswords(url),
      stderr: withoutPasswords(String(data['stderr'] ?? '')),
      timedOut: data['timedOut'],
    },
    // The cause would repeat them.
    cause instanceof CordonError ? undefined : cause,
  );
}

/**
 * The refs a remote advertises, in one connection, made as `git push` makes it. Throws
 * `git.connection-failed` {url, stderr, timedOut}.
 */
export async function lsRemote(repo: Repository, options: ConnectOptions): Promise<RemoteRef[]> {
  const transport = await openTransport(repo, options);
  try {
    const output = await runGit(transport.context, ['ls-remote', '--quiet', REMOTE], {
      timeoutMs: options.timeoutMs,
      maxBytes: MAX_ADVERTISEMENT_BYTES,
      onStderr: options.onStderr,
    });
    const lines = output.toString('utf8').split('\n');
    if (lines.pop() !== '') throw new CordonError('git.protocol', { what: 'ls-remote' });
    return lines.map((line) => {
      const [oid = '', ref = ''] = line.split('\t');
      return { oid: toOid(oid), ref: ref as RefName };
    });
  } catch (error) {
    throw connectionError(options.url, error);
  } finally {
    transport.dispose();
  }
}

/**
 * The tips to ask a proof of: branches and tags, each once. Servers keep a ref for every pull
 * request besides, and fetching those would fetch everything.
 */
export function provableTips(refs: readonly RemoteRef[]): Oid[] {
  const tips = refs.filter(
    ({ ref }) => /^(?:HEAD$|refs\/(?:heads|tags)\/)/.test(ref) && !ref.endsWith('^{}'),
  );
  return [...new Set(tips.map(({ oid }) => oid))];
}
