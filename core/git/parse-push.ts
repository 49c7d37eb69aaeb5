import { CordonError } from '../error.ts';
import type { Oid, RefName } from '../model.ts';

/** One line of pre-push's standard input. */
export interface RefUpdate {
  /** What the user wrote: a ref, `HEAD`, an id, or any expression, spaces included. */
  readonly localName: string;
  readonly localOid: Oid;
  readonly remoteRef: RefName;
  /** All zeros for a ref that is new there. */
  readonly remoteOid: Oid;
  readonly deletion: boolean;
}

/** One line of pre-receive's standard input. */
export interface ReceivedUpdate {
  readonly oldOid: Oid;
  readonly newOid: Oid;
  readonly ref: RefName;
  readonly deletion: boolean;
}

const hexId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** True for the id that stands for "no object", in either object format. */
export const isZeroOid = (oid: string): boolean => /^0+$/.test(oid);

/** Checks that `text` is a full object id. Throws `git.protocol`. */
export function toOid(text: string): Oid {
  if (!hexId.test(text)) throw new CordonError('git.protocol', { what: 'object id' });
  return text as Oid;
}

function linesOf(stdin: Buffer, what: string): string[] {
  const lines = stdin.toString('utf8').split('\n');
  // A line that was cut off must not pass for a shorter push.
  if (lines.pop() !== '') throw new CordonError('git.protocol', { what });
  return lines;
}

function toRef(text: string, what: string): RefName {
  if (text === '') throw new CordonError('git.protocol', { what });
  return text as RefName;
}

/**
 * The lines `local-name SP local-oid SP remote-ref SP remote-oid LF`, split from the right, since
 * the local name of `HEAD^{/a b}:x` holds spaces. No line at all means nothing to push.
 * Throws `git.protocol` for anything else. See githooks(5).
 */
export function parsePrePush(stdin: Buffer): RefUpdate[] {
  return linesOf(stdin, 'pre-push').map((line) => {
    const fields = line.split(' ');
    if (fields.length < 4) throw new CordonError('git.protocol', { what: 'pre-push' });
    const [localOid = '', remoteRef = '', remoteOid = ''] = fields.slice(-3);
    if (localOid.length !== remoteOid.length) {
      throw new CordonError('git.protocol', { what: 'pre-push' });
    }
    return {
      localName: fields.slice(0, -3).join(' '),
      localOid: toOid(localOid),
      remoteRef: toRef(remoteRef, 'pre-push'),
      remoteOid: toOid(remoteOid),
      deletion: isZeroOid(localOid),
    };
  });
}

/** The lines `old-oid SP new-oid SP ref LF`. Throws `git.protocol`. See githooks(5). */
export function parseReceive(stdin: Buffer): ReceivedUpdate[] {
  return linesOf(stdin, 'pre-receive').map((line) => {
    const [oldOid = '', newOid = '', ...rest] = line.split(' ');
    if (oldOid.length !== newOid.length) {
      throw new CordonError('git.protocol', { what: 'pre-receive' });
    }
    return {
      oldOid: toOid(oldOid),
      newOid: toOid(newOid),
      ref: toRef(rest.join(' '), 'pre-receive'),
      deletion: isZeroOid(newOid),
    };
  });
}

/** A ref as git allows it, `HEAD`, an id or `(delete)`: names that cannot hold a line of their own. */
function isPlainName(name: string): boolean {
  if (name === 'HEAD' || name === '(delete)' || hexId.test(name)) return true;
  // git takes `ANYTHING-gHEX` for the output of describe, whatever ANYTHING holds.
  return /^refs\/[^\p{Cc} ~^:?*[\\]+$/u.test(name) && !/-g[0-9a-f]{4,}$/.test(name);
}

/**
 * Whether the remote ids on pre-push's input are git's own word. A local name may hold a newline:
 * `git push R "main OID refs/heads/x LEAK<LF>y-gABCD:refs/heads/z"` forges a line which says that
 * the destination has LEAK. One line cannot be forged so; among several, each name must be one
 * that holds no newline, else the ids are a claim and the destination must be asked.
 */
export function trustsRemoteOids(updates: readonly RefUpdate[]): boolean {
  return updates.length < 2 || updates.every(({ localName }) => isPlainName(localName));
}
