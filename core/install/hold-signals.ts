import { setImmediate } from 'node:timers/promises';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface HeldSignals {
  /** The first signal that came since, once the event loop had time to tell. */
  readonly came: () => Promise<NodeJS.Signals | undefined>;
  readonly release: () => void;
}

/**
 * Keeps Ctrl-C and its like from ending the process in the middle of writing: what is begun is
 * finished in well under a second, and then taken back as a whole.
 */
export function holdSignals(): HeldSignals {
  let first: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals): void => {
    first ??= signal;
  };
  for (const name of names) process.on(name, note);
  return {
    came: async () => {
      // One turn of the loop polls for signals, the next runs what listens to them.
      await setImmediate();
      await setImmediate();
      return first;
    },
    release: () => {
      for (const name of names) process.off(name, note);
    },
  };
}
