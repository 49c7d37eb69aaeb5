import type { Oid } from '../model.ts';
import { enumeratePush, type PushSet } from './enumerate-push.ts';
import { batchCheckParser, type ObjectInfo } from './parse-batch.ts';
import type { ReceivedUpdate } from './parse-push.ts';
import type { Repository } from './repository.ts';
import { streamGit } from './spawn.ts';

/**
 * Everything in the quarantine, objects that no ref reaches among them: they stay on the server if
 * the push is accepted. Without a quarantine (a push of deletions only) the same command would list
 * the whole repository.
 */
async function listQuarantine(repo: Repository): Promise<ObjectInfo[]> {
  const quarantine = (repo.env ?? process.env)['GIT_QUARANTINE_PATH'];
  if (quarantine === undefined || quarantine === '') return [];
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

/** What this push's tips are, and what the server already holds: for `listPaths` and listings. */
export function receivedRange(updates: readonly ReceivedUpdate[]) {
  const tips = updates.filter(({ deletion }) => !deletion).map(({ newOid }) => newOid);
  return { tips, negatives: [] as readonly Oid[], exceptRefs: true } as const;
}

/**
 * What a push brings to this server, judged in pre-receive: what came in its pack, hidden objects
 * included, and old unreachable objects that its refs make reachable. Read contents with
 * `readObjects` in the inherited environment.
 */
export async function listReceived(
  repo: Repository,
  updates: readonly ReceivedUpdate[],
): Promise<PushSet> {
  const [reachable, quarantined] = await Promise.all([
    enumeratePush(repo, receivedRange(updates)),
    listQuarantine(repo),
  ]);
  const listed = new Set(reachable.objects.map(({ oid }) => oid));
  const hidden = quarantined.filter(({ oid }) => !listed.has(oid));
  return { ...reachable, objects: [...reachable.objects, ...hidden] };
}
