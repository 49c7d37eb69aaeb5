/** A Git LFS pointer: the real content lies elsewhere under its SHA-256. */
export interface LfsPointer {
  /** 64 lower-case hexadecimal digits. */
  readonly oid: string;
  /** As the pointer writes it: decimal digits. */
  readonly size: string;
}

/** git-lfs takes nothing larger for a pointer. */
const MOST_POINTER_BYTES = 1024;

const VERSIONS = new Set([
  'https://git-lfs.github.com/spec/v1',
  'https://hawser.github.com/spec/v1',
  'http://git-media.io/v/2',
]);

/**
 * The pointer that `bytes` are, in every form git-lfs accepts (docs/spec.md and its decoder: older
 * version names, CRLF, blank lines, no final newline, extension lines), or undefined. The empty file,
 * which git-lfs also takes for a pointer, has no content to look for.
 */
export function parseLfsPointer(bytes: Buffer): LfsPointer | undefined {
  if (bytes.length > MOST_POINTER_BYTES || bytes.length < 80) return undefined;
  const lines = bytes
    .toString('latin1')
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [version, ...rest] = lines;
  if (version === undefined || !VERSIONS.has(valueOf(version, 'version ') ?? '')) return undefined;
  let oid: string | undefined;
  let size: string | undefined;
  for (const line of rest) {
    oid ??= valueOf(line, 'oid sha256:');
    size ??= valueOf(line, 'size ');
  }
  if (oid === undefined || !/^[0-9a-fA-F]{64}$/u.test(oid)) return undefined;
  if (size === undefined || !/^[0-9]{1,19}$/u.test(size)) return undefined;
  return { oid: oid.toLowerCase(), size };
}

function valueOf(line: string, key: string): string | undefined {
  return line.startsWith(key) ? line.slice(key.length).trim() : undefined;
}
