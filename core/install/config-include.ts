/**
 * The one thing Cordon puts into `<git-common-dir>/config`: an include of its own file. It stands
 * last, so that what it sets wins over the `core.hooksPath` that husky writes anew at each
 * `npm install`. Its comment stands inside the section: git drops what follows a section it removes.
 */
const header = '[include]';
const comment = '\t# Cordon guards this repository; `cordon uninstall` takes this out.';
const setting = '\tpath = cordon/config';

const isOurs = (line: string): boolean => {
  const text = line.replace(/\r$/, '').trim();
  return text === comment.trim() || /^path\s*=\s*"?cordon\/config"?$/.test(text);
};

/** True where `text`, a git configuration file, includes Cordon's. */
export function hasInclude(text: string): boolean {
  return text.split('\n').some((line) => isOurs(line) && !line.includes('#'));
}

/** True where nothing stands after the include that could set `core.hooksPath` over it. */
export function includeIsLast(text: string): boolean {
  const lines = text.split('\n');
  const at = lines.findLastIndex((line) => isOurs(line) && !line.includes('#'));
  return (
    at >= 0 &&
    !lines.slice(at + 1).some((line) => /^\s*(?:\[core\]|\[include|path\s*=)/i.test(line))
  );
}

/** `text` with the include at its end. */
export function addInclude(text: string): string {
  const base = removeInclude(text);
  const gap = base === '' || base.endsWith('\n') ? '' : '\n';
  return `${base}${gap}${header}\n${comment}\n${setting}\n`;
}

/** `text` without the include; a section that holds more than ours keeps the rest. */
export function removeInclude(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (isOurs(line)) continue;
    if (line.trim().toLowerCase() === header && sectionIsOurs(lines, index)) continue;
    kept.push(line);
  }
  return kept.join('\n');
}

/** Whether the section that starts at `index` holds our lines and nothing else. */
function sectionIsOurs(lines: readonly string[], index: number): boolean {
  let ours = false;
  for (const line of lines.slice(index + 1)) {
    if (line.trimStart().startsWith('[')) break;
    if (isOurs(line)) ours = true;
    else if (line.trim() !== '') return false;
  }
  return ours;
}
