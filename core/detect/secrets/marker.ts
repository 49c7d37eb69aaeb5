/** Bytes before and after the value in which its line and the one above are looked for. */
export const MARKER_REACH = 1024;

const OURS = /cordon:allow[ \t]{1,8}([a-z0-9][a-z0-9-]{0,60})[ \t]{1,8}([^\r\n]{1,400})/g;
const FOREIGN = /\b(gitleaks:allow|pragma:[ \t]{0,4}allowlist[ \t]{1,4}secret)\b/i;
/** What closes a comment is no part of the reason. */
const CLOSERS = /[ \t]*(?:\*\/|-->|%>|"""|''')?[\s"'`,;)\]}]*$/;
const LONGEST_REASON = 200;

/** A reason may not carry a credential into reports: nothing long that mixes letters and digits. */
function cleanReason(text: string): string {
  const words = text.replace(CLOSERS, '').split(/(\s+)/);
  const clean = words.map((word) =>
    word.length >= 12 && /[0-9]/.test(word) && /[A-Za-z]/.test(word) ? '…' : word,
  );
  return clean.join('').trim().slice(0, LONGEST_REASON);
}

/** The line that holds `start`, to the end of the line that holds `end`, and the line above. */
function linesAround(bytes: Buffer, start: number, end: number): [string, string] {
  const floor = Math.max(0, start - MARKER_REACH);
  const ceiling = Math.min(bytes.length, end + MARKER_REACH);
  const lineStart = Math.max(floor, start === 0 ? 0 : bytes.lastIndexOf(0x0a, start - 1) + 1);
  const newline = bytes.indexOf(0x0a, end);
  const lineEnd = newline === -1 ? ceiling : Math.min(newline, ceiling);
  const above = lineStart <= floor ? floor : bytes.lastIndexOf(0x0a, lineStart - 2) + 1;
  return [
    bytes.toString('utf8', lineStart, lineEnd),
    bytes.toString('utf8', Math.max(floor, above), lineStart),
  ];
}

/**
 * The reason of an inline marker for this rule, on the value's line or the one above:
 * `cordon:allow RULE reason`. One without a reason does not count. Other tools' markers count, so
 * that a team can come over, and say where they are from. What a marker is worth is the judge's.
 */
export function findMarker(
  bytes: Buffer,
  start: number,
  end: number,
  rule: string,
): string | undefined {
  for (const line of linesAround(bytes, start, end)) {
    for (const [, named, text] of line.matchAll(OURS)) {
      const reason = named === rule ? cleanReason(text ?? '') : '';
      if (/\p{L}{2}/u.test(reason)) return reason;
    }
    const foreign = FOREIGN.exec(line);
    if (foreign !== null) return `foreign marker ${(foreign[1] ?? '').toLowerCase()}`;
  }
  return undefined;
}
