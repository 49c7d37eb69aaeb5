import type { Finding, Verdict } from '../model.ts';
import { bytes, en } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import type { ReportContext, TextOptions } from './context.ts';
import type { Style } from './color.ts';
import { groupFindings } from './group.ts';
import type { Group } from './group.ts';
import { headline } from './headline.ts';
import { shorten, widthOf, wrap } from './layout.ts';
import { penOf } from './pen.ts';
import type { Pen } from './pen.ts';
import { commandLines, yamlLines } from './paste.ts';
import { remedyFor } from './remedy.ts';
import type { Remedy } from './remedy.ts';

const INDENT = '  ';
const BODY = '    ';
const MOST_REFS = 5;
const MOST_NOT_CHECKED = 3;

/** Parts of one line, told apart by two spaces; a part that does not fit goes on to the next line. */
function flow(
  pen: Pen,
  parts: readonly { readonly text: string; readonly styles: readonly Style[] }[],
  next: string,
  start = INDENT,
): string[] {
  const lines: string[] = [];
  let line = start;
  let width = start.length;
  for (const { text, styles } of parts) {
    const shown = shorten(text, pen.columns - next.length, pen.ellipsis);
    const gap = line.trim() === '' ? 0 : 2;
    if (gap > 0 && width + gap + widthOf(shown) > pen.columns) {
      lines.push(line);
      line = next + pen.paint(shown, ...styles);
      width = next.length + widthOf(shown);
      continue;
    }
    line += ' '.repeat(gap) + pen.paint(shown, ...styles);
    width += gap + widthOf(shown);
  }
  return [...lines, line];
}

function placeOf(pen: Pen, finding: Finding): string {
  const { report } = pen.messages;
  const { path, line, column, layer, object, commit } = finding;
  if (path === undefined) {
    if (commit !== undefined && (object === undefined || object === commit)) {
      return report.inCommit(commit.slice(0, 7));
    }
    return object === undefined ? '' : report.inObject(object.slice(0, 7));
  }
  const at = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  const room = pen.columns - BODY.length - at.length;
  const shown = shorten(pen.clean(path), room, pen.ellipsis) + at;
  return layer === undefined ? shown : `${shown} (${report.inside(pen.clean(layer))})`;
}

const paragraph = (pen: Pen, text: string): string[] =>
  wrap(pen.clean(text), pen.columns - BODY.length).map((line) => BODY + line);

/** Columns of the margin that `fix` and `allow` stand in. */
const MARGIN = BODY.length + 7;

/** A word in the margin, and what belongs to it beside and under it. */
function margin(pen: Pen, tag: string, texts: readonly string[], style: Style): string[] {
  return texts.map((text, index) => {
    const label = index === 0 ? BODY + tag : '';
    const space = ' '.repeat(Math.max(MARGIN - label.length, 1));
    return (index === 0 ? BODY + pen.paint(tag, 'dim') : '') + space + pen.paint(text, style);
  });
}

function fixLines(pen: Pen, { lead, command, after }: NonNullable<Remedy['fix']>): string[] {
  const tag = pen.messages.report.tags.fix;
  const led = lead === undefined ? [] : wrap(pen.clean(lead), pen.columns - MARGIN);
  const indent = ' '.repeat(MARGIN);
  const commands = command === undefined ? [] : commandLines(command, pen.columns, indent);
  // A command that had to be cut goes on in the first column, where the margin has no room.
  const cut = commands.findIndex((line) => !line.startsWith(indent));
  const beside = cut < 0 ? commands : commands.slice(0, cut);
  const under = cut < 0 ? [] : commands.slice(cut);
  const lines = [...led, ...beside.map((line) => line.trimStart())];
  return [
    ...margin(pen, tag, lines.length === 0 && under.length > 0 ? [''] : lines, 'cyan'),
    ...under.map((line) => pen.paint(line, 'cyan')),
    ...(after === undefined ? [] : wrap(after, pen.columns - MARGIN)).map((line) => indent + line),
  ].map((line) => line.trimEnd());
}

function groupHead(pen: Pen, { first, listed, findings, more }: Group): string[] {
  const { report } = pen.messages;
  const isBlock = first.severity === 'block';
  const word = isBlock ? report.block : first.allowed === undefined ? report.warn : report.allow;
  const styles: readonly Style[] = isBlock
    ? ['red', 'bold']
    : first.allowed === undefined
      ? ['yellow']
      : ['green'];
  const versions = listed.length === 1 && more === 0 && findings.length > 1 ? findings.length : 0;
  const [only] = listed;
  const head = [
    { text: word, styles },
    { text: `${first.kind}/${pen.clean(first.rule)}`, styles: ['dim'] as const },
  ];
  const placed = (finding: Finding) => [
    { text: placeOf(pen, finding), styles: ['bold'] as const },
    ...(finding.commit === undefined || finding.path === undefined
      ? []
      : [{ text: finding.commit.slice(0, 7), styles: ['dim'] as const }]),
  ];
  const real = (parts: readonly { text: string; styles: readonly Style[] }[]) =>
    parts.filter((part) => part.text !== '');
  if (listed.length === 1 && more === 0 && only !== undefined) {
    const count =
      versions > 0 ? [{ text: report.versions(versions), styles: ['dim'] as const }] : [];
    return flow(pen, real([...head, ...placed(only), ...count]), BODY);
  }
  const count = { text: report.places(listed.length + more), styles: ['dim'] as const };
  return [
    ...flow(pen, [...head, count], BODY),
    ...listed.flatMap((finding) => flow(pen, real(placed(finding)), BODY + INDENT, BODY)),
  ];
}

function groupLines(pen: Pen, verdict: Verdict, context: ReportContext, group: Group): string[] {
  const { first, listed, more } = group;
  const { report } = pen.messages;
  const head = groupHead(pen, group);
  const rest = more > 0 ? [`${BODY}${pen.ellipsis} ${report.moreFindings(more, undefined)}`] : [];
  if (first.allowed !== undefined) {
    const { by, reason } = first.allowed;
    return [...head, ...rest, ...paragraph(pen, report.by(by, reason))];
  }
  const lines = [...head, ...rest, ...paragraph(pen, first.message)];
  if (first.severity !== 'block') return lines;
  const { fix, allow } = remedyFor(verdict, listed, context, pen.isAscii, pen.messages);
  return [
    ...lines,
    ...paragraph(pen, first.action),
    ...fixLines(pen, fix ?? {}),
    ...(allow === undefined
      ? []
      : margin(pen, report.tags.allow, yamlLines(pen.clean(allow), pen.columns - MARGIN), 'dim')),
    '',
  ];
}

function refLines(pen: Pen, verdict: Verdict, context: ReportContext): string[] {
  const { report } = pen.messages;
  const refs = context.refs ?? [];
  const { objects, bytes: volume } = verdict.coverage;
  const work = `${report.objects(objects)}, ${bytes(volume)}`;
  const done = { text: report.scannedIn(work, verdict.milliseconds), styles: ['dim'] as const };
  const named = (ref: NonNullable<ReportContext['refs']>[number], withObjects: boolean) => {
    const counts = [
      ...(ref.commits === undefined ? [] : [report.commits(ref.commits)]),
      ...(ref.objects === undefined || !withObjects ? [] : [report.objects(ref.objects)]),
    ].join(', ');
    return [
      { text: pen.clean(ref.name), styles: ['bold'] as const },
      ...(counts === '' ? [] : [{ text: counts, styles: [] }]),
    ];
  };
  const [first, ...others] = refs;
  if (first !== undefined && others.length === 0) {
    return flow(pen, [...named(first, false), done], BODY);
  }
  return [
    ...refs.slice(0, MOST_REFS).flatMap((ref) => flow(pen, named(ref, true), BODY)),
    ...(refs.length > MOST_REFS
      ? [`${INDENT}${pen.ellipsis} ${report.moreRefs(refs.length - MOST_REFS)}`]
      : []),
    ...flow(pen, [done], BODY),
  ];
}

/** What was not looked at is always told, also where it is nothing. */
function notCheckedLines(pen: Pen, verdict: Verdict): string[] {
  const { report } = pen.messages;
  const { notChecked } = verdict.coverage;
  if (notChecked.length === 0) {
    return flow(pen, [{ text: `${report.notChecked} ${report.nothing}`, styles: [] }], BODY);
  }
  const entries = notChecked
    .slice(0, MOST_NOT_CHECKED)
    .map(({ what, rule }) =>
      rule === 'payload' ? pen.clean(what) : `${pen.clean(what)} (${report.reasons[rule]})`,
    );
  const left = notChecked.length - entries.length;
  const all = left > 0 ? [...entries, report.moreFindings(left, undefined)] : entries;
  return wrap(`${report.notChecked} ${all.join('; ')}.`, pen.columns - BODY.length).map(
    (line, index) => (index === 0 ? INDENT : BODY) + line,
  );
}

function footLines(pen: Pen, verdict: Verdict, context: ReportContext, groups: readonly Group[]) {
  const { report } = pen.messages;
  const { notAsked } = verdict.coverage;
  const told = groups.reduce((sum, group) => sum + group.findings.length, 0);
  const unlisted = verdict.findings.length - told;
  const see = context.fullReport === undefined ? undefined : pen.clean(context.fullReport);
  const says = (text: string) =>
    wrap(text, pen.columns - BODY.length).map(
      (line, index) => (index === 0 ? INDENT : BODY) + line,
    );
  const offersAllow = groups.some(
    ({ first }) =>
      first.severity === 'block' &&
      remedyFor(verdict, [first], context, pen.isAscii, pen.messages).allow,
  );
  return [
    ...(unlisted > 0 ? says(`${pen.ellipsis} ${report.moreFindings(unlisted, see)}`) : []),
    // Told once, not under each of the lines it is about.
    ...(offersAllow ? says(report.allowGoes) : []),
    ...notCheckedLines(pen, verdict),
    ...(notAsked === undefined ? [] : says(report.notAsked[notAsked])),
    ...(unlisted === 0 && see !== undefined ? says(report.fullReport(see)) : []),
  ];
}

/**
 * The verdict for people, without a trailing newline. A clean act is one line; else the one-line
 * verdict is the first and the last, with a block a finding between. No line is wider than 80
 * columns (72 in the `remote` style), and nothing in it can move a terminal's cursor.
 */
export function renderVerdict(
  verdict: Verdict,
  context: ReportContext = {},
  options: TextOptions = {},
  messages: Messages = en,
): string {
  const pen = penOf(options, messages);
  const line = headline(verdict, context, pen);
  const { findings, coverage } = verdict;
  if (findings.length === 0 && coverage.notChecked.length === 0) return line;
  if (findings.length === 0) return [line, ...notCheckedLines(pen, verdict)].join('\n');

  const groups = groupFindings(findings);
  const isBlocked = verdict.verdict === 'block';
  const lines = groups.flatMap((group) => groupLines(pen, verdict, context, group));
  if (isBlocked && lines.at(-1) !== '') lines.push('');
  return [
    line,
    ...(isBlocked ? [...refLines(pen, verdict, context), ''] : []),
    ...lines,
    ...footLines(pen, verdict, context, groups),
    line,
  ].join('\n');
}
