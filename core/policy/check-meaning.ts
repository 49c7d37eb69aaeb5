import type { PolicyFile } from './schema.ts';
import { defaultLabels } from './fill-defaults.ts';

/** Something of the right shape that means nothing: a label nobody named, a line that says nothing. */
export interface Misfit {
  readonly path: readonly PropertyKey[];
  /** Where the key itself is wrong, not its value. */
  readonly key?: string;
  readonly expected: string;
  readonly found: string;
  readonly words?: readonly string[];
}

export function checkMeaning(file: PolicyFile): Misfit[] {
  const labels = file.labels ?? defaultLabels;
  const misfits: Misfit[] = [];
  const expected = `one of the labels ${labels.join(', ')}`;
  const isLabel = (label: string | undefined, path: readonly PropertyKey[]) => {
    if (label === undefined || labels.includes(label)) return;
    misfits.push({ path, expected, found: label, words: labels });
  };
  for (const [index, label] of labels.entries()) {
    if (labels.indexOf(label) !== index) {
      misfits.push({ path: ['labels', index], expected: 'each label once', found: label });
    }
  }
  isLabel(file.defaultLabel, ['defaultLabel']);
  for (const [index, { label }] of (file.markings ?? []).entries()) {
    isLabel(label, ['markings', index, 'label']);
  }
  isLabel(file.weights?.label, ['weights', 'label']);
  isLabel(file.copies?.from, ['copies', 'from']);
  for (const [index, { clearance }] of (file.destinations ?? []).entries()) {
    isLabel(clearance, ['destinations', index, 'clearance']);
  }
  for (const [index, { label }] of (file.signing ?? []).entries()) {
    isLabel(label, ['signing', index, 'label']);
  }
  isLabel(file.record?.reads, ['record', 'reads']);
  for (const label of Object.keys(file.copying ?? {})) {
    if (!labels.includes(label)) {
      misfits.push({ path: ['copying'], key: label, expected, found: label, words: labels });
    }
  }
  for (const [index, line] of (file.allow ?? []).entries()) {
    const says = line.paths ?? line.rule ?? line.fingerprint;
    if (says === undefined) {
      misfits.push({
        path: ['allow', index],
        expected: 'at least one of paths, fingerprint and rule',
        found: '',
      });
    }
    if (line.reason.trim() === '') {
      misfits.push({ path: ['allow', index, 'reason'], expected: 'a reason', found: line.reason });
    }
  }
  return misfits;
}
