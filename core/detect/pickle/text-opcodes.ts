/** How protocol 0 writes text: quoted, or with escapes, in which names can be hidden. */
export function unquote(text: string): string {
  const quote = text[0];
  const inner = (quote === "'" || quote === '"') && text.endsWith(quote) ? text.slice(1, -1) : text;
  return inner.includes('\\') ? unescapePython(inner) : inner;
}

export function unescapeUnicode(text: string): string {
  return text.includes('\\u') || text.includes('\\U') ? unescapePython(text) : text;
}

/** `\x63`, `\143`, `\u0063`, `\n`: names can be spelt with escapes. */
function unescapePython(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))/g,
    (whole, x?: string, u?: string, U?: string, octal?: string, plain?: string) => {
      const code = x ?? u ?? U;
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      }
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return plain ?? whole;
    },
  );
}
