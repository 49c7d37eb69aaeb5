import type { Coverage, Finding, Verdict } from '../model.ts';

/** The order of the contract; what is not set stands nowhere. */
function findingJson(finding: Finding) {
  const { kind, rule, label, severity, path, pathBytes, line, column, offset } = finding;
  const { endLine } = finding;
  const { object, commit, ref, layer, fingerprint, message, action, source, allowed } = finding;
  return {
    kind,
    rule,
    label,
    severity,
    path,
    pathBytes,
    line,
    column,
    offset,
    endLine,
    object,
    commit,
    ref,
    layer,
    fingerprint,
    message,
    action,
    source: source && {
      path: source.path,
      line: source.line,
      endLine: source.endLine,
      grade: source.grade,
      bits: source.bits,
      tokens: source.tokens,
    },
    allowed: allowed && { by: allowed.by, reason: allowed.reason },
  };
}

function coverageJson({ objects, bytes, notChecked, notAsked }: Coverage) {
  return {
    objects,
    bytes,
    notChecked: notChecked.map(({ what, rule, object }) => ({ what, rule, object })),
    notAsked,
  };
}

/**
 * The verdict as the JSON contract has it, with a newline at the end. Scripts depend on it: fields
 * are added, never renamed. Always English: pass a verdict judged with the English messages.
 */
export function renderJson(verdict: Verdict): string {
  const { schema, act, label, destination, policies, findings, coverage, milliseconds } = verdict;
  const contract = {
    schema,
    act,
    verdict: verdict.verdict,
    label,
    destination: destination && {
      url: destination.url,
      clearance: destination.clearance,
      home: destination.home,
    },
    policies: policies.map(({ source, hash }) => ({ source, hash })),
    findings: findings.map(findingJson),
    coverage: coverageJson(coverage),
    milliseconds: Math.round(milliseconds),
  };
  return `${JSON.stringify(contract, null, 2)}\n`;
}
