/** ONNX and HDF5 files. */
import { makeGaussian, type ModelSpec, tensorBytes } from './models-values.ts';

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 0x80);
  }
}

const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)]);
const message = (field: number, ...parts: readonly Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};
const text = (field: number, value: string) => message(field, Buffer.from(value));

const ONNX_TYPE = { F32: 1, I8: 3, F16: 10, F64: 11, BF16: 16 } as const;

/** An ONNX model whose graph gives out each tensor. `constants`: in Constant nodes, not initializers. */
export function writeOnnx({
  tensors,
  seed = 1,
  constants = false,
}: ModelSpec & { readonly constants?: boolean }): Buffer {
  const draw = makeGaussian(seed);
  const graph: Buffer[] = [];
  const outputs: Buffer[] = [];
  for (const [name, spec] of Object.entries(tensors)) {
    const type = ONNX_TYPE[spec.dtype ?? 'F32'];
    const tensor = (field: number) =>
      message(
        field,
        ...spec.shape.map((size) => number(1, size)),
        number(2, type),
        text(8, name),
        message(9, tensorBytes(spec, draw)),
      );
    if (constants) {
      const attribute = message(5, text(1, 'value'), tensor(5), number(20, 4));
      graph.push(message(1, text(2, name), text(4, 'Constant'), attribute));
    } else {
      graph.push(tensor(5));
    }
    graph.push(message(1, text(1, name), text(2, `out.${name}`), text(4, 'Identity')));
    const shape = message(2, ...spec.shape.map((size) => message(1, number(1, size))));
    outputs.push(
      message(12, text(1, `out.${name}`), message(2, message(1, number(1, type), shape))),
    );
  }
  return Buffer.concat([
    number(1, 8),
    text(2, 'test'),
    message(7, ...graph, text(2, 'graph'), ...outputs),
    message(8, number(2, 17)),
  ]);
}

const u16 = (value: number) => Buffer.from([value & 0xff, value >> 8]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const NOWHERE = Buffer.alloc(8, 0xff);

/** IEEE floats: bytes, sign bit, exponent's place and bits, fraction bits, bias. */
const FLOAT = {
  F16: [2, 15, 10, 5, 10, 15],
  F32: [4, 31, 23, 8, 23, 127],
  F64: [8, 63, 52, 11, 52, 1023],
  BF16: [2, 15, 7, 8, 7, 127],
} as const;

/** An HDF5 file (superblock version 0) with each tensor as a contiguous dataset of the root group. */
export function writeHdf5({ tensors, seed = 1 }: ModelSpec): Buffer {
  const draw = makeGaussian(seed);
  // Symbol tables are kept in the order of their names.
  const names = Object.keys(tensors).sort();
  const leaf = Math.max(4, Math.ceil(names.length / 2));
  const heapNames = names.map((name) => pad8(Buffer.from(`${name}\0`)));
  const heapBytes = 8 + heapNames.reduce((sum, name) => sum + name.length, 0);

  const rootAt = 96;
  const treeAt = rootAt + 16 + 24;
  const treeBytes = 24 + 33 * 8 + 32 * 8;
  const heapAt = treeAt + treeBytes;
  const tableAt = heapAt + 32 + heapBytes;
  let at = tableAt + 8 + 2 * leaf * 40;

  const symbols: Buffer[] = [];
  const objects: Buffer[] = [];
  let nameAt = 8;
  for (const [i, name] of names.entries()) {
    const spec = tensors[name];
    if (spec === undefined) continue;
    const body = tensorBytes(spec, draw);
    const headerBytes = objectHeader(datasetMessages(spec.shape, spec.dtype ?? 'F32', 0, 0)).length;
    const dataAt = at + headerBytes;
    const header = objectHeader(
      datasetMessages(spec.shape, spec.dtype ?? 'F32', dataAt, body.length),
    );
    symbols.push(Buffer.concat([u64(nameAt), u64(at), Buffer.alloc(24)]));
    objects.push(header, pad8(body));
    nameAt += heapNames[i]?.length ?? 0;
    at = dataAt + pad8(body).length;
  }
  const lastName = 8 + heapNames.slice(0, -1).reduce((sum, name) => sum + name.length, 0);
  const superblock = Buffer.concat([
    Buffer.from('894844460d0a1a0a0000000000080800', 'hex'),
    u16(leaf),
    u16(16),
    u32(0),
    u64(0),
    NOWHERE,
    u64(at),
    NOWHERE,
    u64(0),
    u64(rootAt),
    u32(1),
    u32(0),
    u64(treeAt),
    u64(heapAt),
  ]);
  const root = objectHeader([{ type: 17, body: Buffer.concat([u64(treeAt), u64(heapAt)]) }]);
  const tree = Buffer.concat([
    Buffer.from('TREE\0\0\x01\0', 'latin1'),
    NOWHERE,
    NOWHERE,
    u64(0),
    u64(tableAt),
    u64(lastName),
  ]);
  const heap = Buffer.concat([
    Buffer.from('HEAP\0\0\0\0', 'latin1'),
    u64(heapBytes),
    u64(1),
    u64(heapAt + 32),
    Buffer.alloc(8),
    ...heapNames,
  ]);
  const table = Buffer.concat([
    Buffer.from('SNOD\x01\0', 'latin1'),
    u16(symbols.length),
    ...symbols,
  ]);
  return Buffer.concat([
    superblock,
    root,
    padTo(tree, treeBytes),
    heap,
    padTo(table, 8 + 2 * leaf * 40),
    ...objects,
  ]);
}

interface HeaderMessage {
  readonly type: number;
  readonly body: Buffer;
}

function datasetMessages(
  shape: readonly number[],
  dtype: NonNullable<ModelSpec['tensors'][string]['dtype']>,
  dataAt: number,
  bytes: number,
): HeaderMessage[] {
  const space = Buffer.concat([
    Buffer.from([1, shape.length, 0, 0, 0, 0, 0, 0]),
    ...shape.map(u64),
  ]);
  const layout = Buffer.concat([Buffer.from([3, 1]), u64(dataAt), u64(bytes)]);
  return [
    { type: 1, body: space },
    { type: 3, body: datatypeOf(dtype) },
    // No fill value, space allocated early.
    { type: 5, body: Buffer.from([2, 1, 0, 0]) },
    { type: 8, body: layout },
  ];
}

function datatypeOf(dtype: NonNullable<ModelSpec['tensors'][string]['dtype']>): Buffer {
  if (dtype === 'I8') return Buffer.concat([Buffer.from([0x10, 8, 0, 0]), u32(1), u16(0), u16(8)]);
  const [bytes, sign, exponentAt, exponentBits, fractionBits, bias] = FLOAT[dtype];
  return Buffer.concat([
    Buffer.from([0x11, 0x20, sign, 0]),
    u32(bytes),
    u16(0),
    u16(bytes * 8),
    Buffer.from([exponentAt, exponentBits, 0, fractionBits]),
    u32(bias),
  ]);
}

function objectHeader(messages: readonly HeaderMessage[]): Buffer {
  const blocks = messages.map(({ type, body }) => {
    const padded = pad8(body);
    return Buffer.concat([u16(type), u16(padded.length), Buffer.alloc(4), padded]);
  });
  const block = Buffer.concat(blocks);
  return Buffer.concat([
    Buffer.from([1, 0]),
    u16(messages.length),
    u32(1),
    u32(block.length),
    Buffer.alloc(4),
    block,
  ]);
}

function pad8(bytes: Buffer): Buffer {
  return padTo(bytes, Math.ceil(bytes.length / 8) * 8);
}

function padTo(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}
