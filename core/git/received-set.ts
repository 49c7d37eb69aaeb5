import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { enumeratePush, type PushRange, type PushSet } from './enumerate-push.ts';
import { batchCheckParser, type ObjectInfo } from './parse-batch.ts';
import type { ReceivedUpdate } from './parse-push.ts';
import type { Repository } from './repository.ts';
import { streamGit } from './spawn.ts';

/**
 * The folder of what is coming in. Gitaly runs hooks without GIT_QUARANTINE_PATH, and names it as the
 * object folder alone; its own objects then stand behind as an alternate.
 */
function quarantineOf(repo: Repository): string | undefined {
  const env = repo.env ?? process.env;
  const named = env['GIT_QUARANTINE_PATH'];
  if (named !== undefined && named !== '') return named;
  const objects = env['GIT_OBJECT_DIRECTORY'];
  if (objects === undefined || objects === '' || !env['GIT_ALTERNATE_OBJECT_DIRECTORIES']) {
    return undefined;
  }
  const isOwn =
    realpathSync(resolve(repo.dir, objects)) === realpathSync(join(repo.commonDir, 'objects'));
  return isOwn ? undefined : objects;
}

/**
 * Everything in the quarantine, objects that no ref reaches among them: they stay on the server if
 * the push is accepted. Without a quarantine (a push of deletions only) the same command would list
 * the whole repository.
 */
async function listQuarantine(repo: Repository): Promise<ObjectInfo[]> {
  const quarantine = quarantineOf(repo);
  if (quarantine === undefined) return [];
  const objects: ObjectInfo[] = [];
  const parser = batchCheckParser();
  const args = ['cat-file', '--batch-all-objects', '--batch-check', '--unordered', '--buffer'];
  const env = { GIT_OBJECT_DIRECTORY: quarantine, GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined };
  for await (const chunk of streamGit(repo, args, { env })) {
    for (const object of parser.push(chunk)) if (!('missing' in object)) objects.push(object);
  }
  parser.end();
  return objects;
}

export interface ReceivedSet extends PushSet {
  /**
   * For `listPaths`: the tips, hidden commits and tags among them (a marking counts for these too),
   * against all that the server's refs reach.
   */
  readonly range: PushRange;
}

/**
 * What a push brings to this server, judged in pre-receive: what came in its pack, hidden objects
 * included, and old unreachable objects that its refs make reachable. Read contents with
 * `readObjects` in the inherited environment.
 */
export async function listReceived(
  repo: Repository,
  updates: readonly ReceivedUpdate[],
): Promise<ReceivedSet> {
  const tips = updates.filter(({ deletion }) => !deletion).map(({ newOid }) => newOid);
  const [reachable, quarantined] = await Promise.all([
    enumeratePush(repo, { tips, negatives: [], exceptRefs: true }),
    listQuarantine(repo),
  ]);
  const listed = new Set(reachable.objects.map(({ oid }) => oid));
  const hidden = quarantined.filter(({ oid }) => !listed.has(oid));
  const hiddenCommits = hidden.filter(({ type }) => type === 'commit').map(({ oid }) => oid);
  const hiddenTags = hidden.filter(({ type }) => type === 'tag').map(({ oid }) => oid);
  const newCommits = [...reachable.newCommits, ...hiddenCommits];
  return {
    ...reachable,
    objects: [...reachable.objects, ...hidden],
    newCommits,
    commits: newCommits.length,
    range: {
      tips: [...reachable.tips, ...hiddenCommits, ...hiddenTags],
      negatives: [],
      exceptRefs: true,
    },
  };
}
