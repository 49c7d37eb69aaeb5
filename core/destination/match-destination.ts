import { Minimatch } from 'minimatch';
import { caselessPath, normalizeUrl, type NormalizeOptions } from './normalize-url.ts';

/**
 * Compiles a policy's URL glob to a test of normal forms. The glob may be written in any form a URL
 * has; `*` stays within one part of the path, `**` crosses parts, and the host matches as a whole.
 */
export function compileDestinationGlob(
  glob: string,
  options: NormalizeOptions = {},
): (normal: string) => boolean {
  const pattern = normalizeUrl(protect(glob), options);
  const text = unprotect(pattern);
  // What only a program behind a remote helper can reach is cleared word by word or not at all.
  if (text.startsWith('helper:')) return (normal) => normal === text;
  const matcher = new Minimatch(text, {
    dot: true,
    nonegate: true,
    nocomment: true,
    nocase: caselessPath(text),
    // A file's path holds its own special characters; only * ? { } are asked for in a URL.
    noext: true,
  });
  return (normal) => normal === text || matcher.match(normal);
}

// `?` would start a query and `*` is no host character to a URL reader: they travel under a mark.
const protect = (glob: string) => glob.replaceAll('?', '\uE000');
const unprotect = (glob: string) => glob.replaceAll('\uE000', '?');
