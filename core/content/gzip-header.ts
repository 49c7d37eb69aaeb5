/**
 * The length of the gzip member header (RFC 1952) at `at`, or 0 where there is none. A header cut by
 * the end of `bytes` is none.
 */
export function gzipHeaderLength(bytes: Buffer, at: number): number {
  if (bytes.length < at + 18 || bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b) return 0;
  const flags = bytes[at + 3] ?? 0xff;
  if (bytes[at + 2] !== 8 || (flags & 0xe0) !== 0) return 0;
  let end = at + 10;
  if ((flags & 4) !== 0) {
    if (end + 2 > bytes.length) return 0;
    end += 2 + bytes.readUInt16LE(end);
  }
  if ((flags & 8) !== 0) end = bytes.indexOf(0, end) + 1;
  if (end > 0 && (flags & 16) !== 0) end = bytes.indexOf(0, end) + 1;
  if (end > 0 && (flags & 2) !== 0) end += 2;
  return end > at && end < bytes.length ? end - at : 0;
}
