import type { Finding, Verdict } from '../model.ts';
import type { Messages } from '../messages/index.ts';
import { gitPath, isGlobSafe, yamlWord } from './paste.ts';
import type { ReportContext } from './context.ts';
import { widthOf } from './layout.ts';

/** What a person can do about a group of like findings. Lines are not yet wrapped. */
export interface Remedy {
  readonly fix?: {
    readonly lead?: string;
    readonly command?: string;
    /** What is left when that is done. */
    readonly after?: string;
  };
  /** A line for the policy's `allow`. */
  readonly allow?: string;
}

/** A longer path would have to be cut, and YAML cannot be. Its fingerprint stands for it. */
const LONGEST_ALLOWED_PATH = 44;

const short = (id: string) => id.slice(0, 7);

/** A commit further back is opened with a rebase; its parent is named by a word, which root has not. */
function openCommit(commit: string, context: ReportContext): string {
  return context.rootCommits?.has(commit) === true ? '--root' : `${short(commit)}^`;
}

function isTip(commit: string, context: ReportContext): boolean {
  return context.refs?.some((ref) => ref.tip === commit) === true;
}

/** A secret in a file's name: the name is withheld, so no command can hold it. */
function renameOf(
  verdict: Verdict,
  finding: Finding,
  context: ReportContext,
  { report }: Messages,
) {
  if (verdict.act === 'scan') return {};
  if (verdict.act === 'commit') return { lead: report.rename };
  const { commit } = finding;
  if (commit === undefined) return {};
  const amend = 'git commit --amend --no-edit';
  if (isTip(commit, context)) return { lead: report.renameAnd, command: amend };
  const open = openCommit(commit, context);
  return { lead: report.rebaseAndRename(open), command: `${amend} && git rebase --continue` };
}

function fixOf(
  verdict: Verdict,
  findings: readonly Finding[],
  context: ReportContext,
  isAscii: boolean,
  messages: Messages,
): Remedy['fix'] {
  const [first] = findings;
  if (first === undefined || first.kind === 'policy' || first.kind === 'destination') return {};
  const { report } = messages;
  const moves = verdict.act === 'push' || verdict.act === 'receive';
  const { commit } = first;

  if (first.path === undefined) {
    if (!moves || first.kind !== 'secret') return {};
    if (commit === undefined) return { lead: report.deleteTag };
    return isTip(commit, context)
      ? { command: 'git commit --amend' }
      : { lead: report.reword(openCommit(commit, context)) };
  }
  // The remedy for a label is where to send it, which the action says.
  if (first.kind === 'label' || first.kind === 'copy') return {};

  const isWithheld = (finding: Finding) => finding.path?.includes(messages.finding.withheldName);
  if (first.kind === 'secret' && first.line === undefined && isWithheld(first) === true) {
    return renameOf(verdict, first, context, messages);
  }
  const names = findings
    .filter(
      (finding) =>
        finding.commit === commit &&
        finding.pathBytes === undefined &&
        isWithheld(finding) !== true,
    )
    .flatMap((finding) => gitPath(finding.path ?? '', isAscii) ?? []);
  if (names.length === 0) return verdict.act === 'scan' ? {} : { lead: report.removeByHand };
  const paths = [...new Set(names)].join(' ');
  const isSecret = first.kind === 'secret';
  if (verdict.act === 'commit') {
    return isSecret
      ? { lead: report.edit, command: `git add -- ${paths}` }
      : { command: `git reset -q -- ${paths}` };
  }
  if (!moves || commit === undefined) return {};
  // Taking out the only file of a commit leaves an empty one, which git makes only when told to.
  const amend = isSecret
    ? `git add -- ${paths} && git commit --amend --no-edit`
    : `git rm -q --cached -- ${paths} && git commit --amend --no-edit --allow-empty`;
  // A commit at a time: the next push names the rest by the ids they then have.
  const others = new Set(findings.map((finding) => finding.commit)).size - 1;
  const after = others > 0 ? { after: report.otherCommits(others) } : {};
  if (isTip(commit, context)) {
    return { ...(isSecret ? { lead: report.edit } : {}), command: amend, ...after };
  }
  const open = openCommit(commit, context);
  return {
    ...after,
    lead: isSecret ? report.rebaseAndEdit(open) : report.rebase(open),
    command: `${amend} && git rebase --continue`,
  };
}

function allowOf(
  findings: readonly Finding[],
  isAscii: boolean,
  { report }: Messages,
): string | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const { kind, fingerprint } = first;
  // What is not of the content cannot be let through by a line about content.
  if (first.rule === 'index-unreadable') return undefined;
  if (kind === 'policy' || kind === 'destination' || kind === 'signature') return undefined;
  // One path is enough to show the line's shape; a long list would only hide it.
  const path = first.path ?? '';
  // A file that was let through by its path would take in the next paste unseen.
  const byPath = kind !== 'secret' && kind !== 'copy';
  const by =
    byPath && path !== '' && isGlobSafe(path, isAscii) && widthOf(path) <= LONGEST_ALLOWED_PATH
      ? `paths: [${yamlWord(path)}]`
      : `fingerprint: ${yamlWord(fingerprint)}`;
  return `- {kind: ${kind}, ${by}, reason: ${yamlWord(report.reason)}}`;
}

export function remedyFor(
  verdict: Verdict,
  findings: readonly Finding[],
  context: ReportContext,
  isAscii: boolean,
  messages: Messages,
): Remedy {
  const fix = fixOf(verdict, findings, context, isAscii, messages);
  const allow = allowOf(findings, isAscii, messages);
  return {
    ...(fix === undefined ? {} : { fix }),
    ...(allow === undefined ? {} : { allow }),
  };
}
