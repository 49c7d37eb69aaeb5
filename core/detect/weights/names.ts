import type { Fact, WeightsFact } from '../../model.ts';

/** Endings that only model files carry. */
const ENDINGS: ReadonlySet<string> = new Set([
  'safetensors',
  'gguf',
  'ggml',
  'ckpt',
  'pt',
  'pth',
  'ptl',
  'pt2',
  'distcp',
  'onnx',
  'onnx_data',
  'ort',
  'h5',
  'hdf5',
  'keras',
  'npz',
  'npy',
  'tflite',
  'msgpack',
  'pdparams',
  'pdiparams',
  'pdopt',
  'params',
  'caffemodel',
  'mlmodel',
  'engine',
  'pte',
  'mnn',
  'joblib',
  'llamafile',
  'rknn',
]);

/** Parts of a name after which `.bin` (and `.data`) means weights. */
const BIN_STEMS: readonly string[] = [
  'pytorch_model',
  'adapter_model',
  'diffusion_pytorch_model',
  'model',
  'weights',
  'ggml-model',
  'optimizer',
  'consolidated',
];

/**
 * Weights by name, only where the content could be anything: it was binary and no detector knew it.
 * `path` may have `/` or `\` between its parts; case does not count; a trailing `.1`, `.bak`, `.part`,
 * `.enc` or the like does not hide the ending.
 */
export function weightsByName(
  path: string,
  facts: readonly Fact[],
  size: number,
): WeightsFact | undefined {
  const opaque = facts.some((fact) => fact.kind === 'opaque');
  const known = facts.some((fact) => fact.kind === 'weights');
  if (!opaque || known || !saysWeights(path)) return undefined;
  return {
    kind: 'weights',
    rule: 'weights-name',
    at: { layer: '' },
    payloadBytes: size,
    evidence: 'name',
  };
}

function saysWeights(path: string): boolean {
  const name = (path.split(/[\\/]/).at(-1) ?? '').toLowerCase();
  const parts = name.split('.');
  for (const ending of parts.slice(1)) {
    if (ENDINGS.has(ending)) return true;
  }
  const isBin = parts.slice(1).some((part) => part === 'bin' || part.startsWith('data-0'));
  return isBin && BIN_STEMS.some((stem) => isStem(name, stem));
}

/** `model.bin`, `model-00001-of-00002.bin`, `tf_model.bin`, not `remodel.bin` or `models.bin`. */
function isStem(name: string, stem: string): boolean {
  for (let at = name.indexOf(stem); at >= 0; at = name.indexOf(stem, at + 1)) {
    const before = at === 0 ? '.' : (name[at - 1] ?? '.');
    const after = name[at + stem.length] ?? '.';
    if ('._-'.includes(before) && '._-'.includes(after)) return true;
  }
  return false;
}
