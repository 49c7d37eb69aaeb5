import { CordonError } from '../error.ts';

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** `ENOENT` and the like, empty where `error` has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** Whatever kept the record at `path` from being written: `record.full` or `record.unwritable`. */
export function asRecordError(error: unknown, path: string): CordonError {
  if (error instanceof CordonError) return error;
  const system = systemCode(error);
  const code = FULL.has(system) ? 'record.full' : 'record.unwritable';
  const why = system === '' && error instanceof Error ? error.message : system;
  return new CordonError(code, { path, system: why }, error);
}

/** Why a place of somebody else's is refused: root in a user's home, or a folder that someone planted. */
export const FOREIGN = 'it belongs to another user';

/** Refused for what stands there, not for what the system said. */
export function refuse(path: string, why: string): CordonError {
  return new CordonError('record.unwritable', { path, system: why });
}
