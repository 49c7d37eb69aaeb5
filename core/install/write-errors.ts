import { CordonError } from '../error.ts';

const codes: Readonly<Record<string, 'install.read-only' | 'io.disk-full'>> = {
  EACCES: 'install.read-only',
  EPERM: 'install.read-only',
  EROFS: 'install.read-only',
  ENOTDIR: 'install.read-only',
  ENOSPC: 'io.disk-full',
  EDQUOT: 'io.disk-full',
};

/** The system's code of an error, such as `ENOENT`; empty where it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** `error` in Cordon's words where writing to `path` failed for a reason a person can mend. */
export function asWriteError(error: unknown, path: string): unknown {
  if (error instanceof CordonError) return error;
  const system = systemCode(error);
  const code = codes[system];
  return code === undefined ? error : new CordonError(code, { path, system }, error);
}
