export { claimsPickle } from './claims-pickle.ts';
export { OP } from './opcodes.ts';
export { type NamedGlobal, type PickleWalk, type Storage, walkPickle } from './walk-pickle.ts';
