import type { HelpCommand, Messages } from '../messages/index.ts';
import { widthOf, wrap } from './layout.ts';

type Row = readonly [word: string, meaning: string];

const MOST_COLUMNS = 80;
const FEWEST_COLUMNS = 40;
const INDENT = '  ';

/** Words in one column, their meanings in the next; a narrow terminal puts the meaning under the word. */
function table(rows: readonly Row[], columns: number): string[] {
  const widest = Math.max(...rows.map(([word]) => widthOf(word)), 0);
  const margin = INDENT.length + widest + 2;
  const isNarrow = columns - margin < FEWEST_COLUMNS / 2;
  const indent = ' '.repeat(isNarrow ? INDENT.length * 2 : margin);
  return rows.flatMap(([word, meaning]) => {
    const lines = wrap(meaning, columns - indent.length);
    if (isNarrow) return [INDENT + word, ...lines.map((line) => indent + line)];
    const head = INDENT + word + ' '.repeat(margin - INDENT.length - widthOf(word));
    return lines.map((line, at) => (at === 0 ? head : indent) + line);
  });
}

function usageLines(usages: readonly string[], columns: number): string[] {
  return usages.flatMap((usage) =>
    wrap(usage, columns - INDENT.length * 2).map(
      (line, at) => (at === 0 ? INDENT : INDENT.repeat(2)) + line,
    ),
  );
}

/** A heading and its lines, with an empty line before; nothing where there are no lines. */
function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines];
}

/**
 * The help of one command, or of all where none is named, with a newline at the end.
 *
 * @param columns of the terminal; at most 80 are used, at least 40.
 */
export function renderHelp(
  command: HelpCommand | undefined,
  messages: Messages,
  columns = MOST_COLUMNS,
): string {
  const { help } = messages;
  const { headings } = help;
  const width = Math.max(
    Math.min(columns > 0 ? columns : MOST_COLUMNS, MOST_COLUMNS),
    FEWEST_COLUMNS,
  );
  const body =
    command === undefined
      ? [
          ...wrap(help.about, width),
          ...section(headings.usage, usageLines([help.usage], width)),
          ...section(
            headings.commands,
            table(
              Object.entries(help.commands).map(([name, { summary }]) => [name, summary]),
              width,
            ),
          ),
        ]
      : [
          headings.usage,
          ...usageLines(help.commands[command].usage, width),
          '',
          ...wrap(help.commands[command].about, width),
          ...section(headings.options, table(help.commands[command].options, width)),
        ];
  const lines = [
    ...body,
    ...section(headings.common, table(help.common, width)),
    ...section(headings.exits, table(help.exits, width)),
    ...(command === undefined ? ['', ...wrap(help.more, width)] : []),
  ];
  return `${lines.join('\n')}\n`;
}
