/** A block of lines in a shell script that belongs to Cordon; all around it is the user's. */
const first = '# >>> cordon >>>';
const last = '# <<< cordon <<<';

/**
 * `text` with the block `lines`, replacing one that stands there; else after the shebang, so that
 * Cordon goes before whatever the script does. A file with CRLF keeps it: each line of ours then
 * ends in a comment that swallows the carriage return, which a shell would take for an argument.
 */
export function addBlock(text: string, lines: readonly string[]): string {
  const base = removeBlock(text);
  const crlf = `${base}\n`.includes('\r\n');
  const block = [first, ...lines, last]
    .map((line) => (crlf ? `${line}${line.startsWith('#') ? '' : ' #'}\r\n` : `${line}\n`))
    .join('');
  if (!base.startsWith('#!')) return block + base;
  const end = base.indexOf('\n');
  if (end < 0) return `${base}\n${block}`;
  return base.slice(0, end + 1) + block + base.slice(end + 1);
}

/** `text` without the block. */
export function removeBlock(text: string): string {
  const start = text.indexOf(first);
  const end = text.indexOf(last, start);
  if (start < 0 || end < 0) return text;
  const after = text.indexOf('\n', end);
  return text.slice(0, start) + (after < 0 ? '' : text.slice(after + 1));
}

/** True where `text` holds the block. */
export const hasBlock = (text: string): boolean => removeBlock(text) !== text;
