import { crc32, deflateRawSync } from 'node:zlib';

/** Containers made by hand for tests, so that each field can lie. */
export interface TestEntry {
  readonly name: string;
  readonly data: Buffer;
  readonly method?: 0 | 8;
  readonly flags?: number;
  readonly centralName?: string;
  readonly crc?: number;
}

export function zipOf(entries: readonly TestEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const {
    name,
    data,
    method = 8,
    flags = 0,
    centralName = name,
    crc = crc32(data),
  } of entries) {
    const stored = method === 8 ? deflateRawSync(data) : data;
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc, 0);
    sizes.writeUInt32LE(stored.length, 4);
    sizes.writeUInt32LE(data.length, 8);
    const fixed = Buffer.alloc(10);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(flags, 2);
    fixed.writeUInt16LE(method, 4);
    const local = Buffer.concat([
      Buffer.from('PK\u0003\u0004', 'latin1'),
      fixed,
      sizes,
      u16(name.length, 0),
      Buffer.from(name),
      stored,
    ]);
    centrals.push(
      Buffer.concat([
        Buffer.from('PK\u0001\u0002', 'latin1'),
        u16(20),
        fixed,
        sizes,
        u16(centralName.length, 0, 0, 0, 0, 0, 0),
        u32(offset),
        Buffer.from(centralName),
      ]),
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  return Buffer.concat([
    ...locals,
    directory,
    Buffer.from('PK\u0005\u0006', 'latin1'),
    u16(0, 0, entries.length, entries.length),
    u32(directory.length, offset),
    u16(0),
  ]);
}

export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}

export function tarOf(entries: readonly { name: string; data: Buffer; type?: string }[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, data, type = '0' } of entries) {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, data, Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
