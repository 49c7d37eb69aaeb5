import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { refuse } from './record-error.ts';

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** A descriptor of the regular file at `path`; a link or a pipe in its place is refused. */
export function openForReading(path: string): number {
  const fd = openSync(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw refuse(path, 'it is no file');
}

/** The text of the regular file at `path`. Anything else there is refused, and hangs nobody. Throws the system's error too. */
export function readText(path: string): string {
  const fd = openForReading(path);
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
