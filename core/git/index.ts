/** What other rooms may use of git. Nothing else spawns it. */
export { type ConfigEntry, type ConfigScope, type GitConfig, readConfig } from './config.ts';
export { type Proof, type ProofRequest, proveHeld } from './destination-proof.ts';
export {
  enumeratePush,
  type PushRange,
  type PushSet,
  type PushStream,
  type PushSummary,
  streamPush,
} from './enumerate-push.ts';
export { listStaged } from './index-entries.ts';
export { findPaths, type HistoryQuery, type PathOfBlob } from './label-history.ts';
export { listPaths } from './list-paths.ts';
export { listTree, type TreeEntry, treeEntry } from './list-tree.ts';
export { openObject } from './open-object.ts';
export type { MissingObject, ObjectInfo, ObjectType } from './parse-batch.ts';
export {
  isZeroOid,
  parsePrePush,
  parseReceive,
  type ReceivedUpdate,
  type RefUpdate,
  trustsRemoteOids,
} from './parse-push.ts';
export type { PathEntry } from './parse-raw-diff.ts';
export { findPresent, type ReadObject, readObjects } from './read-objects.ts';
export { listReceived, type ReceivedSet } from './received-set.ts';
export { type ConnectOptions, lsRemote, provableTips, type RemoteRef } from './remote-refs.ts';
export { type ObjectFormat, openRepository, type Repository } from './repository.ts';
export { repositoryId } from './repository-id.ts';
export { type GitContext, type GitOptions, runGit } from './spawn.ts';
