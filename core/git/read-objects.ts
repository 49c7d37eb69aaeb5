import { availableParallelism } from 'node:os';
import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';
import { mergeStreams, share } from './merge-streams.ts';
import {
  batchCheckParser,
  batchParser,
  type MissingObject,
  type ObjectInfo,
  type StreamParser,
  type WholeObject,
} from './parse-batch.ts';
import { inReadingRoom } from './private-repository.ts';
import type { Repository } from './repository.ts';
import { type GitContext, streamGit } from './spawn.ts';

/** Objects up to this size come whole, in memory. Larger ones are read through `openObject`. */
export const WHOLE_OBJECT_BYTES = 4 * 1024 * 1024;

type Oids = Iterable<readonly Oid[]> | AsyncIterable<readonly Oid[]>;

/** cat-file with ids going in and records coming out, both as they come, each id answered. */
async function* catFile<T>(
  context: GitContext,
  mode: '--batch' | '--batch-check',
  oids: Oids,
  parser: StreamParser<T>,
  signal?: AbortSignal,
): AsyncGenerator<T[], void, undefined> {
  let asked = 0;
  let answered = 0;
  async function* lines(): AsyncGenerator<Buffer> {
    for await (const some of oids) {
      if (some.length === 0) continue;
      asked += some.length;
      yield Buffer.from(`${some.join('\n')}\n`, 'latin1');
    }
  }
  const options = { input: lines(), signal };
  for await (const chunk of streamGit(context, ['cat-file', mode, '--buffer'], options)) {
    const found = parser.push(chunk);
    answered += found.length;
    if (found.length > 0) yield found;
  }
  parser.end();
  if (answered !== asked) throw new CordonError('git.protocol', { what: 'cat-file' });
}

/** Type and size of each object, in the order asked, in groups as git gives them. Never fetches. */
export function checkObjects(
  repo: Repository,
  oids: Oids,
  signal?: AbortSignal,
): AsyncGenerator<(ObjectInfo | MissingObject)[], void, undefined> {
  return inReadingRoom(repo, (context) =>
    catFile(context, '--batch-check', oids, batchCheckParser(), signal),
  );
}

/** Contents of objects known to be at most WHOLE_OBJECT_BYTES, hashed against their ids. */
function readWholeObjects(
  repo: Repository,
  oids: Oids,
  signal: AbortSignal,
): AsyncGenerator<(WholeObject | MissingObject)[], void, undefined> {
  return inReadingRoom(repo, (context) =>
    catFile(context, '--batch', oids, batchParser(WHOLE_OBJECT_BYTES), signal),
  );
}

/** Of `oids`, those that are in the repository's own object store. */
export async function findPresent(repo: Repository, oids: readonly Oid[]): Promise<Set<Oid>> {
  const present = new Set<Oid>();
  if (oids.length === 0) return present;
  for await (const found of checkObjects(repo, [oids])) {
    for (const object of found) if (!('missing' in object)) present.add(object.oid);
  }
  return present;
}

/** What one object of a stream is: read whole, too large for memory (no `bytes`), or not to be had. */
export type ReadObject = (ObjectInfo & { readonly bytes?: Buffer }) | MissingObject;

/** So much to read, and a second reader pays: inflating is the slow part, and it takes one core. */
const SECOND_READER_BYTES = 8 * 1024 * 1024;
/** Readers take turns by groups of about this many bytes. */
const GROUP_BYTES = 1024 * 1024;

/**
 * Type, size and, up to WHOLE_OBJECT_BYTES, content of each object, with git at work beside us.
 * `wanted` is asked once for each object that is here, in the order asked; where it says no, the
 * object comes without bytes. The order in which objects come is not the order asked.
 */
export async function* readObjects(
  repo: Repository,
  oids: Oids,
  wanted: (object: ObjectInfo) => boolean = () => true,
): AsyncGenerator<ReadObject, void, undefined> {
  const stop = new AbortController();
  let aside: ReadObject[] = [];
  let tellMuch: (much: boolean) => void = () => undefined;
  const isMuch = new Promise<boolean>((resolve) => {
    tellMuch = resolve;
  });

  async function* small(): AsyncGenerator<readonly Oid[]> {
    let group: Oid[] = [];
    let groupBytes = 0;
    let bytes = 0;
    try {
      for await (const found of checkObjects(repo, oids, stop.signal)) {
        for (const object of found) {
          if ('missing' in object || !wanted(object) || object.size > WHOLE_OBJECT_BYTES) {
            aside.push(object);
            continue;
          }
          group.push(object.oid);
          groupBytes += object.size;
          bytes += object.size;
          if (bytes > SECOND_READER_BYTES) tellMuch(true);
          if (groupBytes < GROUP_BYTES) continue;
          yield group;
          group = [];
          groupBytes = 0;
        }
        if (group.length > 0) yield group;
        group = [];
        groupBytes = 0;
      }
    } finally {
      tellMuch(false);
    }
  }

  const source = small();
  const read = () => readWholeObjects(repo, share(source), stop.signal);
  async function* secondReader(): ReturnType<typeof read> {
    if ((await isMuch) && availableParallelism() > 1) yield* read();
  }
  const end = (): void => {
    stop.abort();
    // A first reader that fails before it asks for anything must not leave the second one waiting.
    tellMuch(false);
  };
  for await (const found of mergeStreams([read(), secondReader()], end)) {
    yield* found;
    if (aside.length > 0) {
      const waiting = aside;
      aside = [];
      yield* waiting;
    }
  }
  yield* aside;
}
