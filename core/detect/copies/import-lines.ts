/**
 * Where a statement that only names other modules ends, if one begins at this start of a line; else -1.
 * Such lines are alike everywhere, so neither an index nor a text that is asked about holds them.
 */
export function importEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  if (!mayStart(bytes, at)) return -1;
  const limit = Math.min(bytes.length, at + LONGEST);
  const newline = bytes.indexOf(10, at);
  const lineEnd = newline < 0 || newline > limit ? limit : newline;
  const line = bytes.toString('latin1', at, lineEnd);
  const next = lineEnd < bytes.length && bytes[lineEnd] === 10 ? lineEnd + 1 : lineEnd;
  if (line.includes('"""') || line.includes("'''")) return -1;
  const opened = OPENED.exec(line);
  if (opened !== null) {
    const end = closeOf(bytes, at + opened[0].length, limit, opened[1] === '(' ? 0x29 : 0x7d);
    if (end < 0) return next;
    const rest = bytes.indexOf(10, end);
    const tail = bytes.toString('latin1', end, rest < 0 ? Math.min(bytes.length, end + 300) : rest);
    if (TAIL.test(tail)) return rest < 0 ? bytes.length : rest + 1;
    return opened[0].startsWith('export') ? -1 : next;
  }
  return SINGLE.test(line) ? next : -1;
}

const LONGEST = 4096;

/** The first three letters of whatever may begin such a line: nearly all other lines end here. */
const STARTS = new Set(
  ['imp', 'inc', 'fro', 'use', 'usi', 'req', 'exp', 'con', 'let', 'var', 'ext'].map((letters) =>
    packed(Buffer.from(letters, 'latin1'), 0),
  ),
);

function packed(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function mayStart(bytes: Buffer, at: number): boolean {
  const first = bytes[at] ?? 0;
  if (first === 0x23 || first === 0x40) {
    let next = at + 1;
    while (bytes[next] === 0x20) next++;
    return bytes[next] === 0x69 || bytes[next] === 0x75;
  }
  return first > 0x62 && first < 0x77 && STARTS.has(packed(bytes, at));
}

const OPENED =
  /^(?:from\s+[\w.]+\s+import\s*|import\s+(?:type\s+)?(?:\w+\s*,\s*)?|export\s+(?:type\s+)?|use\s+[\w:]+|(?:const|let|var)\s+)([({])(?![^)}]*[)}])/;

const TAIL = /^\s*(?:$|;|#|\/\/|from\s|=\s*(?:await\s+)?(?:require|import)\()/;

const SINGLE = new RegExp(
  [
    '^import\\s+[\\w{*"\'(.]',
    '^from\\s+[\\w.]+\\s+import\\b',
    '^[#@]\\s*(?:include|import)\\b',
    '^#\\s*using\\b',
    '^include\\s*[\\w"\'<(]',
    '^use\\s+[\\w:\\\\]+(?:::|\\\\|;)',
    '^using\\s+(?:namespace\\s+|static\\s+)?[\\w.:]+\\s*;',
    '^require(?:_once|_relative)?[\\s(]+["\']',
    '^(?:const|let|var)\\s+[\\w{][^=]*=\\s*(?:await\\s+)?(?:require|import)\\(',
    '^export\\s+(?:type\\s+)?(?:\\*|\\{[^}]*\\})[^;]*\\bfrom\\s',
    '^extern\\s+crate\\b',
  ].join('|'),
);

/** The end of a list of names, -1 where anything else stands in it. */
function closeOf(bytes: Buffer, from: number, limit: number, close: number): number {
  for (let at = from; at < limit; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === close) return at + 1;
    // A list in a list, or the next statement: each scan ends where another may begin.
    if (byte === 0x3d || byte === 0x3b || byte === 0x28 || byte === 0x7b) return -1;
  }
  return -1;
}
