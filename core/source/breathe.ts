const LONGEST_MS = 100;
let last = performance.now();

/**
 * A promise where the event loop has not turned for long: reading files is synchronous, and Ctrl-C and
 * timers wait for a turn. Nothing otherwise, since a turn for each of 25,000 files would cost.
 */
export function breathe(): Promise<void> | undefined {
  if (performance.now() - last < LONGEST_MS) return undefined;
  return new Promise((resolve) => {
    setImmediate(() => {
      last = performance.now();
      resolve();
    });
  });
}
