/** `text` as one word of a POSIX shell, whatever it holds. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `text` as a value of git's configuration file (git-config(1), "Syntax"). */
export function quoteForConfig(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/**
 * `path` as the pattern of an `[includeIf "gitdir:…"]` heading. A heading has no escape for a
 * newline and a pattern gives `*?[` a meaning, so `?` stands for each of them.
 */
export function quoteForGitdirPattern(path: string): string {
  return path.replaceAll(/[\n*?[\]\\]/g, '?').replaceAll('"', '\\"');
}
