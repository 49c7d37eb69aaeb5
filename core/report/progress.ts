import { widthOf } from './layout.ts';

/** A short act stays quiet; a long one must not look hung. */
const QUIET_MS = 300;
const BETWEEN_MS = 100;
/** Without a terminal, such as in a log, one line is enough. */
const ONE_LINE_AFTER_MS = 5000;

export interface ProgressStream {
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
  write(text: string): void;
}

export interface Progress {
  /** Says what is being done now. Cheap: may be called for each object. */
  update(text: () => string): void;
  /** Takes the line back. Call before anything else is written, and at the end. */
  stop(): void;
}

/**
 * Progress on standard error: nothing for 300 ms, then one line on a terminal that is written over,
 * or one line in all after five seconds where there is none. `now` in milliseconds.
 */
export function createProgress(
  stream: ProgressStream,
  now: () => number = () => performance.now(),
): Progress {
  const started = now();
  let last = Number.NEGATIVE_INFINITY;
  let shown = 0;
  let told = false;
  let stopped = false;
  let latest: (() => string) | undefined;

  function show(): void {
    if (stopped || latest === undefined) return;
    const at = now();
    if (!stream.isTTY) {
      if (told || at - started < ONE_LINE_AFTER_MS) return;
      told = true;
      stream.write(`cordon: ${latest()}...\n`);
      return;
    }
    if (at - started < QUIET_MS || at - last < BETWEEN_MS) return;
    last = at;
    const room = Math.max((stream.columns ?? 80) - 1, 20);
    const text = `cordon: ${latest()}`.slice(0, room);
    const width = widthOf(text);
    stream.write(`\r${text}${' '.repeat(Math.max(shown - width, 0))}`);
    shown = width;
  }

  // One huge object gives no update for long; the timer shows the last one all the same.
  const timer = setInterval(show, BETWEEN_MS);
  timer.unref();

  return {
    update(text) {
      latest = text;
      show();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      if (shown > 0) stream.write(`\r${' '.repeat(shown)}\r`);
    },
  };
}
