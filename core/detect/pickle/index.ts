export { OP } from './opcodes.ts';
export { names, type NamedGlobal, type PickleWalk, walkPickle } from './walk-pickle.ts';
export { claimsPickle } from './claims-pickle.ts';
