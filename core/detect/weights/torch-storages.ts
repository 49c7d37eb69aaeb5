import type { Storage } from '../pickle/index.ts';

/** Bytes of one element by the class name of a PyTorch storage. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  DoubleStorage: 8,
  FloatStorage: 4,
  HalfStorage: 2,
  BFloat16Storage: 2,
  LongStorage: 8,
  IntStorage: 4,
  ShortStorage: 2,
  CharStorage: 1,
  ByteStorage: 1,
  BoolStorage: 1,
  ComplexDoubleStorage: 16,
  ComplexFloatStorage: 8,
  QInt8Storage: 1,
  QUInt8Storage: 1,
  QInt32Storage: 4,
  QUInt4x2Storage: 1,
  QUInt2x4Storage: 1,
  UntypedStorage: 1,
};

/** What the storages that a pickle refers to hold together. */
export function countStorages(storages: Iterable<Storage>): {
  bytes: number;
  tensors: number;
  parameters: number;
} {
  const sum = { bytes: 0, tensors: 0, parameters: 0 };
  for (const { type, elements } of storages) {
    sum.bytes += elements * (ELEMENT_BYTES[type] ?? 1);
    sum.tensors += 1;
    sum.parameters += elements;
  }
  return sum;
}
