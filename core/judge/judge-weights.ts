import type { Fact, Label, WeightsFact } from '../model.ts';
import { sumPayload } from './sum-payload.ts';
import type { AllowLine } from '../policy/policy.ts';
import { allowedBy, allowLineFor } from './allow.ts';
import type { Bench } from './bench.ts';
import { fingerprintOf } from './collect.ts';
import {
  forPlaces,
  keyOf,
  labelFor,
  placesOf,
  positionOf,
  severest,
  toward,
  whereOf,
  withMore,
} from './court.ts';
import type { Court, Place } from './court.ts';
import type { Subject } from './judge.ts';
import { asked, NOTHING, rule } from './ruling.ts';
import { cellOf } from './table.ts';

/** All weights of one format in one subject. */
interface Load {
  readonly subject: Subject;
  readonly first: WeightsFact;
  readonly payload: number;
  readonly tensors: number | undefined;
  readonly fingerprint: string;
}

export interface WeightsJudge {
  /** Takes note of a subject's weights; they are judged when all are known, since they add up. */
  note(subject: Subject): void;
  conclude(): void;
}

const isWeights = (fact: Fact): fact is WeightsFact => fact.kind === 'weights';

function loadsOf(subject: Subject): Load[] {
  const byRule = new Map<string, WeightsFact[]>();
  for (const fact of subject.facts.filter(isWeights)) {
    const same = byRule.get(fact.rule);
    if (same === undefined) byRule.set(fact.rule, [fact]);
    else same.push(fact);
  }
  return [...byRule.values()].flatMap((facts) => {
    const [first] = facts;
    if (first === undefined) return [];
    const tensors = facts.reduce((sum, fact) => sum + (fact.tensors ?? 0), 0);
    return [
      {
        subject,
        first,
        payload: sumPayload(facts),
        tensors: tensors > 0 ? tensors : undefined,
        fingerprint: fingerprintOf(
          'weights',
          first.rule,
          subject.object ?? subject.places[0]?.path.text ?? '',
        ),
      },
    ];
  });
}

function lineFor(
  bench: Bench,
  load: Load,
  place: Place | undefined,
  spent: ReadonlySet<AllowLine>,
): AllowLine | undefined {
  return allowLineFor(
    bench,
    {
      kind: 'weights',
      rule: load.first.rule,
      fingerprint: load.fingerprint,
      path: place?.path.text,
      bytes: load.payload,
    },
    spent,
  );
}

/** Payload that each allow line would let through, once the spent ones are left out. */
function usedBy(
  bench: Bench,
  loads: readonly Load[],
  spent: ReadonlySet<AllowLine>,
): ReadonlyMap<AllowLine, number> {
  const used = new Map<AllowLine, number>();
  for (const load of loads) {
    if (load.subject.atDestination) continue;
    const lines = new Set(
      placesOf(load.subject).map((place) => lineFor(bench, load, place, spent)),
    );
    for (const line of lines) {
      if (line !== undefined) used.set(line, (used.get(line) ?? 0) + load.payload);
    }
  }
  return used;
}

/**
 * The allow lines whose `maxBytes` this act uses up. A model cut into parts that are each small
 * enough for the line would else pass under `test/fixtures/**` in one push.
 */
function spentLines(court: Court, bench: Bench, loads: readonly Load[]): ReadonlySet<AllowLine> {
  const spent = new Set<AllowLine>();
  if (court.column !== 'home' && court.column !== 'elsewhere') return spent;
  // What a spent line no longer lets through falls to the next line, which may then be spent too.
  for (let before = -1; spent.size > before;) {
    before = spent.size;
    for (const [line, sum] of usedBy(bench, loads, spent)) {
      if (line.maxBytes !== undefined && sum > line.maxBytes) spent.add(line);
    }
  }
  return spent;
}

/** How one policy sees all weights of the act together. */
interface Whole {
  readonly spent: ReadonlySet<AllowLine>;
  /** Payload of all that is new to the destination and that no line lets through everywhere. */
  readonly sum: number;
}

function weigh(court: Court, bench: Bench, loads: readonly Load[]): Whole {
  const spent = spentLines(court, bench, loads);
  const counts = (load: Load) =>
    !load.subject.atDestination &&
    placesOf(load.subject).some((place) => lineFor(bench, load, place, spent) === undefined);
  return { spent, sum: loads.filter(counts).reduce((sum, load) => sum + load.payload, 0) };
}

function highest(bench: Bench, a: Label, b: Label): Label {
  return bench.rank(a) >= bench.rank(b) ? a : b;
}

export function createWeightsJudge(court: Court): WeightsJudge {
  const loads: Load[] = [];

  function judgeLoad(load: Load, wholes: ReadonlyMap<Bench, Whole>): void {
    const { subject, first } = load;
    const isSmall = (bench: Bench) => {
      const { minBytes } = bench.compiled.policy.weights;
      return load.payload < minBytes && (wholes.get(bench)?.sum ?? 0) < minBytes;
    };
    const look = (place: Place | undefined) =>
      severest(court, (bench) => {
        const cell = cellOf(isSmall(bench) ? 'small-weights' : 'weights', court.column);
        const ask = asked(cell, bench, bench.compiled.policy.weights.label);
        if (ask === 'none') return NOTHING;
        const line = lineFor(bench, load, place, wholes.get(bench)?.spent ?? new Set());
        return rule(bench, ask, allowedBy(bench, line), subject.atDestination);
      });

    forPlaces(subject, look, (place, { ruling, bench }, more) => {
      if (bench === undefined) return;
      const where = whereOf(subject, place);
      const key = keyOf(first.rule, where.object, where.path);
      court.collector.add('weights', key, ruling, () => {
        const { policy } = bench.compiled;
        const own = labelFor(bench, subject, place);
        const small = isSmall(bench);
        const label = small ? own : highest(bench, policy.weights.label, own);
        const sum = wholes.get(bench)?.sum ?? 0;
        const text = {
          format: court.messages.formatName(first.rule),
          payload: load.payload,
          tensors: load.tensors,
          byName: first.evidence === 'name',
          label,
        };
        const { finding } = court.messages;
        const goes = court.column === 'home' || court.column === 'elsewhere';
        const message = small
          ? finding.weightsSmall(text)
          : goes || !bench.goesAnywhere(policy.weights.label)
            ? finding.weights({
                ...text,
                toward: toward(court, bench),
                sumOver: load.payload < policy.weights.minBytes ? sum : undefined,
              })
            : finding.weightsCommit(text);
        return {
          kind: 'weights',
          rule: first.rule,
          label,
          ...where,
          ...positionOf(first.at),
          fingerprint: load.fingerprint,
          message: withMore(court, message, more),
          action: finding.weightsAction({
            act: court.input.act,
            label: policy.weights.label,
            cleared: bench.clearedFor(policy.weights.label),
          }),
        };
      });
    });
  }

  return {
    note(subject) {
      loads.push(...loadsOf(subject));
    },
    conclude() {
      const wholes = new Map(court.benches.map((bench) => [bench, weigh(court, bench, loads)]));
      for (const load of loads) judgeLoad(load, wholes);
    },
  };
}
