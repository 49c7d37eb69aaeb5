/**
 * Where a statement that only names other modules ends, if one begins at this start of a line; else -1.
 * Such lines are alike everywhere, so neither an index nor a text that is asked about holds them.
 */
export function importEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  if (!mayStart(bytes, at)) return -1;
  const limit = Math.min(bytes.length, at + LONGEST);
  const newline = bytes.subarray(at, limit).indexOf(10);
  // What a long line holds beside is worth more than the import.
  if (newline < 0 && limit < bytes.length) return -1;
  const lineEnd = newline < 0 ? limit : at + newline;
  const next = newline < 0 ? limit : lineEnd + 1;
  if (lineEnd - at > LONGEST_LINE) return -1;
  const line = bytes.toString('latin1', at, lineEnd);
  if (line.includes('"""') || line.includes("'''")) return -1;
  const opened = OPENED.exec(line);
  if (opened !== null) {
    const end = closeOf(bytes, at + opened[0].length, limit, opened[1] === '(' ? 0x29 : 0x7d);
    const names = /^(?:from|import|use)/.test(line);
    if (end < 0) return names ? next : -1;
    const rest = bytes.subarray(end, end + LONGEST_LINE);
    const stop = rest.indexOf(10);
    if (stop < 0 && end + LONGEST_LINE < bytes.length) return -1;
    const tail = rest.toString('latin1', 0, stop < 0 ? rest.length : stop);
    if (TAIL.test(tail) && !MORE.test(tail)) return stop < 0 ? bytes.length : end + stop + 1;
    return names ? next : -1;
  }
  return SINGLE.test(line) && !MORE.test(line) ? next : -1;
}

const LONGEST = 4096;
const LONGEST_LINE = 512;

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

/** Another statement on the same line. */
const MORE = /;\s*(?!import\b|use\b|from\b)[^\s/#]/;

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
