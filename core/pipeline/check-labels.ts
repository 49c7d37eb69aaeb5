import { join } from 'node:path';
import { repositoryId, runGit } from '../git/index.ts';
import { toPathName } from '../git/path-name.ts';
import { judge, type Subject } from '../judge/index.ts';
import type { CopyFact, Inspection, Label, NotChecked, PathName } from '../model.ts';
import { CordonError } from '../error.ts';
import { fileSource } from '../source/index.ts';
import { openFreshCopies } from './copies.ts';
import { createInspector, type Inspector } from './inspector.ts';
import { choosePoliciesAtRest } from './policies-at-rest.ts';
import type { Session } from './session.ts';

/** A tracked file of a lower label that holds part of a classified one. */
export interface Mislabelled {
  readonly path: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly rule: CopyFact['rule'];
  /** The source's. */
  readonly label: Label;
  readonly source: CopyFact['source'];
  /** Covered lines; of a whole file, 0. */
  readonly lines: number;
  readonly fingerprint: string;
  /** Set where an allow line of the policy lets it be. */
  readonly allowed?: { readonly by: string; readonly reason: string };
}

export interface LabelCheck {
  /** Whole files first, then by covered lines, the most first. */
  readonly found: readonly Mislabelled[];
  readonly files: number;
  readonly notChecked: readonly NotChecked[];
  /** Whether this repository is registered, or only others are; `none`: nothing could be looked for. */
  readonly registered: 'here' | 'elsewhere' | 'none';
}

/**
 * Looks for classified content in the tracked files whose own label is lower: they are marked wrong, or
 * the content is public. Each overlap is accepted once, by an allow line. Never taken off silently: what
 * the index left out for it would be looked for nowhere else.
 */
export async function checkLabels(session: Session): Promise<LabelCheck> {
  const { policies } = await choosePoliciesAtRest(session);
  const copies = await openFreshCopies(session);
  const inspector = createInspector({
    salt: '',
    deadline: session.deadline,
    ...(copies !== undefined && { copies }),
  });
  const found: Mislabelled[] = [];
  const notChecked: NotChecked[] = [...(copies?.gaps ?? [])];
  const paths = await trackedFiles(session);
  let bytes = 0;
  for (const [at, path] of paths.entries()) {
    const inspection = await inspectTracked(session, inspector, path);
    const told = inspection === undefined ? [] : tellOf(session, policies, path, inspection);
    found.push(...told);
    for (const fact of inspection?.facts ?? []) {
      if (fact.kind === 'uninspected') notChecked.push({ what: path.text, rule: fact.rule });
    }
    bytes += inspection?.bytes ?? 0;
    session.onProgress({ objects: at + 1, bytes });
  }
  found.sort(
    (a, b) =>
      Number(b.rule === 'whole') - Number(a.rule === 'whole') ||
      b.lines - a.lines ||
      (a.path < b.path ? -1 : 1),
  );
  const names = [...(copies?.names ?? []), ...(copies?.unreadable ?? [])];
  const isHere = names.includes(repositoryId(session.repo));
  const registered = isHere ? 'here' : names.length > 0 ? 'elsewhere' : 'none';
  return { found, files: paths.length, notChecked, registered };
}

async function trackedFiles({ repo }: Session): Promise<PathName[]> {
  const listed = await runGit(repo, ['ls-files', '-z', '--cached', '--deduplicate']);
  const paths: PathName[] = [];
  for (let at = 0; at < listed.length;) {
    const end = listed.indexOf(0, at);
    paths.push(toPathName(listed.subarray(at, end)));
    at = end + 1;
  }
  return paths;
}

/** Undefined for what is no file here: deleted, a submodule, a link. */
async function inspectTracked(
  { repo }: Session,
  inspector: Inspector,
  { text, bytes }: PathName,
): Promise<Inspection | undefined> {
  const top = Buffer.from(join(repo.workTree ?? repo.dir, '/'));
  const path = Buffer.concat([
    top,
    bytes === undefined ? Buffer.from(text) : Buffer.from(bytes, 'base64'),
  ]);
  let source;
  try {
    source = fileSource(path, { followSymlinks: false });
  } catch (error) {
    if (error instanceof CordonError && error.code === 'source.unreadable') return undefined;
    throw error;
  }
  try {
    return await inspector.inspectSource(source, 'copies');
  } finally {
    await source.close();
  }
}

function tellOf(
  session: Session,
  policies: Parameters<typeof judge>[0]['policies'],
  path: PathName,
  { facts, bytes }: Inspection,
): Mislabelled[] {
  const sure = facts.filter((fact) => fact.kind === 'copy').filter(({ grade }) => grade === 'sure');
  if (sure.length === 0) return [];
  const subject: Subject = {
    type: 'file',
    places: [{ path }],
    elsewhere: [],
    facts: sure,
    bytes,
    atDestination: false,
    knownSecrets: new Set(),
  };
  const { findings } = judge({
    act: 'scan',
    policies,
    subjects: [subject],
    coverage: { objects: 1, bytes, notChecked: [] },
    now: session.now(),
    milliseconds: 0,
  });
  return findings.flatMap(({ kind, fingerprint, allowed }) => {
    const fact = sure.find((one) => one.fingerprint === fingerprint);
    if (kind !== 'copy' || fact === undefined) return [];
    const { at, endLine, rule, label, source } = fact;
    const { line } = at;
    return [
      {
        path: path.text,
        ...(line !== undefined && { line }),
        ...(endLine !== undefined && { endLine }),
        rule,
        label,
        source,
        lines: linesOf(fact),
        fingerprint,
        ...(allowed !== undefined && { allowed }),
      },
    ];
  });
}

function linesOf({ rule, at, endLine, source }: CopyFact): number {
  if (rule === 'whole') return 0;
  const [first, last] =
    at.line !== undefined && endLine !== undefined
      ? [at.line, endLine]
      : [source.line, source.endLine ?? source.line];
  return last - first + 1;
}
