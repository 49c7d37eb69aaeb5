import type { Decision, Fact, Label } from '../model.ts';
import { en } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { painter } from './color.ts';
import type { TextOptions } from './context.ts';
import { widthOf, wrap } from './layout.ts';
import { penOf } from './pen.ts';

/** What `cordon explain PATH` has found out. */
export interface Explanation {
  readonly path: string;
  /** The label that counts: the highest of all that is named below. */
  readonly label: Label;
  readonly marking?: { readonly label: Label; readonly glob: string };
  /** The default label, where no marking matches. */
  readonly unmarked?: Label;
  /** A marked name that has the same content. */
  readonly moved?: { readonly label: Label; readonly from: string };
  /** The label the policy gives weights. */
  readonly weightsLabel?: Label;
  readonly facts: readonly Fact[];
  readonly may: {
    readonly commit: Decision;
    readonly destinations: readonly {
      readonly url: string;
      readonly clearance: Label;
      readonly push: Decision;
    }[];
    /** A destination that is not listed. */
    readonly unlisted: Decision;
  };
  /** The policies that count, such as `home (.cordon/policy.yaml, 3f2a91c)`. */
  readonly policies: readonly string[];
}

/** Facts of one kind shown; a file with a thousand secrets is told by its first few. */
const MOST_FACTS = 8;
/** A list of destinations longer than a screen explains nothing. */
const MOST_DESTINATIONS = 12;

function factText(fact: Fact, weightsLabel: Label, messages: Messages): string | undefined {
  const { explain, formatName, ruleName } = messages;
  switch (fact.kind) {
    case 'weights':
      return explain.weights(weightsLabel, formatName(fact.rule), fact.payloadBytes);
    case 'secret':
      return explain.secret(ruleName(fact.rule), fact.redacted, fact.at.line);
    case 'executable-model':
      return explain.executable(fact.detail);
    case 'uninspected':
      return explain.uninspected(fact.rule);
    case 'opaque':
      return undefined;
  }
}

function reasons(explanation: Explanation, { explain }: Messages): string[] {
  const { marking, unmarked, moved } = explanation;
  return [
    ...(marking === undefined ? [] : [explain.marked(marking.label, marking.glob)]),
    ...(unmarked === undefined ? [] : [explain.unmarked(unmarked)]),
    ...(moved === undefined ? [] : [explain.moved(moved.label, moved.from)]),
  ];
}

/** The explanation for people, without a trailing newline. */
export function renderExplanation(
  explanation: Explanation,
  options: TextOptions = {},
  messages: Messages = en,
): string {
  const pen = penOf(options, messages);
  const paint = painter(options.color === true);
  const { explain, report } = messages;
  const { path, label, facts, may, policies } = explanation;
  const tags = [explain.why, explain.found, explain.commit, explain.to, explain.policy];
  const margin = Math.max(...tags.map(widthOf)) + 4;
  const rows: string[] = [];
  const row = (tag: string, texts: readonly string[]) => {
    const lines = texts.flatMap((text) => wrap(pen.clean(text), pen.columns - margin));
    lines.forEach((line, at) => {
      const head = at === 0 ? `  ${tag}` : '';
      rows.push(paint(head, 'dim') + ' '.repeat(margin - widthOf(head)) + line);
    });
  };

  const seen = facts.flatMap(
    (fact) => factText(fact, explanation.weightsLabel ?? label, messages) ?? [],
  );
  const told = [...new Set(seen)];
  const more = (count: number) => (count > 0 ? [report.moreFindings(count, undefined)] : []);
  const listed = may.destinations.slice(0, MOST_DESTINATIONS);
  row(explain.why, reasons(explanation, messages));
  row(explain.found, [...told.slice(0, MOST_FACTS), ...more(told.length - MOST_FACTS)]);
  row(explain.commit, [explain.decisions[may.commit]]);
  row(explain.to, [
    ...listed.map(
      ({ url, clearance, push }) =>
        `${url} (${explain.cleared(clearance)}): ${explain.decisions[push]}`,
    ),
    ...more(may.destinations.length - listed.length),
    `${explain.unlisted}: ${explain.decisions[may.unlisted]}`,
  ]);
  row(explain.policy, policies.length === 0 ? [explain.builtIn] : policies);
  const head = wrap(pen.clean(explain.is(path, label)), pen.columns);
  return [...head.map((line) => paint(line, 'bold')), ...rows].join('\n');
}
