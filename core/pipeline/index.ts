/** The acts: content in, verdict out. */
export { judgeCommit } from './commit.ts';
export { explainPath } from './explain.ts';
export { namedPolicy } from './policy-reader.ts';
export { judgePush } from './push.ts';
export type { PushOutcome } from './push.ts';
export { judgeReceive } from './receive.ts';
export { passDeletions } from './pass-deletions.ts';
export { claimOf } from './record-actor.ts';
export { circumstancesOf, isSelfTest } from './record-circumstances.ts';
export { identityFor } from './record-identity.ts';
export { withoutRecord } from './record-unwritable.ts';
export { eventOfFailure, eventsOfVerdict } from './record-verdict.ts';
export type { RecordedAct } from './record-verdict.ts';
export { everyTip, scanPaths, scanRange, scanStream } from './scan.ts';
export type { LooseScan } from './scan.ts';
export { openSession } from './session.ts';
export type { OnChosen, Progress, Session } from './session.ts';
