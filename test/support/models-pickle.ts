/** Pickles, opcode by opcode, and the small zip that PyTorch keeps them in. */
import { crc32 } from 'node:zlib';

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
const u16 = (value: number) => Buffer.from([value & 0xff, value >> 8]);

/** Opcodes of pickle by what they do; each gives bytes, to be joined by `pickleOf`. */
export const op = {
  proto: (version: number) => Buffer.from([0x80, version]),
  /** GLOBAL, of protocols 0 to 3. */
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  /** INST, which pops to the mark. */
  inst: (module: string, name: string) => Buffer.from(`i${module}\n${name}\n`),
  text: (text: string) =>
    Buffer.concat([Buffer.from('X'), u32(Buffer.byteLength(text)), Buffer.from(text)]),
  shortText: (text: string) =>
    Buffer.concat([Buffer.from([0x8c, Buffer.byteLength(text)]), Buffer.from(text)]),
  /** BINSTRING, Python 2's text. */
  string: (text: string) =>
    Buffer.concat([Buffer.from('T'), u32(text.length), Buffer.from(text, 'latin1')]),
  bytes: (bytes: Buffer) => Buffer.concat([Buffer.from('B'), u32(bytes.length), bytes]),
  int: (value: number) => {
    const bytes = Buffer.alloc(5, 'J');
    bytes.writeInt32LE(value, 1);
    return bytes;
  },
  frame: (length: number) => Buffer.concat([Buffer.from([0x95]), u64(length)]),
  put: (index: number) => Buffer.from([0x71, index]),
  get: (index: number) => Buffer.from([0x68, index]),
  mark: Buffer.from('('),
  tuple: Buffer.from('t'),
  emptyTuple: Buffer.from(')'),
  tuple1: Buffer.from([0x85]),
  tuple2: Buffer.from([0x86]),
  emptyDict: Buffer.from('}'),
  setItems: Buffer.from('u'),
  none: Buffer.from('N'),
  isFalse: Buffer.from([0x89]),
  persistent: Buffer.from('Q'),
  reduce: Buffer.from('R'),
  build: Buffer.from('b'),
  object: Buffer.from('o'),
  newObject: Buffer.from([0x81]),
  newObjectEx: Buffer.from([0x92]),
  stackGlobal: Buffer.from([0x93]),
  memoise: Buffer.from([0x94]),
  pop: Buffer.from('0'),
  dup: Buffer.from('2'),
  stop: Buffer.from('.'),
} as const;

export function pickleOf(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}

export interface PickledStorage {
  readonly name: string;
  /** `FloatStorage`, … */
  readonly storage: string;
  readonly shape: readonly number[];
  readonly elements: number;
}

/** The `data.pkl` of a state dict: an OrderedDict of tensors over storages `0`, `1`, …. */
export function writeStateDict(tensors: readonly PickledStorage[]): Buffer {
  const orderedDict = op.global('collections', 'OrderedDict');
  const numbers = (values: readonly number[]) =>
    Buffer.concat([op.mark, ...values.map(op.int), op.tuple]);
  const parts: Buffer[] = [op.proto(2), orderedDict, op.emptyTuple, op.reduce, op.mark];
  for (const [index, { name, storage, shape, elements }] of tensors.entries()) {
    parts.push(op.text(name), op.global('torch._utils', '_rebuild_tensor_v2'), op.mark, op.mark);
    parts.push(op.text('storage'), op.global('torch', storage), op.text(String(index)));
    parts.push(op.text('cpu'), op.int(elements), op.tuple, op.persistent, op.int(0));
    parts.push(numbers(shape), numbers(stridesOf(shape)), op.isFalse);
    parts.push(orderedDict, op.emptyTuple, op.reduce, op.tuple, op.reduce);
  }
  parts.push(op.setItems, op.stop);
  return pickleOf(...parts);
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
}

export interface ZipMember {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * A zip of stored members as PyTorch writes it: payloads aligned to 64 bytes, and zip64 end records
 * whatever the size. Without `torch`, a plain zip.
 */
export function writeStoredZip(members: readonly ZipMember[], { torch = true } = {}): Buffer {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes } of members) {
    const nameBytes = Buffer.from(name);
    const checksum = u32(crc32(bytes));
    const fields = Buffer.concat([
      checksum,
      u32(bytes.length),
      u32(bytes.length),
      u16(nameBytes.length),
    ]);
    // PyTorch pads with an extra field of id "FB".
    const start = at + 30 + nameBytes.length + 4;
    const padding = torch ? (64 - (start % 64)) % 64 : 0;
    const extra = torch
      ? Buffer.concat([Buffer.from('FB'), u16(padding), Buffer.alloc(padding, 'Z')])
      : Buffer.alloc(0);
    const version = Buffer.from('000000000000210000', 'hex');
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      version,
      Buffer.from([0]),
      fields,
      u16(extra.length),
      nameBytes,
      extra,
      bytes,
    ]);
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02\0\0', 'latin1'),
        version,
        Buffer.from([0]),
        fields,
        Buffer.alloc(12),
        u32(at),
        nameBytes,
      ]),
    );
    body.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const count = members.length;
  const end64 = Buffer.concat([
    Buffer.from('PK\x06\x06', 'latin1'),
    u64(44),
    Buffer.alloc(12),
    u64(count),
    u64(count),
    u64(central.length),
    u64(at),
    Buffer.from('PK\x06\x07', 'latin1'),
    u32(0),
    u64(at + central.length),
    u32(1),
  ]);
  const end = Buffer.concat([
    Buffer.from('PK\x05\x06\0\0\0\0', 'latin1'),
    u16(count),
    u16(count),
    u32(central.length),
    u32(torch ? 0xffffffff : at),
    u16(0),
  ]);
  return Buffer.concat([...body, central, ...(torch ? [end64] : []), end]);
}
