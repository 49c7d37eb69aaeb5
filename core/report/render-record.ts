import type { ShipReport } from '../audit/ship.ts';
import type { VerifyReport } from '../audit/verify-report.ts';
import { en, plainText, whole } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { painter } from './color.ts';
import type { TextOptions } from './context.ts';
import { wrap } from './layout.ts';
import { localTime } from './render-events.ts';

const COLUMNS = 80;
const INDENT = '  ';
const MOST_PROBLEMS = 20;

/** What is kept about a person, and who gets it. */
export interface RecordSummary {
  readonly actor: string;
  readonly folder: string;
  readonly usual?: string;
  readonly segments: number;
  readonly bytes: number;
  readonly first?: number;
  readonly last?: number;
  readonly counts: readonly {
    readonly kind: string;
    readonly count: number;
    readonly blocked: number;
  }[];
  readonly others: number;
  readonly keyed?: { readonly id: string; readonly organisation: boolean };
  /** Undefined where no policy is known here; null where it names no receiver. */
  readonly ship?:
    | { readonly url: string; readonly segments: number; readonly bytes: number }
    | null
    | undefined;
  /** A receiver that only the checkout's own policy names. */
  readonly shipLater?: string;
}

/** `cordon log`: what is kept about the person who asks. With a newline at the end. */
export function renderSummary(
  summary: RecordSummary,
  options: TextOptions = {},
  messages: Messages = en,
): string {
  const { record } = messages;
  const { tags } = record;
  const paint = painter(options.color === true);
  const { first, last, counts, ship } = summary;
  const rows: [string, string][] = [
    [tags.where, summary.folder],
    ['', record.segments(summary.segments, summary.bytes)],
    ...(summary.usual === undefined ? [] : [['', record.moved(summary.usual)] as [string, string]]),
    ...(first === undefined || last === undefined
      ? []
      : [[tags.since, `${localTime(first)} to ${localTime(last)}`] as [string, string]]),
    [tags.events, counts.length === 0 ? record.none : counts.map(record.counts).join(', ')],
    ...(summary.others === 0
      ? []
      : [[tags.others, record.others(summary.others)] as [string, string]]),
    [
      tags.names,
      summary.keyed === undefined
        ? record.plain
        : record.keyed(summary.keyed.id, summary.keyed.organisation),
    ],
    [tags.content, record.never],
    [
      tags.goesTo,
      ship === undefined
        ? record.unknownPolicy
        : ship === null
          ? summary.shipLater === undefined
            ? record.goesNowhere
            : record.goesLater(summary.shipLater)
          : record.goesTo(ship.url, ship),
    ],
    [tags.kept, record.forever],
  ];
  const margin = Math.max(...rows.map(([tag]) => tag.length)) + INDENT.length + 2;
  const width = columnsOf(options) - margin;
  const lines = rows.flatMap(([tag, text]) =>
    wrap(plainText(text), width).map((line, at) =>
      at === 0
        ? INDENT + paint(tag, 'dim') + ' '.repeat(margin - INDENT.length - tag.length) + line
        : ' '.repeat(margin) + line,
    ),
  );
  return `${[paint(plainText(record.title(summary.actor)), 'bold'), '', ...lines, '', record.seeAll].join('\n')}\n`;
}

const columnsOf = ({ columns = COLUMNS }: TextOptions): number =>
  Math.max(Math.min(columns > 0 ? columns : COLUMNS, COLUMNS), 40);

/**
 * `cordon log verify`: what holds or what is wrong and where, and what no local check can see. `place`: the
 * file of a segment, as the reader finds it. `vouched`: how many segments signed heads speak for.
 */
export function renderVerify(
  report: VerifyReport,
  about: {
    readonly place: (segment: string) => string;
    readonly vouched: number;
    readonly own: boolean;
  },
  options: TextOptions = {},
  messages: Messages = en,
): string {
  const { record } = messages;
  const paint = painter(options.color === true);
  const width = columnsOf(options);
  const says = (text: string, indent = '') =>
    wrap(plainText(text), width - indent.length).map((line) => indent + line);
  if (report.segments === 0 && report.ok) return `${record.empty}\n`;
  const shown = report.problems.slice(0, MOST_PROBLEMS);
  const lines = report.ok
    ? says(record.holds(report)).map((line) => paint(line, 'green'))
    : [
        paint(record.broken(report.problemCount), 'red', 'bold'),
        ...shown.flatMap((problem) => {
          const { segment, line, byte, what, by, detail } = problem;
          const at = line === 0 ? '' : record.at(line, byte);
          return [
            ...says(`${about.place(segment)}${at}`, INDENT),
            ...says(
              `${record.problem(what, by)}${detail === '' ? '' : `: ${detail}`}`,
              INDENT + INDENT,
            ),
          ];
        }),
        ...(report.problemCount > shown.length
          ? says(record.moreProblems(report.problemCount - shown.length), INDENT)
          : []),
        ...says(record.keepIt),
      ];
  const remarks = new Map<string, number>();
  for (const { what } of report.remarks) remarks.set(what, (remarks.get(what) ?? 0) + 1);
  return `${[
    ...lines,
    ...[...remarks].flatMap(([what, count]) => says(record.remark(what, count), INDENT)),
    '',
    ...(about.own ? [] : says(record.blind)),
    ...says(record.heads(about.vouched, report.segments)),
    ...(about.own ? [] : says(record.askServer)),
  ].join('\n')}\n`;
}

/** `cordon log ship`: what went, and every alarm. */
export function renderShipped(
  report: ShipReport,
  url: string,
  options: TextOptions = {},
  messages: Messages = en,
): string {
  const { record } = messages;
  const paint = painter(options.color === true);
  const { stopped, alarms } = report;
  const says = (text: string, indent = '') =>
    wrap(plainText(text), columnsOf(options) - indent.length).map((line) => indent + line);
  return `${[
    ...alarms.flatMap(({ writer, n, what, detail }) => [
      paint(`ALARM ${plainText(writer)}:${whole(n)}`, 'red', 'bold'),
      ...says(record.alarm(what, detail), INDENT),
    ]),
    ...(report.lines > 0 || stopped === undefined
      ? says(record.shipped({ url, lines: report.lines, bytes: report.bytes }))
      : []),
    ...(stopped === undefined
      ? []
      : says(
          stopped.why === 'unreachable'
            ? record.unreachable(url, stopped.detail)
            : record.refused(url, stopped.detail),
        )),
  ].join('\n')}\n`;
}
