import { CordonError } from '../../../error.ts';
import { errnoOf } from '../../../source/file-source.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** What stopped writing to `path`, in Cordon's words: `io.disk-full` or `io.unwritable`. */
export function asWriteError(error: unknown, path: string): CordonError {
  if (error instanceof CordonError) return error;
  const system = errnoOf(error);
  return new CordonError(
    FULL.has(system) ? 'io.disk-full' : 'io.unwritable',
    { path, system, reason: system },
    error,
  );
}
