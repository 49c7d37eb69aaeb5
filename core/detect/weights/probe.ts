/** Runs a detector over bytes, for tests. */
import { type Layer, type Region, WHOLE_LAYER_BYTES } from '../../content/layer.ts';
import type { Fact } from '../../model.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import type { Detector } from '../detector.ts';

export interface Probe {
  readonly facts: readonly Fact[];
  readonly skip: readonly Region[];
  /** Bytes that were read from the source; 0 where the layer was in memory. */
  readonly read: number;
}

export interface ProbeOptions {
  readonly way?: string;
  readonly form?: 'text' | 'binary';
  /** Hand out bytes as if the layer were too large for memory. */
  readonly large?: boolean;
  readonly deadline?: number;
  /** Layers inside, told to the detectors after the first. */
  readonly inside?: readonly { readonly way: string; readonly bytes: Buffer }[];
}

/** What the detectors see in these bytes, or in a source that need not exist in full. */
export async function probe(
  detectors: Detector | readonly Detector[],
  content: Buffer | ByteSource,
  options: ProbeOptions = {},
): Promise<Probe> {
  const facts: Fact[] = [];
  let read = 0;
  const inner = Buffer.isBuffer(content) ? sourceOver(content) : content;
  const source: ByteSource = {
    ...inner,
    read(offset, length) {
      read += length;
      return inner.read(offset, length);
    },
  };
  const whole = Buffer.isBuffer(content) && !options.large && content.length <= WHOLE_LAYER_BYTES;
  const head = await inner.read(0, 4096);
  const way = options.way ?? '';
  const layer: Layer = {
    way,
    depth: way === '' ? 0 : way.split('!').length,
    source,
    bytes: whole ? content : undefined,
    form: options.form ?? (head.includes(0) || head[0] === 0x80 ? 'binary' : 'text'),
    skip: [],
  };
  const context = {
    emit: (fact: Fact) => facts.push(fact) < 10_000,
    fingerprint: () => '',
    deadline: options.deadline ?? performance.now() + 60_000,
  };
  const inside = (options.inside ?? []).map((one): Layer => ({
    ...layer,
    way: one.way,
    depth: layer.depth + 1,
    source: sourceOver(one.bytes),
    bytes: one.bytes,
    form: 'binary',
  }));
  for (const one of [layer, ...inside]) {
    for (const detector of [detectors].flat()) await detector.detect(one, context);
  }
  return { facts, skip: layer.skip, read };
}

function sourceOver(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    async *stream(start = 0) {
      yield await Promise.resolve(bytes.subarray(start));
    },
    close: () => Promise.resolve(),
  };
}
