import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';
import { lineParser, type MissingObject, type ObjectInfo } from './parse-batch.ts';
import { toOid } from './parse-push.ts';
import { checkObjects, findPresent, type ReadObject, readObjects } from './read-objects.ts';
import type { Repository } from './repository.ts';
import { streamGit } from './spawn.ts';

/** What is about to be published: reachable from `tips` and not from `negatives`. */
export interface PushRange {
  readonly tips: readonly Oid[];
  /** What the destination has, by its own word. Ids that are not in the clone exclude nothing. */
  readonly negatives: readonly Oid[];
  /** What the repository's own refs reach is excluded too. Only for a server, which is the destination. */
  readonly exceptRefs?: boolean;
}

/** What a listing told beside the objects themselves. */
export interface PushSummary {
  readonly tips: readonly Oid[];
  /** The negatives that are in the clone, and so excluded something. */
  readonly negatives: readonly Oid[];
  readonly unknownNegatives: readonly Oid[];
  /** Objects the push names that are not in the clone, tips among them. Not looked at: never clean. */
  readonly missing: readonly Oid[];
  /** Commits that are new to the destination, newest first. */
  readonly newCommits: readonly Oid[];
}

export interface PushSet extends PushSummary {
  /** Every object that is here, each once: commits, tags, trees and blobs. */
  readonly objects: readonly ObjectInfo[];
  readonly commits: number;
}

export interface PushStream {
  /** Each object once. To be read to its end. */
  readonly objects: AsyncIterable<ReadObject>;
  /** Throws unless `objects` has ended. */
  summary(): PushSummary;
}

/**
 * The ids `rev-list` lists, in groups as they come; what is not here goes to `missing`.
 * `--ignore-missing` must stand before `--stdin`, or an unknown negative is fatal; it also makes a
 * missing tip list nothing, so tips are checked apart.
 */
async function* listOids(
  repo: Repository,
  { tips, negatives, exceptRefs }: PushRange,
  missing: Set<Oid>,
): AsyncGenerator<readonly Oid[]> {
  const input = [...tips, ...negatives.map((oid) => `^${oid}`), ''].join('\n');
  const args = [
    'rev-list',
    '--ignore-missing',
    '--objects',
    '--no-object-names',
    '--missing=print',
    '--stdin',
    ...(exceptRefs === true ? ['--not', '--all'] : []),
  ];
  const lines = lineParser();
  for await (const chunk of streamGit(repo, args, { input })) {
    const oids: Oid[] = [];
    for (const line of lines.push(chunk)) {
      if (line.startsWith('?')) missing.add(toOid(line.slice(1)));
      else oids.push(toOid(line));
    }
    yield oids;
  }
  lines.end();
}

/** Shared by both forms: the listing, its side results, and the check of the range's own ids. */
function startListing(repo: Repository, range: PushRange) {
  const unique = {
    ...range,
    tips: [...new Set(range.tips)],
    negatives: [...new Set(range.negatives)],
  };
  const missing = new Set<Oid>();
  const newCommits: Oid[] = [];
  let summary: PushSummary | undefined;
  // Side by side with rev-list: the answer is only needed at the end.
  const checking = findPresent(repo, [...unique.tips, ...unique.negatives]);
  checking.catch(() => undefined);
  return {
    oids: unique.tips.length === 0 ? [] : listOids(repo, unique, missing),
    note(object: ObjectInfo | MissingObject): void {
      if ('missing' in object) missing.add(object.oid);
      else if (object.type === 'commit') newCommits.push(object.oid);
    },
    async finish(): Promise<void> {
      const present = await checking;
      for (const tip of unique.tips) if (!present.has(tip)) missing.add(tip);
      summary = {
        tips: unique.tips,
        negatives: unique.negatives.filter((oid) => present.has(oid)),
        unknownNegatives: unique.negatives.filter((oid) => !present.has(oid)),
        missing: [...missing],
        newCommits,
      };
    },
    summary(): PushSummary {
      if (summary === undefined) throw new CordonError('usage', { what: 'summary before end' });
      return summary;
    },
  };
}

/**
 * Lists what a push would publish, without contents. Neither replace refs, grafts, tracking refs
 * nor a commit-graph are believed, and nothing is fetched.
 */
export async function enumeratePush(repo: Repository, range: PushRange): Promise<PushSet> {
  const listing = startListing(repo, range);
  const objects: ObjectInfo[] = [];
  for await (const found of checkObjects(repo, listing.oids)) {
    for (const object of found) {
      listing.note(object);
      if (!('missing' in object)) objects.push(object);
    }
  }
  await listing.finish();
  const summary = listing.summary();
  return { ...summary, objects, commits: summary.newCommits.length };
}

/**
 * As `enumeratePush`, with contents, in one pass: rev-list and both cat-files run side by side.
 * Trees, objects larger than WHOLE_OBJECT_BYTES, and those for which `known` says that their facts
 * are kept come without bytes. Bytes that do not hash to their id come as `mismatch`.
 */
export function streamPush(
  repo: Repository,
  range: PushRange,
  known: (oid: Oid) => boolean = () => false,
): PushStream {
  const listing = startListing(repo, range);
  async function* objects(): AsyncGenerator<ReadObject, void, undefined> {
    const wanted = (object: ObjectInfo): boolean => {
      listing.note(object);
      return object.type !== 'tree' && !known(object.oid);
    };
    for await (const object of readObjects(repo, listing.oids, wanted)) {
      if ('missing' in object) listing.note(object);
      yield object;
    }
    await listing.finish();
  }
  return { objects: objects(), summary: () => listing.summary() };
}
