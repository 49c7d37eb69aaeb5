/** A stream that is read by several: each item goes to one of them, as they come for it. */
export async function* share<T>(source: AsyncIterator<T>): AsyncGenerator<T, void, undefined> {
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    yield next.value;
  }
}

/**
 * Items of several streams as they come. `stop` is called when the merged stream ends, is left or
 * fails: it must make each stream end that still waits for something.
 */
export async function* mergeStreams<T>(
  streams: readonly AsyncGenerator<T, void, undefined>[],
  stop: () => void,
): AsyncGenerator<T, void, undefined> {
  const ask = (stream: AsyncGenerator<T, void, undefined>) => {
    const asked = stream.next().then((result) => ({ stream, result }));
    // It may fail while the consumer is at work on another item: told when it comes back.
    asked.catch(() => undefined);
    return asked;
  };
  const waiting = new Map(streams.map((stream) => [stream, ask(stream)]));
  try {
    while (waiting.size > 0) {
      const { stream, result } = await Promise.race(waiting.values());
      if (result.done === true) {
        waiting.delete(stream);
      } else {
        waiting.set(stream, ask(stream));
        yield result.value;
      }
    }
  } finally {
    stop();
    // What they were waiting for fails now, and nobody asks for it.
    await Promise.allSettled(waiting.values());
    await Promise.allSettled(streams.map((stream) => stream.return()));
  }
}
