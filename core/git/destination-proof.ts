import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';
import { lineParser } from './parse-batch.ts';
import { findPresent } from './read-objects.ts';
import { type ConnectOptions, connectionError } from './remote-refs.ts';
import type { Repository } from './repository.ts';
import { type GitContext, runGit, streamGit } from './spawn.ts';
import { openTransport, REMOTE } from './transport.ts';

export interface ProofRequest extends ConnectOptions {
  /** What the destination advertises, such as `provableTips(await lsRemote(…))`. */
  readonly tips: readonly Oid[];
  /** The objects to find there. */
  readonly candidates: readonly Oid[];
}

export interface Proof {
  /** Of the candidates, those that a tip of the destination reaches: it has them. */
  readonly held: ReadonlySet<Oid>;
  /** All that could be known is known. False: a candidate not held may be there all the same. */
  readonly proven: boolean;
  /** Why not: `git.connection-failed`, `git.failed`. */
  readonly reason?: CordonError;
}

const fetchArgs: readonly string[] = [
  // Unpacked objects would be written one by one, which touches the clone's own copies.
  '-c',
  'fetch.unpackLimit=1',
  '-c',
  'fetch.bundleURI=',
  '-c',
  'transfer.bundleURI=false',
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--no-write-commit-graph',
  '--no-recurse-submodules',
  // Ignored by a server that cannot filter: it then sends more, and the answer is the same.
  '--filter=blob:none',
  '--stdin',
  REMOTE,
];

/** Of `candidates`, those reachable from `tips`; stops as soon as all are found. */
async function reachable(
  context: GitContext,
  tips: readonly Oid[],
  candidates: readonly Oid[],
  timeoutMs: number,
): Promise<Set<Oid>> {
  const wanted = new Set(candidates);
  const held = new Set<Oid>();
  const args = [
    'rev-list',
    '--ignore-missing',
    '--objects',
    '--no-object-names',
    '--missing=print',
  ];
  const lines = lineParser();
  const input = `${tips.join('\n')}\n`;
  for await (const chunk of streamGit(context, [...args, '--stdin'], { input, timeoutMs })) {
    for (const line of lines.push(chunk)) {
      // With blobs left out of the fetch they are told as missing, yet the trees name them.
      const oid = (line.startsWith('?') ? line.slice(1) : line) as Oid;
      if (wanted.has(oid)) held.add(oid);
    }
    if (held.size === wanted.size) return held;
  }
  lines.end();
  return held;
}

/**
 * Which of the candidates the destination has, proven by what its own tips reach. Tips that the
 * clone lacks are fetched, commits and trees only, into a private repository that borrows the
 * clone's objects and is then removed; the clone is only read. Makes no connection where all tips
 * are here. Never throws for a destination that does not answer: nothing is proven then.
 */
export async function proveHeld(repo: Repository, request: ProofRequest): Promise<Proof> {
  const { tips, candidates, url } = request;
  if (tips.length === 0 || candidates.length === 0) return { held: new Set(), proven: true };
  const deadline = Date.now() + request.timeoutMs;
  const remaining = (): number => Math.max(1, deadline - Date.now());
  const transport = await openTransport(repo, request);
  let reason: CordonError | undefined;
  try {
    const present = await findPresent(repo, tips);
    const absent = tips.filter((tip) => !present.has(tip));
    if (absent.length > 0) {
      try {
        await runGit(transport.context, fetchArgs, {
          input: `${absent.join('\n')}\n`,
          timeoutMs: remaining(),
          onStderr: request.onStderr,
        });
      } catch (error) {
        reason = connectionError(url, error);
      }
    }
    const held = await reachable(transport.context, tips, candidates, remaining());
    return reason === undefined || held.size === new Set(candidates).size
      ? { held, proven: true }
      : { held, proven: false, reason };
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    return { held: new Set(), proven: false, reason: reason ?? error };
  } finally {
    transport.dispose();
  }
}
