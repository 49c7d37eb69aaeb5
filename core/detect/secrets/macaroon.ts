/** The location of a version 2 macaroon: one length-prefixed field at its start. Undefined if none. */
export function macaroonLocation(bytes: Buffer): string | undefined {
  if (bytes[0] !== 2 || bytes[1] !== 1) return undefined;
  const length = bytes[2] ?? 0;
  if (length === 0 || length > 100 || bytes.length < 3 + length + 32) return undefined;
  return bytes.toString('latin1', 3, 3 + length);
}
