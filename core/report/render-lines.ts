import type { LinesReport } from '../audit/check-lines.ts';
import { en, plainText } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { painter } from './color.ts';
import type { TextOptions } from './context.ts';
import { wrap } from './layout.ts';

const COLUMNS = 80;
const INDENT = '  ';
const MOST_PROBLEMS = 20;
const MOST_WRITERS = 10;

/**
 * `cordon log verify --file`: whether lines that were handed over are those that were recorded, and of
 * which of them the file cannot show it. `own`: heads were given.
 */
export function renderLines(
  report: LinesReport,
  { file, own }: { readonly file: string; readonly own: boolean },
  { color = false, columns = COLUMNS }: TextOptions = {},
  messages: Messages = en,
): string {
  const { record } = messages;
  const paint = painter(color);
  const width = Math.max(Math.min(columns > 0 ? columns : COLUMNS, COLUMNS), 40);
  const says = (text: string, indent = '') =>
    wrap(plainText(text), width - indent.length).map((line) => indent + line);
  const { writers, problems, problemCount, unchecked, absent, short } = report;
  if (report.lines === 0) return `${record.linesNone}\n`;
  const gaps = writers.filter((one) => one.unchecked > 0);
  const checked = report.lines - unchecked;
  const counts = {
    checked,
    lines: report.lines,
    writers: writers.length,
    whole: writers.filter((one) => one.whole).length,
  };
  const vouched = writers.filter((one) => one.vouched).length;
  const lines = [
    ...(report.ok
      ? (checked === 0 ? [] : says(record.linesHold(counts))).map((line) =>
          unchecked === 0 ? paint(line, 'green') : line,
        )
      : says(record.linesBroken(problemCount)).map((line) => paint(line, 'red', 'bold'))),
    ...problems
      .slice(0, MOST_PROBLEMS)
      .flatMap(({ segment, line, byte, what, by, detail }) => [
        ...says(`${file}${line === 0 ? '' : record.at(line, byte)}`, INDENT),
        ...says(
          segment === '' ? record.noLine : `${segment}: ${record.problem(what, by)}: ${detail}`,
          INDENT + INDENT,
        ),
      ]),
    ...(problemCount > MOST_PROBLEMS
      ? says(record.moreProblems(problemCount - MOST_PROBLEMS), INDENT)
      : []),
    ...(unchecked === 0 ? [] : says(record.linesUnchecked(unchecked, report.lines))),
    ...gaps.slice(0, MOST_WRITERS).flatMap((one) => says(record.linesOf(one), INDENT)),
    ...(gaps.length > MOST_WRITERS
      ? says(record.linesMore(gaps.length - MOST_WRITERS), INDENT)
      : []),
    ...(absent.length === 0 ? [] : says(record.linesAbsent(absent.length))),
    ...(short.length === 0 ? [] : says(record.linesShort(short.length))),
    '',
    ...(own ? [] : says(record.linesBlind)),
    ...says(record.heads(vouched, writers.length)),
  ];
  return `${lines.join('\n')}\n`;
}
