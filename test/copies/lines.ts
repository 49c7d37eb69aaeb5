/** Takes the indentation that all lines share away. */
export function dedent(lines: readonly string[]): string[] {
  const depth = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf));
  return lines.map((line) => (line.trim() === '' ? '' : line.slice(depth)));
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Lines of code alone: nothing blank, no comment that fills its line, no import. */
export function isCode(line: string): boolean {
  const text = line.trim();
  if (text.length < 2) return false;
  if (/^(?:#(?!define)|\/\/|\/\*|\*|"""|''')/u.test(text)) return false;
  return !/^(?:import|from|use|using|require|#include|export \{.*\} from)\b/u.test(text);
}
