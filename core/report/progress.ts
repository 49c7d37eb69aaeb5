import { en } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { headOf, widthOf } from './layout.ts';

/** A short act stays quiet; a long one must not look hung. */
const QUIET_MS = 300;
const BETWEEN_MS = 100;
/** Without a terminal, such as in a log, one line is enough. */
const ONE_LINE_AFTER_MS = 5000;
const USUAL_COLUMNS = 80;

export interface ProgressOptions {
  /** Standard error: standard output belongs to what is asked for. */
  readonly stream: { write(text: string): unknown };
  readonly isTTY: boolean;
  /** Columns of the terminal. Default 80. */
  readonly columns?: number | undefined;
  /** Milliseconds, from any start. Default: the process's own clock. */
  readonly now?: (() => number) | undefined;
  readonly messages?: Messages | undefined;
}

interface Done {
  readonly objects: number;
  readonly bytes: number;
  readonly phase?: 'packages' | 'files' | 'trying';
  readonly of?: number;
}

export interface Progress {
  /** What has been looked at so far. Cheap: may be called for each object. */
  readonly update: (done: Done) => void;
  /** Takes the line back. Call before anything else is written, and at the end; harmless twice. */
  readonly done: () => void;
}

/**
 * Progress from now on: nothing for 300 ms, then one line on a terminal that is written over at most
 * ten times a second, or one line in all after five seconds where there is no terminal. Leaves no
 * timer behind after `done`, and never keeps the process alive.
 */
export function createProgress({
  stream,
  isTTY,
  columns,
  now = () => performance.now(),
  messages = en,
}: ProgressOptions): Progress {
  // The last column stays free: a terminal that is written full begins a new line.
  const room = Math.max((columns || USUAL_COLUMNS) - 1, 1);
  const started = now();
  let last = Number.NEGATIVE_INFINITY;
  let shown = 0;
  let isDone = false;
  let seen: Done = { objects: 0, bytes: 0 };

  const text = () => `cordon: ${sentenceOf(seen)}`;
  function sentenceOf({ objects, bytes, phase, of = 0 }: Done): string {
    const { progress } = messages;
    if (phase === 'packages') return progress.packages(objects, bytes, of);
    if (phase === 'files') return progress.files(objects, bytes);
    if (phase === 'trying') return progress.trying(objects, of);
    return objects === 0 ? progress.listing : progress.scanned(objects, bytes);
  }

  function writeLine(): void {
    if (now() - started < ONE_LINE_AFTER_MS) return;
    clearInterval(timer);
    last = Number.POSITIVE_INFINITY;
    stream.write(`${text()}...\n`);
  }

  function rewriteLine(): void {
    const at = now();
    if (at - started < QUIET_MS || at - last < BETWEEN_MS) return;
    last = at;
    const line = headOf(text(), room);
    const width = widthOf(line);
    stream.write(`\r${line}${' '.repeat(Math.max(shown - width, 0))}`);
    shown = width;
  }

  function show(): void {
    if (isDone || last === Number.POSITIVE_INFINITY) return;
    if (isTTY) rewriteLine();
    else writeLine();
  }

  // One huge object gives no update for long; the timer shows the line all the same.
  const timer = setInterval(show, BETWEEN_MS);
  timer.unref();

  return {
    update(done) {
      seen = done;
      show();
    },
    done() {
      if (isDone) return;
      isDone = true;
      clearInterval(timer);
      if (shown > 0) stream.write(`\r${' '.repeat(shown)}\r`);
    },
  };
}
