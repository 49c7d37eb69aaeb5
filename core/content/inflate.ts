import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';
import type { ByteSource } from '../source/byte-source.ts';
import { createCollector } from '../source/collect-source.ts';
import type { Spool } from '../source/spool.ts';
import { isTextPart } from './recognise-binary.ts';
import { errnoOf } from '../source/file-source.ts';

/** What came out of a deflate stream. Checksums are not asked for: readers of models ignore them. */
export interface Inflated<Content> {
  readonly content: Content;
  /** Compressed bytes used. */
  readonly consumed: number;
  /** `cut`: the input ended first. `corrupt`: what follows is no deflate. `limit`: more would come. */
  readonly end: 'done' | 'cut' | 'corrupt' | 'limit';
}

/**
 * Inflates raw deflate data in memory. Where that fails nothing of the output is kept: `content` is
 * empty, and `inflateStream` can tell how far it goes.
 */
export function inflateNow(bytes: Buffer, limit: number): Inflated<Buffer> {
  if (limit <= 0) return { content: NOTHING, consumed: 0, end: 'limit' };
  try {
    const { buffer, engine } = inflateRawSync(bytes, {
      info: true,
      maxOutputLength: limit,
      finishFlush: constants.Z_SYNC_FLUSH,
    } as { info: true }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    const consumed = engine.bytesWritten;
    return { content: buffer, consumed, end: consumed < bytes.length ? 'done' : 'cut' };
  } catch (error) {
    const end = errnoOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'limit' : 'corrupt';
    return { content: NOTHING, consumed: 0, end };
  }
}

const NOTHING = Buffer.alloc(0);

const LEAST_TEXT = 64;

/** The text in a deflate stream without any header, where the stream is all of `bytes`. */
export function inflateText(bytes: Buffer, limit: number): Buffer | undefined {
  const kind = ((bytes[0] ?? 0) >> 1) & 3;
  if (kind === 0 || kind === 3) return undefined;
  const { content, consumed } = inflateNow(bytes, limit);
  if (consumed !== bytes.length || content.length < LEAST_TEXT) return undefined;
  return isTextPart(content.subarray(0, 256)) ? content : undefined;
}

/** One feed makes at most a thousand times as much, so this bounds what is in memory at once. */
const FEED_BYTES = 32 * 1024;
const OUTPUT_BYTES = 128 * 1024;

/** Inflates raw deflate data of any length; what came out before an error or the limit is kept. */
export async function inflateStream(
  source: ByteSource,
  start: number,
  { limit, spool, deadline }: { limit: number; spool: Spool; deadline: number },
): Promise<Inflated<ByteSource>> {
  const inflater = createInflateRaw({
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: OUTPUT_BYTES,
  });
  const collector = createCollector(spool);
  let end: Inflated<ByteSource>['end'] | undefined;
  let spoolError: Error | undefined;
  inflater.on('data', (chunk: Buffer) => {
    if (end === 'limit') return;
    const room = limit - collector.size;
    if (chunk.length > room) end = 'limit';
    try {
      collector.write(chunk.subarray(0, room));
    } catch (error) {
      spoolError ??= error instanceof Error ? error : new Error('spool', { cause: error });
    }
  });
  inflater.on('end', () => (end ??= 'done'));
  inflater.on('error', () => (end ??= 'corrupt'));
  try {
    for await (const chunk of source.stream(start)) {
      for (let at = 0; at < chunk.length && end === undefined; at += FEED_BYTES) {
        await feed(inflater, chunk.subarray(at, at + FEED_BYTES));
        if (spoolError !== undefined) throw spoolError;
        if (performance.now() > deadline) end = 'limit';
      }
      if (end !== undefined) break;
    }
    if (end === undefined) {
      await finish(inflater);
      if (spoolError !== undefined) throw spoolError;
    }
  } catch (error) {
    await collector.discard();
    throw error;
  } finally {
    inflater.destroy();
  }
  const consumed = inflater.bytesWritten;
  if (end === 'done' && start + consumed >= source.size) end = 'cut';
  return { content: collector.finish(), consumed, end: end ?? 'cut' };
}

type Inflater = ReturnType<typeof createInflateRaw>;

function feed(inflater: Inflater, piece: Buffer): Promise<void> {
  return settle(inflater, (done) => inflater.write(piece, done));
}

function finish(inflater: Inflater): Promise<void> {
  return settle(inflater, (done) => {
    inflater.once('end', done);
    inflater.end();
  });
}

/** Waits for `act`, or for the stream's end or error, which the caller's listeners have noted. */
function settle(inflater: Inflater, act: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      inflater.off('error', done);
      inflater.off('end', done);
      inflater.off('close', done);
      // Data is given in the same turn that ends the write: let it come first.
      setImmediate(resolve);
    };
    inflater.once('error', done);
    inflater.once('end', done);
    inflater.once('close', done);
    act(done);
  });
}
