import { CordonError } from '../error.ts';
import { bufferSource } from './buffer-source.ts';
import type { ByteSource } from './byte-source.ts';
import { createSpool, type Spool, type SpoolFile } from './spool.ts';

/** Up to here collected bytes stay in memory: the size up to which layers are handed out whole. */
const MEMORY_BYTES = 4 * 1024 * 1024;

/** Takes bytes of unknown number, in memory first and then on disk. */
export interface Collector {
  readonly size: number;
  /** Copies `chunk`. Throws CordonError `source.spool-full`. */
  write(chunk: Buffer): void;
  finish(): ByteSource;
  discard(): Promise<void>;
}

export function createCollector(spool: Spool): Collector {
  let chunks: Buffer[] = [];
  let size = 0;
  let file: SpoolFile | undefined;
  const moveToDisk = () => {
    file = spool.createFile();
    for (const chunk of chunks) file.write(chunk);
    chunks = [];
  };
  return {
    get size() {
      return size;
    },
    write(chunk) {
      size += chunk.length;
      if (file === undefined && size > MEMORY_BYTES) moveToDisk();
      if (file === undefined) chunks.push(Buffer.from(chunk));
      else file.write(chunk);
    },
    finish: () => file?.finish() ?? bufferSource(Buffer.concat(chunks)),
    discard: async () => {
      chunks = [];
      await file?.discard();
    },
  };
}

/**
 * A stream of unknown length, such as standard input, as a ByteSource. Reads it to its end.
 * Throws CordonError `source.spool-full` past `limit` bytes (default: none) or on a full disk.
 */
export async function streamSource(
  stream: AsyncIterable<Buffer>,
  { limit = Infinity, spool }: { readonly limit?: number; readonly spool?: Spool } = {},
): Promise<ByteSource> {
  const own = spool ?? createSpool();
  const collector = createCollector(own);
  try {
    for await (const chunk of stream) {
      if (collector.size + chunk.length > limit) {
        throw new CordonError('source.spool-full', { limit });
      }
      collector.write(chunk);
    }
    return collector.finish();
  } catch (error) {
    await collector.discard();
    throw error;
  }
}
