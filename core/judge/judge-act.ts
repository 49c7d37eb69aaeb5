import type { Coverage, Decision, Finding, NotChecked, Verdict } from '../model.ts';
import { en, plainText } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { openBench } from './bench.ts';
import { createCollector } from './collect.ts';
import { createHeights } from './heights.ts';
import type { Court } from './court.ts';
import { judgeCopies } from './judge-copy.ts';
import { judgeCoverage } from './judge-coverage.ts';
import { judgeFacts } from './judge-facts.ts';
import { judgeLabel } from './judge-label.ts';
import { judgeWay } from './judge-way.ts';
import { createWeightsJudge } from './judge-weights.ts';
import type { JudgeInput } from './judge.ts';
import { withholdNames } from './withhold-names.ts';
import { columnOf } from './table.ts';

/** What an allow line or a marker let through is told, and decides nothing. */
function decide(findings: readonly Finding[]): Decision {
  if (findings.some((finding) => finding.severity === 'block')) return 'block';
  return findings.some((finding) => finding.allowed === undefined) ? 'warn' : 'allow';
}

function clearanceToTell(court: Court): { destination?: NonNullable<Verdict['destination']> } {
  const { destination } = court.input;
  const [first, ...rest] = court.benches;
  if (destination === undefined || first === undefined) return {};
  // The lowest that any policy gives: the one that counts, since the severest verdict wins.
  const lowest = rest.reduce((low, one) => (low.isCleared(one.clearance) ? one : low), first);
  const { url, home } = destination;
  return { destination: { url, clearance: lowest.clearance, home } };
}

/**
 * What the policies make of the facts for one act: each policy alone, then the severest.
 *
 * Pure and synchronous. `subjects` is walked once. `messages` is the language of the findings'
 * sentences: English for anything a program reads. In `receive` the destination is the server
 * itself, under the address its administrator gave it: home's policy must list that address, like
 * any other, for what is above the lowest label to come in.
 */
export function judge(input: JudgeInput, messages: Messages = en): Verdict {
  // A push of several refs brings several tips, and none of them vouches for another.
  const alone = input.policies.every((one) => one.source === 'tip');
  const benches = input.policies.map((one) => openBench(one, input.destination, alone));
  const names = withholdNames(messages);
  const heights = createHeights(benches);
  const court: Court = {
    input,
    messages,
    column: columnOf(input.act, input.destination),
    benches,
    tips: benches.filter((bench) => bench.compiled.source === 'tip'),
    collector: createCollector(messages),
    heights,
    names,
  };
  const weights = createWeightsJudge(court);
  const coverage = judgeCoverage(court);

  judgeWay(court);
  for (const subject of input.subjects) {
    judgeLabel(court, subject);
    if (subject.facts.length === 0) continue;
    judgeFacts(court, subject);
    judgeCopies(court, subject);
    weights.note(subject);
    heights.note(subject);
    names.note(subject);
    coverage.note(subject);
  }
  weights.conclude();
  const told: Coverage = coverage.conclude();

  const label = heights.conclude();
  const findings = court.collector.findings().map((finding) => names.withhold(finding));
  const notChecked = told.notChecked.map((one: NotChecked) => ({
    ...one,
    what: plainText(names.withholdPath(one.what)),
  }));
  return {
    schema: 1,
    act: input.act,
    verdict: decide(findings),
    ...(label !== undefined && { label }),
    ...clearanceToTell(court),
    policies: input.policies.map(({ source, hash }) => ({ source, hash })),
    findings,
    coverage: { ...told, notChecked },
    milliseconds: input.milliseconds,
  };
}
