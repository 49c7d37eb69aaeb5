import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { refuse } from './record-error.ts';

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** A descriptor of the regular file at `path`; a link or a pipe in its place is refused. */
export function openForReading(path: string): number {
  const fd = openSync(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw refuse(path, 'it is no file');
}
