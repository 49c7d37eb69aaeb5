/** Writers of real model files, in what the formats' own libraries read. */
import {
  ELEMENT_BYTES,
  makeGaussian,
  type ModelSpec,
  tensorBytes,
  type TensorSpec,
} from './models-values.ts';

export { writeHdf5, writeOnnx } from './models-graph.ts';
export { op, pickleOf, writeStateDict, writeStoredZip } from './models-pickle.ts';
export {
  writeNpy,
  writeNpz,
  writePickledArray,
  writeTorchLegacy,
  writeTorchZip,
} from './models-torch.ts';
export { makeGaussian, tensorBytes, tensorsOf } from './models-values.ts';

/** A safetensors file. */
export function writeSafetensors({ tensors, metadata, seed = 1 }: ModelSpec): Buffer {
  const draw = makeGaussian(seed);
  const header: Record<string, unknown> = {};
  if (metadata !== undefined) header['__metadata__'] = metadata;
  const bodies: Buffer[] = [];
  let at = 0;
  for (const [name, spec] of Object.entries(tensors)) {
    const body = tensorBytes(spec, draw);
    header[name] = {
      dtype: spec.dtype ?? 'F32',
      shape: spec.shape,
      data_offsets: [at, at + body.length],
    };
    bodies.push(body);
    at += body.length;
  }
  let json = JSON.stringify(header);
  // The reference implementation aligns the payload with spaces.
  json = json.padEnd(
    Math.ceil(Buffer.byteLength(json) / 8) * 8 + json.length - Buffer.byteLength(json),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([length, Buffer.from(json), ...bodies]);
}

const GGUF_TYPE = { F32: 0, F16: 1, I8: 24, F64: 28, BF16: 30 } as const;
const GGUF_ALIGNMENT = 32;

/** A GGUF file, version 3 unless told otherwise. */
export function writeGguf({
  tensors,
  metadata = {},
  seed = 1,
  version = 3,
  bigEndian = false,
}: ModelSpec & { readonly version?: 1 | 2 | 3; readonly bigEndian?: boolean }): Buffer {
  const u32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    if (bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  };
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8);
    if (bigEndian) bytes.writeBigUInt64BE(BigInt(value));
    else bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const count = version === 1 ? u32 : u64;
  const string = (text: string) =>
    Buffer.concat([count(Buffer.byteLength(text)), Buffer.from(text)]);
  const aligned = (length: number) => Math.ceil(length / GGUF_ALIGNMENT) * GGUF_ALIGNMENT;

  const pairs: Record<string, string> = { 'general.architecture': 'llama', ...metadata };
  const parts: Buffer[] = [
    Buffer.from('GGUF'),
    u32(version),
    count(Object.keys(tensors).length),
    count(Object.keys(pairs).length),
  ];
  for (const [key, value] of Object.entries(pairs)) parts.push(string(key), u32(8), string(value));
  const draw = makeGaussian(seed);
  const bodies: Buffer[] = [];
  let at = 0;
  for (const [name, spec] of Object.entries(tensors)) {
    const body = tensorBytes(spec, draw);
    if (bigEndian) swapElements(body, spec);
    parts.push(string(name), u32(spec.shape.length));
    // ggml writes the fastest dimension first.
    for (const size of [...spec.shape].reverse()) parts.push(u64(size));
    parts.push(u32(GGUF_TYPE[spec.dtype ?? 'F32']), u64(at));
    bodies.push(body, Buffer.alloc(aligned(body.length) - body.length));
    at += aligned(body.length);
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(aligned(header.length) - header.length), ...bodies]);
}

function swapElements(body: Buffer, spec: TensorSpec): void {
  const width = ELEMENT_BYTES[spec.dtype ?? 'F32'];
  if (width === 2) body.swap16();
  if (width === 4) body.swap32();
  if (width === 8) body.swap64();
}
