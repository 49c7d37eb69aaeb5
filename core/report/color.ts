export interface ColorInput {
  /** `--color=always|never|auto`; undefined where the flag was not given. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
}

const isSet = (value: string | undefined) => value !== undefined && value !== '';

/** Whether to colour, in this order: the flag, NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE, TERM, the TTY. */
export function useColor({ flag, env, isTTY }: ColorInput): boolean {
  if (flag === 'always') return true;
  if (flag === 'never') return false;
  if (isSet(env['NO_COLOR'])) return false;
  const forced = [env['FORCE_COLOR'], env['CLICOLOR_FORCE']].find(isSet);
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['TERM'] === 'dumb') return false;
  return isTTY;
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof STYLES;
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** A painter that colours, or one that leaves the text alone. */
export function painter(color: boolean): Paint {
  if (!color) return (text) => text;
  return (text, ...styles) =>
    styles.length === 0
      ? text
      : `\u001b[${styles.map((style) => STYLES[style]).join(';')}m${text}\u001b[0m`;
}
