import type { Verdict } from '../model.ts';
import { duration } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import type { ReportContext } from './context.ts';
import type { Paint } from './color.ts';
import { isIncomplete } from './exit-code.ts';
import { shorten, widthOf } from './layout.ts';

export interface HeadlineOptions {
  readonly columns: number;
  readonly paint: Paint;
  readonly ellipsis: string;
  readonly clean: (text: string) => string;
  readonly messages: Messages;
}

/** Columns of `cordon: ` and a short name of the act before the verdict. */
const SHORTEST_HEAD = 16;

function wordOf(
  { verdict, act }: Verdict,
  incomplete: boolean,
  warns: boolean,
  report: Messages['report'],
) {
  // Content at rest goes nowhere, so nothing of it is blocked.
  if (verdict === 'block') return act === 'scan' ? report.found : report.blocked;
  if (incomplete) return report.incomplete;
  if (act !== 'scan') return report.allowed;
  return warns ? report.noted : report.clean;
}

/** The verdict in one line that stands alone: some clients show only the first, some only the last. */
export function headline(
  verdict: Verdict,
  context: ReportContext,
  { columns, paint, ellipsis, clean, messages: { report } }: HeadlineOptions,
): string {
  const { findings, act } = verdict;
  const blocks = findings.filter((one) => one.severity === 'block').length;
  const letThrough = findings.filter((one) => one.allowed !== undefined).length;
  const warnings = findings.length - blocks - letThrough;
  const counts = [
    ...(blocks > 0 ? [report.problems(blocks)] : []),
    ...(warnings > 0 ? [report.warnings(warnings)] : []),
    ...(letThrough > 0 ? [report.letThrough(letThrough)] : []),
  ];
  const isBlocked = verdict.verdict === 'block';
  const incomplete = !isBlocked && act === 'scan' && isIncomplete(verdict);
  const word = wordOf(verdict, incomplete, warnings > 0, report);
  const work = isBlocked
    ? ''
    : ` (${report.objects(verdict.coverage.objects)}, ${duration(verdict.milliseconds)})`;
  const counted = `${word}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
  const place = clean(context.place ?? verdict.destination?.url ?? '');
  const remote = clean(context.remote ?? '');
  const name = report.acts[act];
  const about = (where: string) => {
    if (where === '') return name;
    if (act === 'scan') return report.of(name, where);
    return act === 'receive' ? report.into(name, where) : report.to(name, where);
  };
  const where = remote === '' || remote === place ? place : `${remote} (${place})`;
  // Where it goes says more than how much was looked at; the shortest of these fits anywhere.
  const whole = widthOf(`cordon: ${about(where)} `);
  const tail =
    [counted + work, counted].find((one) => whole + widthOf(one) <= columns) ??
    [counted + work, counted].find((one) => widthOf(one) + SHORTEST_HEAD <= columns) ??
    word;
  const fits = (text: string) => widthOf(`cordon: ${text} ${tail}`) <= columns;
  const room = columns - widthOf(`cordon: ${about('')} ${tail}`) - 8;
  const shortPlace = shorten(place, room - (remote === '' ? 0 : widthOf(remote) + 3), ellipsis);
  const candidates = [
    about(where),
    ...(room - widthOf(remote) >= 16
      ? [about(remote === '' || place === '' ? shortPlace : `${remote} (${shortPlace})`)]
      : []),
    about(shorten(remote === '' ? place : remote, Math.max(room, 8), ellipsis)),
  ];
  const what = candidates.find(fits) ?? about('');
  const style = isBlocked ? 'red' : warnings > 0 || incomplete ? 'yellow' : 'green';
  return `${paint('cordon:', 'dim')} ${paint(what, 'bold')} ${paint(tail, style, ...(isBlocked ? (['bold'] as const) : []))}`;
}
