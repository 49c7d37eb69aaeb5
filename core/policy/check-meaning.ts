import type { Label } from '../model.ts';
import { objectionToGlob } from './check-glob.ts';
import { defaultLabels } from './fill-defaults.ts';
import { nearestWord } from './nearest-word.ts';
import type { PolicyProblem } from './problem.ts';
import { quoted } from './problem.ts';
import type { ValuePath } from './read-yaml.ts';
import type { PolicyFile } from './schema.ts';

/** A problem before it is known where in the file it stands. */
export type Objection = Pick<PolicyProblem, 'code' | 'expected' | 'found' | 'nearest'> & {
  readonly at: ValuePath;
  /** True where the key is wrong, not what stands behind it. */
  readonly isKey?: boolean;
};

/** Everything a file can say in the right shape and still not mean. */
export function checkMeaning(shape: PolicyFile): Objection[] {
  const labels = shape.labels ?? defaultLabels;
  return [
    ...checkLabels(labels),
    ...labelUses(shape).flatMap(({ at, label, isKey }) =>
      labels.includes(label) ? [] : [unknownLabel(at, label, labels, isKey)],
    ),
    ...checkGlobs(shape),
    ...checkValues(shape),
  ];
}

function checkLabels(labels: readonly Label[]): Objection[] {
  const seen = new Set<string>();
  return labels.flatMap((label, index): Objection[] => {
    const at = ['labels', index];
    // Labels that look alike would be two ranks that a reviewer takes for one.
    const alike = label.normalize('NFKC').toLowerCase();
    if (seen.has(alike)) {
      return [{ at, code: 'duplicate', expected: 'each label once', found: quoted(label) }];
    }
    seen.add(alike);
    return /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} ._+-]*[\p{L}\p{N}\p{M}._+-])?$/u.test(label)
      ? []
      : [
          {
            at,
            code: 'bad-value',
            expected: 'letters, digits, spaces and . _ + -',
            found: quoted(label),
          },
        ];
  });
}

interface LabelUse {
  readonly at: ValuePath;
  readonly label: Label;
  readonly isKey?: boolean;
}

function labelUses(shape: PolicyFile): LabelUse[] {
  const one = (at: ValuePath, label: Label | undefined): LabelUse[] =>
    label === undefined ? [] : [{ at, label }];
  return [
    ...one(['defaultLabel'], shape.defaultLabel),
    ...(shape.markings ?? []).flatMap((each, i) => one(['markings', i, 'label'], each.label)),
    ...one(['weights', 'label'], shape.weights?.label),
    ...one(['copies', 'from'], shape.copies?.from),
    ...(shape.destinations ?? []).flatMap((each, i) =>
      one(['destinations', i, 'clearance'], each.clearance),
    ),
    ...Object.keys(shape.copying ?? {}).map((label) => ({
      at: ['copying', label],
      label,
      isKey: true,
    })),
    ...(shape.signing ?? []).flatMap((each, i) => one(['signing', i, 'label'], each.label)),
    ...one(['record', 'reads'], shape.record?.reads),
    ...one(['record', 'require'], shape.record?.require),
  ];
}

function unknownLabel(
  at: ValuePath,
  label: Label,
  labels: readonly Label[],
  isKey = false,
): Objection {
  const nearest = nearestWord(label, labels);
  return {
    at,
    isKey,
    code: 'unknown-label',
    expected: labels.join(' | '),
    found: quoted(label),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function checkGlobs(shape: PolicyFile): Objection[] {
  const lists: (readonly [ValuePath, readonly string[]])[] = [
    ...(shape.markings ?? []).map(({ paths }, i) => [['markings', i, 'paths'], paths] as const),
    ...(shape.allow ?? []).map(({ paths }, i) => [['allow', i, 'paths'], paths ?? []] as const),
  ];
  return lists.flatMap(([at, globs]) =>
    globs.flatMap((glob, index): Objection[] => {
      const objection = objectionToGlob(glob);
      return objection === undefined
        ? []
        : [{ at: [...at, index], code: 'bad-glob', ...objection, found: quoted(glob) }];
    }),
  );
}

function checkValues(shape: PolicyFile): Objection[] {
  const found: Objection[] = [];
  for (const [index, line] of (shape.allow ?? []).entries()) {
    const at = ['allow', index];
    if (line.reason.trim() === '') {
      found.push({
        at: [...at, 'reason'],
        code: 'bad-value',
        expected: 'a reason',
        found: 'nothing',
      });
    }
    if (line.paths === undefined && line.rule === undefined && line.fingerprint === undefined) {
      // Without one of them the line would let through everything of its kind.
      found.push({ at, code: 'incomplete', expected: 'paths | rule | fingerprint' });
    }
  }
  for (const [index, { url }] of (shape.destinations ?? []).entries()) {
    if (url.trim() !== url) {
      const at = ['destinations', index, 'url'];
      found.push({
        at,
        code: 'bad-value',
        expected: 'a URL without spaces around it',
        found: quoted(url),
      });
    }
  }
  const { signers } = shape;
  if (
    signers !== undefined &&
    (/^(?:[/\\]|[A-Za-z]:)/u.test(signers) || /(?:^|[/\\])\.\.(?:[/\\]|$)/u.test(signers))
  ) {
    const expected = "a path relative to the repository's top";
    found.push({ at: ['signers'], code: 'bad-value', expected, found: quoted(signers) });
  }
  const ship = shape.record?.ship;
  if (ship !== undefined && !isHttps(ship)) {
    const expected = 'an https:// URL without user and password';
    found.push({ at: ['record', 'ship'], code: 'bad-value', expected, found: 'another' });
  }
  return found;
}

function isHttps(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}
