import { claimsTar, readTar } from './containers.ts';
import type { Format } from './format.ts';
import { flatbuffers } from './flatbuffers.ts';
import { ggml } from './ggml.ts';
import { gguf } from './gguf.ts';
import { hdf5 } from './hdf5.ts';
import { npy } from './npy.ts';
import { onnx } from './onnx.ts';
import { pickledArrays } from './pickled-arrays.ts';
import { safetensors } from './safetensors.ts';
import { torchLegacy } from './torch-legacy.ts';
import { torchZip } from './torch-zip.ts';

const tar: Format = { rule: 'tar', claims: claimsTar, read: readTar };

/** All formats, each asked in turn: a file made to be two at once is told as both. */
export const FORMATS: readonly Format[] = [
  safetensors,
  gguf,
  torchZip,
  torchLegacy,
  npy,
  hdf5,
  ggml,
  flatbuffers,
  onnx,
  pickledArrays,
  tar,
];
