import type { Label } from '../model.ts';
import type { Bench } from './bench.ts';
import type { Subject } from './judge.ts';
import { carriesLabel, everyLabel } from './label-of-subject.ts';
import { sumPayload } from './sum-payload.ts';

/** The highest label that any subject of an act carries, under the policy that ranks it highest. */
export interface Heights {
  /** Takes note of a label that a policy gave; called for each of half a million names. */
  see(bench: Bench, label: Label): void;
  /** Asks every name of a subject, where judging it does not. */
  walk(subject: Subject): void;
  /** Takes note of what the facts of a subject say: weights and copies bring labels of their own. */
  note(subject: Subject): void;
  /** Undefined where nothing in the act carries a label. */
  conclude(): Label | undefined;
}

export function createHeights(benches: readonly Bench[]): Heights {
  const highest = new Map<Bench, { label: Label; rank: number }>();
  let payload = 0;
  const see = (bench: Bench, label: Label) => {
    const known = highest.get(bench);
    if (known?.label === label) return;
    const rank = bench.rank(label);
    if (known === undefined || rank > known.rank) highest.set(bench, { label, rank });
  };
  const isAtTop = (bench: Bench) =>
    (highest.get(bench)?.rank ?? -1) >= bench.compiled.policy.labels.length - 1;
  return {
    see,
    walk(subject) {
      if (!carriesLabel(subject)) return;
      for (const bench of benches) {
        if (isAtTop(bench)) continue;
        everyLabel(bench, subject, (label) => {
          see(bench, label);
          return !isAtTop(bench);
        });
      }
    },
    note(subject) {
      payload += sumPayload(subject.facts);
      for (const fact of subject.facts) {
        if (fact.kind !== 'copy' || fact.grade !== 'sure') continue;
        for (const bench of benches) see(bench, fact.label);
      }
    },
    conclude() {
      for (const bench of benches) {
        const { weights } = bench.compiled.policy;
        if (payload > 0 && payload >= weights.minBytes) see(bench, weights.label);
      }
      let most: { label: Label; rank: number } | undefined;
      for (const bench of benches) {
        const one = highest.get(bench);
        if (one !== undefined && (most === undefined || one.rank > most.rank)) most = one;
      }
      return most?.label;
    },
  };
}
