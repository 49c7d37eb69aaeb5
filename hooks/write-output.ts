import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CordonError } from '../core/error.ts';
import { describeError, messagesFor } from '../core/messages/index.ts';

/**
 * Writes what `--output` names, as a whole: a full disk must not cost the report of the last run.
 * Throws CordonError `io.disk-full` or `io.unwritable`.
 */
export function writeOutput(path: string, text: string | Buffer): void {
  const fresh = freshPath(path);
  try {
    writeFileSync(fresh, text);
    if (fresh !== path) renameSync(fresh, path);
  } catch (error) {
    if (fresh !== path) rmSync(fresh, { force: true });
    throw notWritten(error, path);
  }
}

/**
 * Keeps a closed or full standard output or error from ending the process with a stack trace. A
 * reader that stops early (`| head`) has what it wanted; a report that was lost is told, and is no 0.
 */
export function guardStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(
      `${describeError(notWritten(error, 'standard output'), messagesFor(undefined))}\n`,
    );
    process.once('exit', (code) => {
      if (code === 0) process.exitCode = 3;
    });
  });
  process.stderr.on('error', () => {
    // Nowhere is left to tell it: the exit code says what there is to say.
  });
}

/**
 * Where an output is written before it takes its place at `path`: `path` itself where a device, a pipe or a
 * folder stands, which no file may replace.
 */
export function freshPath(path: string): string {
  const isSpecial = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  return isSpecial ? path : `${path}.${process.pid}.part`;
}

/** `io.disk-full` or `io.unwritable`, by what the system said. */
export function notWritten(error: unknown, path: string): CordonError {
  const { code } = error as NodeJS.ErrnoException;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new CordonError(isFull ? 'io.disk-full' : 'io.unwritable', { path, system: code }, error);
}
