import { createHash } from 'node:crypto';
import type { NewEvent } from '../audit/event.ts';
import { CordonError } from '../error.ts';
import type { Act, Finding, Label, Verdict } from '../model.ts';
import type { Loosening } from '../policy/index.ts';

/** What an act did to the policy file, and what that relaxes. */
export interface PolicyTouch {
  readonly how: 'changed' | 'deleted';
  readonly loosened: readonly Loosening[];
}

/** One act as the record is told of it. */
export interface RecordedAct {
  readonly verdict: Verdict;
  /** Where it goes, in the one normal form that policies match. */
  readonly destination?: string;
  /** Refs it moves; a deleted one has a tip of zeros. */
  readonly refs?: NonNullable<NewEvent['refs']>;
  readonly policyTouch?: PolicyTouch;
  /** How high a label stands, by the policies that counted; without it all are equal. */
  readonly rank?: (label: Label) => number;
  readonly circumstances: readonly string[];
  /** Further plain facts, such as which way a scan went. */
  readonly data?: NewEvent['data'];
}

/** Listed for one act; the rest is counted. An event is one line of less than 64 KB. */
const MOST_FINDINGS = 100;
const MOST_REFS = 100;
const MOST_ALLOWED = 50;
const MOST_LOOSENED = 20;

const POLICY_PATH = '.cordon/policy.yaml';

/**
 * The events of one judged act: the act itself, then a change of the policy, then each thing that an
 * allow line or a marker let through. No sentence of a finding goes in: those may name content.
 */
export function eventsOfVerdict(act: RecordedAct): NewEvent[] {
  const { verdict, policyTouch } = act;
  const change = policyTouch === undefined ? [] : [policyChange(act, policyTouch)];
  return [actEvent(act), ...change, ...allowEvents(verdict, act.circumstances)];
}

function actEvent({
  verdict,
  destination,
  refs,
  rank,
  circumstances,
  data,
}: RecordedAct): NewEvent {
  const { act, coverage, label } = verdict;
  const findings = weightiestFirst(verdict.findings, rank);
  const first = findings.find(({ path }) => path !== undefined);
  const object = first?.object ?? first?.commit;
  const zero = refs?.filter(({ tip }) => /^0+$/.test(tip)).length ?? 0;
  return {
    kind: act,
    ...(first?.path !== undefined && { path: first.path }),
    ...(destination !== undefined && { to: destination }),
    ...(object !== undefined && { object }),
    ...(refs !== undefined && { refs: refs.slice(0, MOST_REFS) }),
    ...(label !== undefined && { label }),
    verdict: verdict.verdict,
    ...(findings.length > 0 && { findings: findings.slice(0, MOST_FINDINGS).map(findingOf) }),
    ...withCircumstances([...circumstances, ...(zero > 0 ? ['deletes-refs'] : [])]),
    data: {
      objects: coverage.objects,
      bytes: coverage.bytes,
      ...(coverage.notChecked.length > 0 && { notChecked: coverage.notChecked.length }),
      ...(coverage.notAsked !== undefined && { notAsked: coverage.notAsked }),
      ...(findings.length > 0 && countsOf(findings)),
      ...(refs !== undefined && refs.length > MOST_REFS && { refs: refs.length }),
      ...(verdict.destination !== undefined && {
        clearance: verdict.destination.clearance,
        home: verdict.destination.home,
      }),
      ...policyHashes(verdict),
      milliseconds: Math.round(verdict.milliseconds),
      ...data,
    },
  };
}

/** An act names one path: of what it was stopped for, and of that the highest label. */
function weightiestFirst(
  findings: readonly Finding[],
  rank: RecordedAct['rank'] = () => 0,
): readonly Finding[] {
  const weight = ({ severity, allowed }: Finding) =>
    allowed !== undefined ? 0 : severity === 'warn' ? 1 : 2;
  return findings.toSorted((a, b) => weight(b) - weight(a) || rank(b.label) - rank(a.label));
}

const findingOf = ({ kind, rule, severity, fingerprint }: Finding) => ({
  kind,
  rule,
  severity,
  fingerprint,
});

function countsOf(findings: readonly Finding[]): NonNullable<NewEvent['data']> {
  const allowed = findings.filter(({ allowed: by }) => by !== undefined).length;
  const blocks = findings.filter(({ severity }) => severity === 'block').length;
  const paths = new Set(findings.flatMap(({ path }) => path ?? [])).size;
  return { findings: findings.length, blocks, allowed, paths };
}

/** The one that counts first stands in every event; here are all, by where each comes from. */
function policyHashes({ policies }: Verdict): NonNullable<NewEvent['data']> {
  const [, ...others] = policies;
  return others.length === 0
    ? {}
    : { policies: policies.map(({ source, hash }) => `${source}=${hash}`).join(' ') };
}

function policyChange(act: RecordedAct, { how, loosened }: PolicyTouch): NewEvent {
  const { verdict, destination, circumstances } = act;
  const tip = verdict.policies.find(({ source }) => source === 'tip');
  const told = verdict.findings.filter(({ kind }) => kind === 'policy');
  const details = loosened
    .slice(0, MOST_LOOSENED)
    .map((one, index) => [`loosened${index + 1}`, loosening(one)] as const);
  return {
    kind: 'policy-change',
    path: POLICY_PATH,
    ...(destination !== undefined && { to: destination }),
    verdict: verdict.verdict,
    ...(told.length > 0 && { findings: told.slice(0, MOST_FINDINGS).map(findingOf) }),
    ...withCircumstances([how, ...(loosened.length > 0 ? ['loosened'] : []), ...circumstances]),
    data: {
      act: verdict.act,
      ...(tip !== undefined && { hash: tip.hash }),
      ...(loosened.length > 0 && { loosened: loosened.length }),
      ...Object.fromEntries(details),
    },
  };
}

/** An allow line's reason is free text of a person's: its hash tells it from another, no more. */
function loosening({ rule, detail }: Loosening): string {
  return rule === 'allow' ? `allow ${hashOf(detail)}` : `${rule}: ${detail.slice(0, 300)}`;
}

function allowEvents({ findings, act }: Verdict, circumstances: readonly string[]): NewEvent[] {
  const through = findings.filter(({ allowed }) => allowed !== undefined);
  return through.slice(0, MOST_ALLOWED).map((finding, index) => ({
    kind: 'allow' as const,
    ...(finding.path !== undefined && { path: finding.path }),
    ...(finding.object !== undefined && { object: finding.object }),
    label: finding.label,
    verdict: 'allow' as const,
    findings: [findingOf(finding)],
    ...withCircumstances(circumstances),
    data: {
      act,
      by: finding.allowed?.by ?? '',
      reason: hashOf(finding.allowed?.reason ?? ''),
      ...(finding.line !== undefined && { line: finding.line }),
      ...(index === MOST_ALLOWED - 1 &&
        through.length > MOST_ALLOWED && { more: through.length - MOST_ALLOWED }),
    },
  }));
}

/** An act that came to no verdict: it was stopped, and the record says how. */
export function eventOfFailure(
  act: Act,
  error: unknown,
  circumstances: readonly string[],
): NewEvent {
  const code = error instanceof CordonError ? error.code : 'internal';
  const how =
    code === 'interrupted'
      ? 'interrupted'
      : code.startsWith('policy.')
        ? 'policy-error'
        : code === 'internal'
          ? 'internal-error'
          : 'failed';
  return {
    kind: act,
    verdict: 'block',
    ...withCircumstances([how, ...circumstances]),
    data: { error: code },
  };
}

const withCircumstances = (words: readonly string[]) =>
  words.length === 0 ? {} : { circumstances: words };

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);
