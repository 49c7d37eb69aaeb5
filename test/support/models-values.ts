/**
 * The elements of models made for tests. The same arguments give the same bytes; values are drawn from
 * N(0, 0.02), so that they look like weights to statistics too.
 */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype?: 'F32' | 'F16' | 'BF16' | 'F64' | 'I8';
}

export interface ModelSpec {
  readonly tensors: Readonly<Record<string, TensorSpec>>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Default 1. */
  readonly seed?: number;
}

const SIGMA = 0.02;

/** A small transformer-like set of tensors of about `bytes` bytes in F32. */
export function tensorsOf(bytes: number): Record<string, TensorSpec> {
  const width = Math.max(8, Math.floor(Math.sqrt(bytes / 4 / 4)));
  const tensors: Record<string, TensorSpec> = {};
  for (const name of ['q_proj', 'k_proj', 'v_proj', 'o_proj']) {
    tensors[`model.layers.0.self_attn.${name}.weight`] = { shape: [width, width] };
  }
  return tensors;
}

/** Uniform numbers in (0, 1) from a seed (mulberry32). */
function makeUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

/** Numbers from N(0, `sigma`) from a seed (Box and Muller). */
export function makeGaussian(seed: number, sigma = SIGMA): () => number {
  const uniform = makeUniform(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = sigma * Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

export function countElements({ shape }: TensorSpec): number {
  return shape.reduce((product, size) => product * size, 1);
}

export const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2, F64: 8, I8: 1 } as const;

/** The raw elements of one tensor, little endian. */
export function tensorBytes(spec: TensorSpec, draw: () => number): Buffer {
  const dtype = spec.dtype ?? 'F32';
  const width = ELEMENT_BYTES[dtype];
  const count = countElements(spec);
  const bytes = Buffer.alloc(count * width);
  for (let i = 0; i < count; i++) writeElement(bytes, i * width, draw(), dtype);
  return bytes;
}

function writeElement(bytes: Buffer, at: number, value: number, dtype: keyof typeof ELEMENT_BYTES) {
  switch (dtype) {
    case 'F64':
      bytes.writeDoubleLE(value, at);
      return;
    case 'F32':
      bytes.writeFloatLE(value, at);
      return;
    case 'BF16':
      bytes.writeUInt16LE(floatBits(value) >>> 16, at);
      return;
    case 'F16':
      bytes.writeUInt16LE(toHalf(value), at);
      return;
    case 'I8':
      bytes.writeInt8(Math.max(-127, Math.min(127, Math.round((value / SIGMA) * 32))), at);
  }
}

const scratch = Buffer.alloc(4);

function floatBits(value: number): number {
  scratch.writeFloatLE(value, 0);
  return scratch.readUInt32LE(0);
}

/** IEEE binary16, rounded towards zero; too small becomes zero. */
function toHalf(value: number): number {
  const bits = floatBits(value);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  const fraction = (bits >>> 13) & 0x3ff;
  if (exponent <= 0) return exponent < -9 ? sign : sign | ((fraction | 0x400) >> (1 - exponent));
  return exponent >= 31 ? sign | 0x7bff : sign | (exponent << 10) | fraction;
}
