/** Takes the indentation that all lines share away. */
export function dedent(lines: readonly string[]): string[] {
  const depth = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf));
  return lines.map((line) => (line.trim() === '' ? '' : line.slice(depth)));
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Which lines are code: no comment, docstring or import, also where they go over several lines. */
export function codeLines(lines: readonly string[]): boolean[] {
  let inImport = false;
  let inString = false;
  let inComment = false;
  return lines.map((line) => {
    const text = line.trim();
    if (inImport) {
      inImport = !/[)}]/u.test(text);
      return false;
    }
    if (inString || inComment) {
      if (inString && text.includes('"""')) inString = false;
      if (inComment && text.includes('*/')) inComment = false;
      return false;
    }
    inImport = /^(?:from\s.*\bimport \(|(?:import|export)(?: type)? \{|use\s.*\{)[^)}]*$/u.test(
      text,
    );
    inString = /^[rf]?"""/u.test(text) && text.split('"""').length === 2;
    inComment = text.startsWith('/*') && !text.includes('*/');
    return isCode(line);
  });
}

/** Lines of code alone: nothing blank, no comment that fills its line, no import. */
export function isCode(line: string): boolean {
  const text = line.trim();
  if (text.length < 2) return false;
  if (/^(?:#(?!define)|\/\/|\/\*|\*|"""|''')/u.test(text)) return false;
  return !/^(?:import|from|use|using|require|#include|export \{.*\} from)\b/u.test(text);
}
