/** PyTorch checkpoints and NumPy arrays. */
import {
  op,
  pickleOf,
  type PickledStorage,
  writeStateDict,
  writeStoredZip,
} from './models-pickle.ts';
import {
  countElements,
  makeGaussian,
  type ModelSpec,
  tensorBytes,
  type TensorSpec,
} from './models-values.ts';

const STORAGE = {
  F32: 'FloatStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
  F64: 'DoubleStorage',
  I8: 'CharStorage',
} as const;

function storagesOf(tensors: ModelSpec['tensors']): PickledStorage[] {
  return Object.entries(tensors).map(([name, spec]) => ({
    name,
    storage: STORAGE[spec.dtype ?? 'F32'],
    shape: spec.shape,
    elements: countElements(spec),
  }));
}

/** What `torch.save(state_dict)` writes since 1.6. `root` is the folder inside, `archive` by default. */
export function writeTorchZip({
  tensors,
  seed = 1,
  root = 'archive',
}: ModelSpec & { readonly root?: string }): Buffer {
  const draw = makeGaussian(seed);
  return writeStoredZip([
    { name: `${root}/data.pkl`, bytes: writeStateDict(storagesOf(tensors)) },
    { name: `${root}/byteorder`, bytes: Buffer.from('little') },
    ...Object.values(tensors).map((spec, i) => ({
      name: `${root}/data/${i}`,
      bytes: tensorBytes(spec, draw),
    })),
    { name: `${root}/version`, bytes: Buffer.from('3\n') },
  ]);
}

/** What `torch.save` wrote before 1.6: five pickles, then each storage as a count and raw elements. */
export function writeTorchLegacy({ tensors, seed = 1 }: ModelSpec): Buffer {
  const draw = makeGaussian(seed);
  const magic = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');
  const version = pickleOf(op.proto(2), op.int(1001), op.stop);
  const size = (name: string, bytes: number) => [op.text(name), op.int(bytes)];
  const system = pickleOf(
    op.proto(2),
    op.emptyDict,
    op.mark,
    op.text('protocol_version'),
    op.int(1001),
    op.text('little_endian'),
    Buffer.from([0x88]),
    op.text('type_sizes'),
    op.emptyDict,
    op.mark,
    ...size('short', 2),
    ...size('int', 4),
    ...size('long', 4),
    op.setItems,
    op.setItems,
    op.stop,
  );
  const storages = storagesOf(tensors);
  // Here a persistent id has a sixth part, for views: None.
  const object = asLegacy(writeStateDict(storages));
  const keys = storages.map((_, i) => op.text(String(i)));
  const keyList = pickleOf(op.proto(2), op.mark, ...keys, Buffer.from('l'), op.stop);
  const bodies = Object.values(tensors).flatMap((spec) => {
    const count = Buffer.alloc(8);
    count.writeBigUInt64LE(BigInt(countElements(spec)));
    return [count, tensorBytes(spec, draw)];
  });
  return Buffer.concat([magic, version, system, object, keyList, ...bodies]);
}

function asLegacy(stateDict: Buffer): Buffer {
  const parts: Buffer[] = [];
  const ends = Buffer.from('tQ');
  let from = 0;
  for (let at = stateDict.indexOf(ends); at >= 0; at = stateDict.indexOf(ends, at + 2)) {
    parts.push(stateDict.subarray(from, at), op.none);
    from = at;
  }
  return Buffer.concat([...parts, stateDict.subarray(from)]);
}

const DESCR = { F32: '<f4', F16: '<f2', BF16: '|V2', F64: '<f8', I8: '|i1' } as const;

/** A NumPy .npy file of one tensor. */
export function writeNpy({
  tensor,
  seed = 1,
}: {
  readonly tensor: TensorSpec;
  readonly seed?: number;
}): Buffer {
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const dict = `{'descr': '${DESCR[tensor.dtype ?? 'F32']}', 'fortran_order': False, 'shape': (${shape}), }`;
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const header = Buffer.alloc(10 + length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(dict, 10, 'latin1');
  header.write('\n', 10 + length - 1);
  return Buffer.concat([header, tensorBytes(tensor, makeGaussian(seed))]);
}

/** A NumPy .npz archive. */
export function writeNpz({ tensors, seed = 1 }: ModelSpec): Buffer {
  const members = Object.entries(tensors).map(([name, tensor], i) => ({
    name: `${name}.npy`,
    bytes: writeNpy({ tensor, seed: seed + i }),
  }));
  return writeStoredZip(members, { torch: false });
}

/** A plain pickle of one NumPy array, protocol 4. */
export function writePickledArray({
  tensor,
  seed = 1,
}: {
  // NumPy has no bfloat16 to pickle.
  readonly tensor: TensorSpec & { readonly dtype?: 'F32' | 'F16' | 'F64' | 'I8' };
  readonly seed?: number;
}): Buffer {
  const code = DESCR[tensor.dtype ?? 'F32'].slice(1);
  const ints = (values: readonly number[]) =>
    Buffer.concat([op.mark, ...values.map(op.int), op.tuple]);
  const named = (module: string, name: string) =>
    Buffer.concat([op.shortText(module), op.shortText(name), op.stackGlobal]);
  const state = (endian: string) => [
    op.mark,
    op.int(3),
    op.shortText(endian),
    op.none,
    op.none,
    op.none,
    op.int(-1),
    op.int(-1),
    op.int(0),
    op.tuple,
  ];
  return pickleOf(
    op.proto(4),
    named('numpy.core.multiarray', '_reconstruct'),
    op.mark,
    named('numpy', 'ndarray'),
    ints([0]),
    op.bytes(Buffer.from('b')),
    op.tuple,
    op.reduce,
    op.mark,
    op.int(1),
    ints(tensor.shape),
    named('numpy', 'dtype'),
    op.mark,
    op.shortText(code),
    op.isFalse,
    Buffer.from([0x88]),
    op.tuple,
    op.reduce,
    ...state('<'),
    op.build,
    op.isFalse,
    op.bytes(tensorBytes(tensor, makeGaussian(seed))),
    op.tuple,
    op.build,
    op.stop,
  );
}
