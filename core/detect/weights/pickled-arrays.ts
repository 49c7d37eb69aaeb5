import { claimsPickle, type PickleWalk, walkPickle } from '../pickle/index.ts';
import { capBytes, type Format, type Recognised, understood } from './format.ts';
import { torchLegacy } from './torch-legacy.ts';
import { countStorages } from './torch-storages.ts';
import type { Reading, Window } from './window.ts';

/** A pickle with fewer bytes of arrays than this is data, settings, a vocabulary. */
const LEAST_PAYLOAD = 4096;
/** Modules whose objects are arrays or models. */
const ROOTS: ReadonlySet<string> = new Set([
  'numpy',
  'torch',
  'torchvision',
  'sklearn',
  'xgboost',
  'lightgbm',
  'catboost',
  'joblib',
  'scipy',
  'jax',
  'jaxlib',
  'flax',
  'tensorflow',
  'keras',
  'paddle',
  'mxnet',
  'chainer',
  'cupy',
  'theano',
  'dnnlib',
  'fastai',
  'spacy',
  'thinc',
  'gensim',
  'statsmodels',
]);

/** A plain pickle, of any protocol, that carries arrays: NumPy, scikit-learn, joblib, XGBoost, …. */
export const pickledArrays: Format = {
  rule: 'pickle',

  claims(head, size, tail) {
    return claimsPickle(head, size) !== undefined && !torchLegacy.claims(head, size, tail);
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const walk = yield* walkPickle(window);
    if (walk.streams === 0 && walk.opcodes < 8) return undefined;
    // Past the pickle lie raw arrays where a tool other than joblib splices them in.
    const rest = window.size - walk.reached;
    const raw = names(walk, 'joblib') ? rest : 0;
    const declared = countStorages(walk.storages.values()).bytes;
    const inside = walk.binaryBytes + walk.encodedBytes + walk.splicedBytes;
    const payload = Math.max(inside + raw, declared);
    const holdsModel = payload >= LEAST_PAYLOAD && namesArrays(walk);
    if (!holdsModel && walk.streams === 0) return undefined;
    if (!holdsModel) return understood('pickle');
    return {
      rule: 'pickle',
      payloadBytes: capBytes(payload),
      offset: 0,
      payload: [],
      end: walk.ended === 'stop' ? walk.end : walk.reached + raw,
    };
  },
};

function namesArrays(walk: PickleWalk): boolean {
  for (const { module } of walk.globals.values()) {
    if (ROOTS.has(module.split('.', 1)[0] ?? '')) return true;
  }
  return false;
}

function names(walk: PickleWalk, root: string): boolean {
  for (const { module } of walk.globals.values()) {
    if (module === root || module.startsWith(`${root}.`)) return true;
  }
  return false;
}
