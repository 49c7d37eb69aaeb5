import { createHash } from 'node:crypto';
import type { Finding, FindingKind, Severity } from '../model.ts';
import type { Ruling } from './ruling.ts';
import { heightOf } from './ruling.ts';
import type { Messages } from '../messages/index.ts';

/** A finding that may still be outdone by a severer one of the same thing at the same place. */
export type Draft = Omit<Finding, 'severity' | 'allowed' | 'fingerprint'> & {
  readonly fingerprint?: string;
};

export interface Collector {
  /** `key`: what makes it one finding beside its kind; rule, object and place as the caller joins them. */
  add(kind: FindingKind, key: string, ruling: Ruling, draft: () => Draft): void;
  /** Blocks first, then kind, path, line. */
  findings(): Finding[];
}

/**
 * Listed findings of one kind and severity. More are counted, and one finding says so: a million
 * listed ones help nobody and would be gigabytes of JSON. The verdict does not depend on it.
 */
const MOST_LISTED = 5000;

const KINDS: readonly FindingKind[] = [
  'policy',
  'destination',
  'secret',
  'weights',
  'executable-model',
  'label',
  'copy',
  'signature',
  'uninspected',
];

/** `f1:…`, the same wherever the same content stands. */
export function fingerprintOf(kind: FindingKind, rule: string, thing: string): string {
  const hash = createHash('sha256').update(`${kind}\0${rule}\0${thing}`).digest('hex');
  return `f1:${hash.slice(0, 32)}`;
}

/** Sorts what has no path after all that has one. */
const PATHLESS = '\uffff';

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.severity, b.severity) ||
    Number(a.allowed !== undefined) - Number(b.allowed !== undefined) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    compareText(a.path ?? PATHLESS, b.path ?? PATHLESS) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    (a.offset ?? 0) - (b.offset ?? 0) ||
    compareText(a.rule, b.rule) ||
    compareText(a.object ?? '', b.object ?? '') ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

function severityOf(ruling: Ruling): Severity {
  return ruling.outcome === 'block' ? 'block' : 'warn';
}

function finish(draft: Draft, ruling: Ruling, messages: Messages): Finding {
  const note =
    ruling.outcome === 'known'
      ? ` ${messages.finding.already}`
      : ruling.outcome === 'observed'
        ? ` ${messages.finding.observed}`
        : '';
  const { fingerprint, message, ...rest } = draft;
  return {
    ...rest,
    severity: severityOf(ruling),
    message: message + note,
    fingerprint:
      fingerprint ?? fingerprintOf(draft.kind, draft.rule, draft.object ?? draft.path ?? ''),
    ...(ruling.allowed === undefined ? {} : { allowed: ruling.allowed }),
  };
}

export function createCollector(messages: Messages): Collector {
  const kept = new Map<string, { ruling: Ruling; draft: () => Draft }>();
  const listed = new Map<string, number>();
  const left = new Map<
    string,
    { kind: FindingKind; ruling: Ruling; label: string; count: number }
  >();

  return {
    add(kind, key, ruling, draft) {
      if (ruling.outcome === 'none') return;
      const id = `${kind}\0${key}`;
      const before = kept.get(id);
      if (before !== undefined) {
        if (heightOf(ruling) > heightOf(before.ruling)) kept.set(id, { ruling, draft });
        return;
      }
      const group = `${kind} ${ruling.outcome}`;
      const count = (listed.get(group) ?? 0) + 1;
      listed.set(group, count);
      if (count <= MOST_LISTED) kept.set(id, { ruling, draft });
      else left.set(group, { kind, ruling, label: draft().label, count: count - MOST_LISTED });
    },
    findings() {
      const all = [...kept.values()].map(({ ruling, draft }) => finish(draft(), ruling, messages));
      for (const { kind, ruling, label, count } of left.values()) {
        all.push(
          finish(
            {
              kind,
              rule: 'more',
              label,
              fingerprint: fingerprintOf(kind, 'more', ruling.outcome),
              message: messages.finding.more(count),
              action: messages.finding.moreAction,
            },
            ruling,
            messages,
          ),
        );
      }
      return all.sort(compareFindings);
    },
  };
}
