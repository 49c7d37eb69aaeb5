export { claimsPickle } from './claims-pickle.ts';
export { OP } from './opcodes.ts';
export { isPlainName, type PickleWalk, type Storage, walkPickle } from './walk-pickle.ts';
