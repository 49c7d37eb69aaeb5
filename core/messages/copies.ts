import type { Label } from '../model.ts';

/** A copy as its sentence names it. Lines are 1-based and inclusive. */
export interface CopyText {
  readonly rule: 'whole' | 'copy' | 'renamed';
  readonly grade: 'sure' | 'likely';
  readonly label: Label;
  /** Covered lines of the content; undefined where it was decoded from something without lines. */
  readonly lines: { readonly first: number; readonly last: number } | undefined;
  readonly source: { readonly path: string; readonly line: number; readonly endLine?: number };
}

const range = (first: number, last: number | undefined): string =>
  last === undefined || last <= first ? String(first) : `${first}-${last}`;

/** What stands here, up to where it may go. */
function whatStands({ rule, grade, lines, source }: CopyText): string {
  if (rule === 'whole') return `The same file as ${source.path}`;
  const kind = rule === 'renamed' ? 'a renamed copy' : 'a copy';
  const from = `${source.path}:${range(source.line, source.endLine)}`;
  if (lines === undefined) {
    return `${grade === 'likely' ? 'What looks like' : 'Holds'} ${kind} of ${from}`;
  }
  const many = lines.last > lines.first;
  const who = `${many ? 'Lines' : 'Line'} ${range(lines.first, lines.last)}`;
  const verb = grade === 'likely' ? (many ? 'look like' : 'looks like') : many ? 'are' : 'is';
  return `${who} ${verb} ${kind} of ${from}`;
}

/** Sentences of copies: findings, and what `cordon explain` tells. */
export const copies = {
  /** On its way to a place. `cleared`: the sentence's end that says what the place is cleared for. */
  moving: (p: CopyText & { readonly cleared: string }) =>
    `${whatStands(p)}, which is ${p.label}; ${p.cleared}.`,
  /** At rest, where content of a lower label is expected. */
  resting: (p: CopyText & { readonly own: Label }) =>
    `${whatStands(p)}, which is ${p.label}; this place is only ${p.own}.`,
  movingAction: (p: { readonly label: Label; readonly cleared: readonly string[] }) =>
    p.cleared.length > 0
      ? `Take it out, or push it to a destination cleared for ${p.label}: ${p.cleared.join(', ')}.`
      : `Take it out. No destination in the policy is cleared for ${p.label}.`,
  restingAction: (p: { readonly label: Label }) =>
    `Take it out, or mark this path ${p.label} in the policy.`,
  /** What `cordon explain` says was seen. `source`: its place and label. */
  explained: {
    whole: (source: string) => `the same file as ${source}`,
    copy: (source: string) => `copy of ${source}`,
    renamed: (source: string) => `renamed copy of ${source}`,
  },
};
