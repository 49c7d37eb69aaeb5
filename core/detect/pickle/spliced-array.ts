import { isGlobal, type Value } from './values.ts';

/** What joblib writes right after it has built the wrapper of an array, in the middle of the stream. */
export type SplicedArray =
  | { readonly kind: 'raw'; readonly bytes: number; readonly padded: boolean }
  /** An array of objects: a pickle of its own. */
  | { readonly kind: 'pickle' };

/**
 * The array that follows where `built` is a `joblib.numpy_pickle.NumpyArrayWrapper` whose state is
 * known. `padded`: one byte tells how much padding stands before the array (joblib 1.2 and later).
 */
export function arrayAfterBuild(built: Value | undefined): SplicedArray | undefined {
  if (built?.type !== 'call' || built.argument.type !== 'dict') return undefined;
  if (!isGlobal(built.callee, 'joblib.numpy_pickle', 'NumpyArrayWrapper')) return undefined;
  const state = built.argument.entries ?? new Map<string, Value>();
  const dtype = dtypeText(state.get('dtype'));
  const shape = state.get('shape');
  if (dtype === undefined || shape?.type !== 'tuple') return undefined;
  if (dtype.startsWith('O')) return { kind: 'pickle' };
  let bytes = itemBytes(dtype);
  for (const size of shape.items) {
    if (size.type !== 'int' || size.value < 0) return undefined;
    bytes *= size.value;
  }
  if (!Number.isSafeInteger(bytes)) return undefined;
  const alignment = state.get('numpy_array_alignment_bytes');
  return { kind: 'raw', bytes, padded: alignment?.type === 'int' };
}

/** `f8` of `numpy.dtype('f8', False, True)`. */
function dtypeText(dtype: Value | undefined): string | undefined {
  if (dtype?.type !== 'call' || !isGlobal(dtype.callee, 'numpy', 'dtype')) return undefined;
  const first = dtype.argument.type === 'tuple' ? dtype.argument.items[0] : undefined;
  return first?.type === 'text' ? first.text : undefined;
}

function itemBytes(dtype: string): number {
  const kind = dtype[0] ?? '';
  const count = Number(dtype.slice(1));
  if (kind === 'b' || kind === '?') return 1;
  return kind === 'U' ? count * 4 : count;
}
