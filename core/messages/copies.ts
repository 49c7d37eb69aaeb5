import type { Label } from '../model.ts';
import { bytes, whole } from './quantity.ts';

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

const files = (count: number): string => `${whole(count)} file${count === 1 ? '' : 's'}`;

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
  register: {
    registered: (p: { readonly files: number; readonly text: number; readonly size: number }) =>
      `Registered: ${files(p.files)} (${bytes(p.size)}), ${whole(p.text)} of them text.`,
    nothing: 'Nothing is classified here: no file has the label that copies.from names, or above.',
    changes: (p: { added: number; changed: number; removed: number; unchanged: number }) =>
      `${whole(p.added)} new, ${whole(p.changed)} changed, ${whole(p.removed)} gone, ${whole(p.unchanged)} as they were.`,
    anew: {
      version: 'The index was made anew: another version of Cordon or of the background.',
      damaged: 'The index was made anew: the old one was damaged.',
      key: 'The index was made anew: under a new key.',
      asked: 'The index was made anew.',
    },
    index: (p: { readonly size: number; readonly folder: string }) =>
      `Index: ${bytes(p.size)} in ${p.folder}`,
    thresholds: (p: { readonly bits: number; readonly tokens: number }) =>
      `A copy counts from ${Math.round(p.bits)} bits of rare words, or ${whole(p.tokens)} tokens of structure.`,
    background: (p: { readonly packages: number; readonly bytes: number }) =>
      p.packages === 0
        ? 'Taken off as public: licence texts and common idioms. No installed packages were found.'
        : `Taken off as public: licence texts, common idioms, ${whole(p.packages)} installed package${p.packages === 1 ? '' : 's'} (${bytes(p.bytes)}).`,
    notTaken: (count: number) =>
      `${whole(count)} more ${count === 1 ? 'package was' : 'packages were'} too much to read: copies of that code may be told as well.`,
    calibrated: (p: { readonly files: number; readonly firedAfter: number }) =>
      `Tried on ${files(p.files)} of other public code: ${whole(p.firedAfter)} taken for copies.`,
    installedToo: (count: number) =>
      `Code that is installed here also has parts of ${whole(count)} of these files:`,
    installedLines: (p: { readonly path: string; readonly lines: number }) =>
      `${p.path}: ${whole(p.lines)} ${p.lines === 1 ? 'line' : 'lines'}`,
    moreFiles: (count: number) => `and ${files(count)} more`,
    installedAction:
      "They are looked for all the same. Where they are public, say so in home's policy, under allow, and register again:",
    key: 'Its key lies beside it, for you alone: it protects an index file that leaks, not from whoever can read your files.',
    unread: (p: { readonly count: number; readonly first: string; readonly reason: string }) =>
      `Not read: ${files(p.count)}, such as ${p.first} (${p.reason}).`,
    incomplete: 'The time was up: the rest is registered at the next call.',
    exported: (p: { readonly file: string; readonly size: number; readonly files: number }) =>
      `Exported ${files(p.files)} to ${p.file} (${bytes(p.size)}).`,
    exportedNames: (names: boolean) =>
      names
        ? 'Paths go with it: whoever opens it can read them.'
        : 'Paths stay here: elsewhere a source is called by an opaque name.',
    imported: (p: { readonly files: number; readonly replaced: boolean }) =>
      `Imported ${files(p.files)}${p.replaced ? ', in place of an earlier export' : ''}: copies of them are known here from now on.`,
    listed: (p: { name: string; imported: boolean; files: number; day: string; labels: string }) =>
      `${p.name}  ${files(p.files)}, ${p.labels}, ${p.day}${p.imported ? ', imported' : ''}`,
    listedBroken: (p: { readonly name: string; readonly problem: string }) =>
      `${p.name}  cannot be read: ${p.problem}`,
    listedNone: 'Nothing is registered on this machine. Make an index: cordon register',
    nothingToFind:
      'Nothing was checked: nothing is registered on this machine. First: cordon register',
    notHere: 'Only against other repositories: this one is not registered (cordon register).',
    clean: (count: number) => `Checked ${files(count)}: none holds content of a higher label.`,
    mislabelled: (count: number, checked: number) =>
      `${whole(count)} ${count === 1 ? 'place holds' : 'places hold'} content of a higher label, in ${files(checked)} checked.`,
    overlap: (p: {
      readonly rule: 'whole' | 'copy' | 'renamed';
      readonly source: string;
      readonly label: Label;
      readonly lines: number;
    }) =>
      p.rule === 'whole'
        ? `the same file as ${p.source} (${p.label})`
        : `${whole(p.lines)} ${p.lines === 1 ? 'line' : 'lines'} of ${p.source} (${p.label})${p.rule === 'renamed' ? ', renamed' : ''}`,
    overlapAllowed: (reason: string) => `let be: ${reason}`,
    overlapAction:
      "Mark them in the policy, take the content out, or let it be with an allow line in home's policy:",
    passphrase: 'Passphrase: ',
    passphraseAgain: 'Once more: ',
    passphrasesDiffer: 'the two passphrases differ',
  },
  explained: {
    whole: (source: string) => `the same file as ${source}`,
    copy: (source: string) => `copy of ${source}`,
    renamed: (source: string) => `renamed copy of ${source}`,
  },
};
