import type { Finding } from '../model.ts';

/** Findings that one block of the report tells together. */
export interface Group {
  readonly first: Finding;
  /** All of the group, the listed ones first. */
  readonly findings: readonly Finding[];
  /** One a place; versions of one file are one. At most what is left of the report's room. */
  readonly listed: readonly Finding[];
  /** Places that are not listed. */
  readonly more: number;
}

/** Places listed in one report. */
const MOST_SHOWN = 5;

const placeKey = (finding: Finding) =>
  `${finding.path ?? finding.object ?? finding.commit ?? ''}\0${finding.layer ?? ''}\0${finding.line ?? ''}`;

/** What blocks comes before what warns, and what was let through comes last. */
const rankOf = ({ severity, allowed }: Finding) =>
  severity === 'block' ? 0 : allowed === undefined ? 1 : 2;

/**
 * The groups that are shown, in their order. Each kind has its turn before any has a second one:
 * five rules of secrets must not hide that weights leave too.
 */
function chooseGroups(groups: readonly (readonly Finding[])[]): (readonly Finding[])[] {
  const turns = new Map<string, number>();
  return groups
    .flatMap((group, at) => {
      const [first] = group;
      if (first === undefined) return [];
      const rank = rankOf(first);
      const turn = turns.get(`${rank} ${first.kind}`) ?? 0;
      turns.set(`${rank} ${first.kind}`, turn + 1);
      return [{ group, at, rank, turn }];
    })
    .sort((a, b) => a.rank - b.rank || a.turn - b.turn || a.at - b.at)
    .slice(0, MOST_SHOWN)
    .sort((a, b) => a.at - b.at)
    .map(({ group }) => group);
}

/**
 * Groups like findings in their order and spreads five places over the groups. Up to five findings
 * are alike where they say the same; more are alike where the rule is the same.
 */
export function groupFindings(findings: readonly Finding[]): readonly Group[] {
  const many = findings.length > MOST_SHOWN;
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { severity, kind, rule, message, action } = finding;
    const key = [severity, kind, rule, ...(many ? [] : [message, action])].join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  const shown = chooseGroups([...groups.values()]);
  // Each shown group gets one place; the first groups get what is left over.
  let spare = MOST_SHOWN - shown.length;
  return shown.flatMap((all) => {
    const places = [
      ...new Map(all.toReversed().map((one) => [placeKey(one), one])).values(),
    ].reverse();
    const room = 1 + Math.min(spare, places.length - 1);
    spare -= room - 1;
    const listed = places.slice(0, room);
    const [first] = listed;
    return first === undefined
      ? []
      : [{ first, findings: all, listed, more: places.length - listed.length }];
  });
}
