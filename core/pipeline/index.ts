/** The acts: content in, verdict out. */
export { judgeCommit } from './commit.ts';
export { explainPath } from './explain.ts';
export { namedPolicy } from './policy-reader.ts';
export { judgePush } from './push.ts';
export type { PushOutcome } from './push.ts';
export { judgeReceive } from './receive.ts';
export { everyTip, scanPaths, scanRange, scanStream } from './scan.ts';
export type { LooseScan } from './scan.ts';
export { openSession } from './session.ts';
export type { Progress, Session } from './session.ts';
