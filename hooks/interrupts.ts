import { setImmediate } from 'node:timers/promises';
import { CordonError } from '../core/error.ts';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let held = 0;

/** Ends the process with 130 on Ctrl-C and its like, but not while someone holds them. */
export function exitOnInterrupt(): void {
  for (const name of names) {
    process.on(name, () => {
      if (held === 0) process.exit(130);
    });
  }
}

/**
 * Runs what must not stop halfway: an interrupt aborts `signal`, and `act` takes back what it did.
 * `check` gives the event loop time to tell of one, and then throws CordonError `interrupted`.
 */
export async function holdInterrupts<T>(
  act: (signal: AbortSignal, check: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  for (const name of names) process.on(name, abort);
  held += 1;
  try {
    return await act(stop.signal, async () => {
      await setImmediate();
      await setImmediate();
      if (stop.signal.aborted) throw new CordonError('interrupted');
    });
  } finally {
    held -= 1;
    for (const name of names) process.off(name, abort);
  }
}
