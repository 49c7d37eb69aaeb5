export { claimsPickle } from './claims-pickle.ts';
export { isPlainName, type PickleWalk, type Storage } from './pickle-walk.ts';
export { walkPickle } from './walk-pickle.ts';
