import { FOREIGN } from '../audit/record-error.ts';
import type { CordonError } from '../error.ts';
import { en, plainText, type Messages } from '../messages/index.ts';
import type { Finding, Verdict } from '../model.ts';
import type { CompiledPolicy } from '../policy/index.ts';

/** Acts by which content goes somewhere. What only looks is never stopped for want of a record. */
const moves: ReadonlySet<Verdict['act']> = new Set(['commit', 'push', 'receive', 'copy']);

/**
 * The verdict of an act that could not be recorded: blocked where the act's label is at or above any
 * enforced policy's `record.require`, with a warning otherwise.
 */
export function withoutRecord(
  verdict: Verdict,
  policies: readonly CompiledPolicy[],
  error: CordonError,
  messages: Messages = en,
): Verdict {
  const isBlocked =
    moves.has(verdict.act) && policies.some((policy) => requiresRecord(policy, verdict.label));
  const full = error.code === 'record.full';
  const finding: Finding = {
    kind: 'policy',
    rule: 'record-unwritable',
    label: verdict.label ?? policies[0]?.policy.labels[0] ?? '',
    severity: isBlocked ? 'block' : 'warn',
    // The same of every act: what is wrong is the place, not the content.
    fingerprint: `f1:record-unwritable`,
    message: messages.recording.unwritable({
      path: plainText(String(error.data['path'] ?? '')),
      why: plainText(String(error.data['system'] ?? '')),
      full,
    }),
    action: messages.recording.unwritableAction({
      full,
      server: verdict.act === 'receive',
      // Its owner would be locked out, were another one to take the folder over.
      foreign: error.data['system'] === FOREIGN,
    }),
  };
  const findings = isBlocked ? [finding, ...verdict.findings] : [...verdict.findings, finding];
  const told = verdict.verdict === 'allow' ? 'warn' : verdict.verdict;
  return { ...verdict, verdict: isBlocked ? 'block' : told, findings };
}

/** An act with no label (a tag, an empty commit) carries none that could be too high. */
function requiresRecord(compiled: CompiledPolicy, label: string | undefined): boolean {
  const { policy } = compiled;
  if (policy.mode === 'observe') return false;
  const least = compiled.rank(policy.record.require);
  if (label === undefined) return least <= 0;
  const own = compiled.rank(label);
  // A label that this policy does not name could be any: it goes nowhere unrecorded.
  return own < 0 || own >= least;
}
