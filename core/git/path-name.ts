import { isUtf8 } from 'node:buffer';
import type { PathName, RepoPath } from '../model.ts';

/** A path's bytes as git keeps them, told apart where they are not UTF-8. */
export function toPathName(bytes: Buffer): PathName {
  const text = bytes.toString('utf8') as RepoPath;
  // U+FFFD may stand in a name; only then is a second look needed.
  if (!text.includes('\uFFFD') || isUtf8(bytes)) return { text };
  return { text, bytes: bytes.toString('base64') };
}
