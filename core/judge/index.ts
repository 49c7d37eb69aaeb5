export { judge } from './judge-act.ts';
export type { DestinationNote, JudgeInput, Loosening, Subject } from './judge.ts';
