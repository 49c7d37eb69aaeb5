import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';
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
  for await (const chunk of streamGit(context, ['cat-file', mode, '--buffer'], {
    input: lines(),
  })) {
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
): AsyncGenerator<(ObjectInfo | MissingObject)[], void, undefined> {
  return inReadingRoom(repo, (context) =>
    catFile(context, '--batch-check', oids, batchCheckParser()),
  );
}

/** Contents of objects known to be at most WHOLE_OBJECT_BYTES, hashed against their ids. */
export function readWholeObjects(
  repo: Repository,
  oids: Oids,
): AsyncGenerator<(WholeObject | MissingObject)[], void, undefined> {
  return inReadingRoom(repo, (context) =>
    catFile(context, '--batch', oids, batchParser(WHOLE_OBJECT_BYTES)),
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

/**
 * Type, size and, up to WHOLE_OBJECT_BYTES, content of each object, as two processes work side by
 * side. `wanted` is asked once for each object that is here, in the order asked; where it says no,
 * the object comes without bytes. The order in which objects come is not the order asked.
 */
export async function* readObjects(
  repo: Repository,
  oids: Oids,
  wanted: (object: ObjectInfo) => boolean = () => true,
): AsyncGenerator<ReadObject, void, undefined> {
  let aside: ReadObject[] = [];
  async function* small(): AsyncGenerator<readonly Oid[]> {
    for await (const found of checkObjects(repo, oids)) {
      const toRead: Oid[] = [];
      for (const object of found) {
        if ('missing' in object || !wanted(object) || object.size > WHOLE_OBJECT_BYTES) {
          aside.push(object);
        } else {
          toRead.push(object.oid);
        }
      }
      yield toRead;
    }
  }
  for await (const found of readWholeObjects(repo, small())) {
    yield* found;
    if (aside.length > 0) {
      const waiting = aside;
      aside = [];
      yield* waiting;
    }
  }
  yield* aside;
}
