import type { Label, PolicySource } from '../model.ts';
import { en } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Style } from './color.ts';
import type { TextOptions } from './context.ts';
import { shorten, widthOf, wrap } from './layout.ts';
import { penOf } from './pen.ts';
import type { Pen } from './pen.ts';

/** What `cordon explain PATH` has found out. */
export interface Explanation {
  readonly path: string;
  readonly label: Label;
  /** What gave the label; where several would, the one that gave the highest. */
  readonly why:
    | { readonly kind: 'marking'; readonly glob: string; readonly line?: number }
    | { readonly kind: 'default' }
    | { readonly kind: 'weights'; readonly rule: string }
    /** The same content stands, marked, at another path. */
    | { readonly kind: 'history'; readonly path: string };
  readonly policy: { readonly source: PolicySource; readonly file?: string };
  /** What the detectors saw. `detail` never holds a secret, only a redacted form. */
  readonly seen: readonly {
    readonly kind: string;
    readonly rule: string;
    readonly detail?: string;
  }[];
  readonly destinations: readonly {
    /** The remote's name, such as `origin`. */
    readonly name: string;
    readonly normal: string;
    readonly clearance: Label;
    readonly listed: boolean;
    readonly home: boolean;
    readonly may: boolean;
    /** Why, where it is not for the clearance alone. */
    readonly because?: string;
  }[];
  /** What the editor does when the content heads for a place that git does not track. */
  readonly copying?: 'allow' | 'warn' | 'block';
  readonly tracked: boolean;
}

type ExplainedDestination = Explanation['destinations'][number];

/** A file with a thousand secrets is told by its first few. */
const MOST_SEEN = 8;
/** A list longer than a screen explains nothing. */
const MOST_DESTINATIONS = 10;
/** How much of a long path is shown at least. */
const FEWEST_OF_PATH = 16;
/** A line that goes on is set in, so that it does not read as a line of its own. */
const BESIDE = 2;

function whyText({ why, policy }: Explanation, { explain, formatName }: Messages): string {
  switch (why.kind) {
    case 'marking': {
      const file = policy.file ?? explain.policyFile;
      return explain.marked(why.glob, why.line === undefined ? file : `${file}:${why.line}`);
    }
    case 'default':
      return explain.unmarked;
    case 'weights':
      return explain.weights(formatName(why.rule));
    case 'history':
      return explain.moved(why.path);
  }
}

function seenText({ kind, rule, detail }: Explanation['seen'][number], messages: Messages): string {
  const { explain, formatName, ruleName, reasons } = { ...messages, ...messages.report };
  switch (kind) {
    case 'secret':
      return explain.secret(ruleName(rule), detail);
    case 'weights':
      return explain.found(explain.weightsFound(formatName(rule)), detail);
    case 'executable-model':
      return explain.found(explain.runsCode, detail ?? rule);
    case 'copy': {
      const { explained } = messages.copies;
      return Object.hasOwn(explained, rule) && detail !== undefined
        ? explained[rule as keyof typeof explained](detail)
        : explain.found(`${kind}/${rule}`, detail);
    }
    case 'uninspected':
      return explain.found(
        explain.notLooked,
        Object.hasOwn(reasons, rule) ? reasons[rule as keyof typeof reasons] : (detail ?? rule),
      );
    default:
      return explain.found(`${kind}/${rule}`, detail);
  }
}

function destinationText(destination: ExplainedDestination, { explain }: Messages): string {
  const { name, normal, clearance, listed, home, because } = destination;
  const who = name === '' || name === normal ? normal : `${name}: ${normal}`;
  const facts = [
    ...(home ? [explain.home] : []),
    because ?? (listed ? explain.cleared(clearance) : explain.notListed(clearance)),
  ];
  return `${who} (${facts.join(', ')})`;
}

interface Row {
  readonly tag: string;
  readonly texts: readonly string[];
  readonly style?: Style;
}

function rowsOf(explanation: Explanation, messages: Messages): Row[] {
  const { explain, report } = messages;
  const { seen, destinations, copying, policy, tracked } = explanation;
  const most = <Item>(items: readonly Item[], room: number, tell: (item: Item) => string) => [
    ...items.slice(0, room).map(tell),
    ...(items.length > room ? [report.moreFindings(items.length - room, undefined)] : []),
  ];
  const toward = (may: boolean) =>
    most(
      destinations.filter((one) => one.may === may),
      MOST_DESTINATIONS,
      (one) => destinationText(one, messages),
    );
  const told = [...new Set(seen.map((one) => seenText(one, messages)))];
  const may = toward(true);
  const mayNot = toward(false);
  const source = explain.sources[policy.source];
  const rows: readonly Row[] = [
    { tag: explain.tags.why, texts: [whyText(explanation, messages)] },
    { tag: explain.tags.seen, texts: most(told, MOST_SEEN, (text) => text) },
    {
      tag: explain.tags.may,
      texts: may.length > 0 ? may : [destinations.length > 0 ? explain.nowhere : explain.noRemote],
      style: may.length > 0 ? 'green' : 'yellow',
    },
    { tag: explain.tags.mayNot, texts: mayNot, style: 'red' },
    { tag: explain.tags.copying, texts: copying === undefined ? [] : [explain.copying[copying]] },
    { tag: explain.tags.git, texts: tracked ? [] : [explain.untracked] },
    {
      tag: explain.tags.policy,
      texts: [policy.file === undefined ? source : `${source} (${policy.file})`],
    },
  ];
  return rows.filter(({ texts }) => texts.length > 0);
}

function rowLines(pen: Pen, { tag, texts, style }: Row, margin: number): string[] {
  return texts
    .flatMap((text) =>
      wrap(pen.clean(text), pen.columns - margin - BESIDE).map((line, at) =>
        at === 0 ? line : ' '.repeat(BESIDE) + line,
      ),
    )
    .map((line, at) => {
      const head = at === 0 ? `  ${tag}` : '';
      const space = ' '.repeat(margin - widthOf(head));
      return (
        pen.paint(head, ...(style === undefined ? (['dim'] as const) : [style])) + space + line
      );
    });
}

/** The explanation for people, without a trailing newline: the label first, then why and whither. */
export function renderExplanation(
  explanation: Explanation,
  options: TextOptions & { readonly messages?: Messages } = {},
): string {
  const messages = options.messages ?? en;
  const pen = penOf(options, messages);
  const { path, label } = explanation;
  const rows = rowsOf(explanation, messages);
  const margin = Math.max(...rows.map(({ tag }) => widthOf(tag))) + 4;
  const is = (shown: string) => pen.clean(messages.explain.is(shown, label));
  const room = pen.columns - widthOf(is(''));
  // The label is what was asked for: a long path gives way to it.
  const head = is(shorten(pen.clean(path), Math.max(room, FEWEST_OF_PATH), pen.ellipsis));
  return [
    ...wrap(head, pen.columns).map((line) => pen.paint(line, 'bold')),
    ...rows.flatMap((row) => rowLines(pen, row, margin)),
  ].join('\n');
}

/** The explanation for scripts, with a newline at the end. Fields are added, never renamed. */
export function renderExplanationJson(explanation: Explanation): string {
  const { path, label, why, policy, seen, destinations, copying, tracked } = explanation;
  const contract = {
    schema: 1,
    path,
    label,
    why,
    policy: { source: policy.source, file: policy.file },
    seen: seen.map(({ kind, rule, detail }) => ({ kind, rule, detail })),
    destinations: destinations.map(({ name, normal, clearance, listed, home, may, because }) => ({
      name,
      normal,
      clearance,
      listed,
      home,
      may,
      because,
    })),
    copying,
    tracked,
  };
  return `${JSON.stringify(contract, null, 2)}\n`;
}
