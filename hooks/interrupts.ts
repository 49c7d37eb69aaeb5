import { setImmediate } from 'node:timers/promises';
import { CordonError } from '../core/error.ts';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let held = false;

/** Ends the process with 130 on Ctrl-C and its like, but not while someone holds them. */
export function exitOnInterrupt(): void {
  for (const name of names) {
    process.on(name, () => {
      if (held) return;
      for (const act of beforeEnd) act();
      process.exit(130);
    });
  }
}

const beforeEnd = new Set<() => void>();

/** Has `act`, which must not wait and not throw, done before an interrupt ends the process. */
export function onInterrupt(act: () => void): () => void {
  beforeEnd.add(act);
  return () => beforeEnd.delete(act);
}

export interface HeldInterrupts {
  /** Aborts at the first one. */
  readonly signal: AbortSignal;
  /** Gives the event loop time to tell of one, and then throws CordonError `interrupted`. */
  readonly check: () => Promise<void>;
}

/**
 * From now on an interrupt ends nothing by itself, to the end of the process: what is half done is
 * taken back by whoever did it, and what is done is reported as done.
 */
export function holdInterrupts(): HeldInterrupts {
  held = true;
  const stop = new AbortController();
  for (const name of names) process.on(name, () => stop.abort());
  return {
    signal: stop.signal,
    check: async () => {
      await setImmediate();
      await setImmediate();
      if (stop.signal.aborted) throw new CordonError('interrupted');
    },
  };
}
