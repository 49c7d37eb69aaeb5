import { lstatSync, readlinkSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { CordonError } from '../error.ts';
import { enumeratePush, listPaths, readObjects, runGit } from '../git/index.ts';
import { toPathName } from '../git/path-name.ts';
import { judge, type Subject } from '../judge/index.ts';
import type {
  Coverage,
  Inspection,
  NotChecked,
  Oid,
  PathName,
  RepoPath,
  Verdict,
} from '../model.ts';
import { choosePolicies, type ChosenPolicies, type PolicyBytes } from '../policy/index.ts';
import { errnoOf } from '../source/file-source.ts';
import { fileSource, streamSource, type ByteSource } from '../source/index.ts';
import { findHome } from './home.ts';
import { openCopies, openFreshCopies, type CopiesHere } from './copies.ts';
import { createInspector, type Inspector } from './inspector.ts';
import { lfsStores } from './lfs-stores.ts';
import { isLate, lookAtObjects } from './look-at-objects.ts';
import { flushQuietly, inputFor, nothingLifted, type ObjectsAct } from './objects-act.ts';
import { choosePoliciesAtRest } from './policies-at-rest.ts';
import { readOrganisationPolicy } from './policy-reader.ts';
import { saltOf } from './push-policies.ts';
import type { Session } from './session.ts';
import { startLooking } from './start-looking.ts';
import { factsAt } from './subjects.ts';
import { walkFiles } from './walk-files.ts';

/** A scan outside of any repository. */
export interface LooseScan {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly policy?: PolicyBytes;
  readonly started: number;
  readonly deadline: number;
  readonly onProgress: Session['onProgress'];
  readonly now: () => Date;
  readonly onChosen?: Session['onChosen'];
}

/** Looks at files and folders as they lie on disk, in a repository or not. */
export async function scanPaths(
  where: Session | LooseScan,
  paths: readonly string[],
): Promise<Verdict> {
  const chosen = 'repo' in where ? await choosePoliciesAtRest(where) : await loosePolicies(where);
  where.onChosen?.(chosen);
  const salt = chosen.policies.find(({ policy }) => policy.secrets.salt !== '')?.policy.secrets
    .salt;
  const copies = await copiesFor(where);
  const inspector = createInspector({
    salt: salt ?? '',
    deadline: where.deadline,
    ...('repo' in where && { lfsStores: lfsStores(where) }),
    ...(copies !== undefined && { copies }),
  });
  const repo = 'repo' in where ? where.repo : undefined;
  const top = repo?.workTree ?? resolve('.');
  const subjects: Subject[] = [];
  let bytes = 0;
  const notChecked: NotChecked[] = [...(copies?.gaps ?? [])];
  for await (const { path, problem } of walkFiles(repo, paths)) {
    const name = nameOf(path, top);
    const inspection =
      problem === undefined ? await inspectFile(inspector, path) : unreadable(problem);
    subjects.push(restSubject('file', inspection, [{ path: name }]));
    if (inspection.skippedBytes > 0) {
      notChecked.push({ what: `the tensors of ${name.text}`, rule: 'payload' });
    }
    bytes += inspection.bytes;
    where.onProgress({ objects: subjects.length, bytes });
  }
  return conclude(where, chosen, subjects, { objects: subjects.length, bytes, notChecked });
}

/** Looks at one stream of bytes, such as standard input. */
export async function scanStream(
  where: Session | LooseScan,
  stream: AsyncIterable<Buffer>,
): Promise<Verdict> {
  const chosen = 'repo' in where ? await choosePoliciesAtRest(where) : await loosePolicies(where);
  where.onChosen?.(chosen);
  const copies = await copiesFor(where);
  const inspector = createInspector({
    salt: '',
    deadline: where.deadline,
    ...(copies !== undefined && { copies }),
  });
  const source = await streamSource(stream);
  try {
    const inspection = await inspector.inspectSource(source);
    const coverage = { objects: 1, bytes: inspection.bytes, notChecked: copies?.gaps ?? [] };
    return conclude(where, chosen, [restSubject('stdin', inspection, [])], coverage);
  } finally {
    await source.close();
  }
}

const copiesFor = async (where: Session | LooseScan): Promise<CopiesHere | undefined> =>
  'repo' in where ? openFreshCopies(where) : openCopies(where.env);

/** Looks at every object that `tips` reach and `negatives` do not. */
export async function scanRange(
  session: Session,
  range: { readonly tips: readonly Oid[]; readonly negatives: readonly Oid[] },
): Promise<Verdict> {
  const { repo } = session;
  const home = await findHome(session);
  const { salt } = await saltOf(session, home, range.tips);
  const looking = await startLooking(session, salt, { copies: true });
  const { inspector, store } = looking;
  const { objects, missing } = await enumeratePush(repo, range);
  const oids = objects.filter(({ type }) => type !== 'tree').map(({ oid }) => oid);
  const [looked, entries] = await Promise.all([
    lookAtObjects(
      session,
      inspector,
      store,
      readObjects(repo, [oids], ({ oid }) => store.get(oid) === undefined && !isLate(session)),
    ),
    listPaths(repo, range),
  ]);
  const chosen = await choosePoliciesAtRest(session);
  session.onChosen(chosen);
  const act: ObjectsAct = {
    session,
    kind: 'scan',
    notes: [],
    chosen,
    seen: { looked, entries, missing },
    refs: [],
    ...looking,
  };
  const verdict = judge(await inputFor(act, nothingLifted));
  flushQuietly(store);
  return verdict;
}

/** The tips of all refs, and of HEAD. */
export async function everyTip({ repo }: Session): Promise<Oid[]> {
  const [refs, head] = await Promise.all([
    runGit(repo, ['for-each-ref', '--format=%(objectname)']),
    runGit(repo, ['rev-parse', '--verify', '--quiet', 'HEAD'], { okCodes: [1, 128] }),
  ]);
  const oids = `${refs.toString('latin1')}\n${head.toString('latin1')}`.split('\n').filter(Boolean);
  return [...new Set(oids)] as Oid[];
}

function loosePolicies({ env, policy }: LooseScan): Promise<ChosenPolicies> {
  return choosePolicies({
    ...(policy !== undefined && { explicit: policy }),
    organisation: () => readOrganisationPolicy(env),
    home: () => Promise.resolve(undefined),
    async *homeAncestors() {},
    tips: () => Promise.resolve([]),
  });
}

async function inspectFile(inspector: Inspector, path: Buffer): Promise<Inspection> {
  try {
    const source = openFile(path);
    // As git keeps a symlink: the target's name is the content. What it points at is not followed.
    if (source === 'symlink') return await inspector.inspectBytes(readlinkSync(path, 'buffer'));
    try {
      // Most files of a tree are small: read whole, they are looked into without waiting.
      if (source.size <= WHOLE_FILE_BYTES) {
        return await inspector.inspectBytes(await source.read(0, source.size));
      }
      return await inspector.inspectSource(source);
    } finally {
      await source.close();
    }
  } catch (error) {
    const { reason } = error instanceof CordonError ? error.data : { reason: errnoOf(error) };
    return unreadable(String(reason));
  }
}

const WHOLE_FILE_BYTES = 1024 * 1024;

/** Opens first and asks afterwards: one call less for each of the files that are no symlink. */
function openFile(path: Buffer): ByteSource | 'symlink' {
  try {
    return fileSource(path, { followSymlinks: false });
  } catch (error) {
    if (lstatSync(path).isSymbolicLink()) return 'symlink';
    throw error;
  }
}

function unreadable(reason: string): Inspection {
  return {
    facts: [{ kind: 'uninspected', rule: 'unreadable', at: { layer: '' }, detail: reason }],
    bytes: 0,
    skippedBytes: 0,
  };
}

function restSubject(
  type: Subject['type'],
  inspection: Inspection,
  places: Subject['places'],
): Subject {
  return {
    type,
    places,
    elsewhere: [],
    facts: factsAt(inspection.facts, places, inspection.bytes),
    bytes: inspection.bytes,
    atDestination: false,
    knownSecrets: new Set(),
  };
}

function conclude(
  where: Session | LooseScan,
  chosen: ChosenPolicies,
  subjects: readonly Subject[],
  coverage: Coverage,
): Verdict {
  return judge({
    act: 'scan',
    policies: chosen.policies,
    subjects,
    coverage,
    now: where.now(),
    milliseconds: Math.round(performance.now() - where.started),
  });
}

/** As git names it, or as it was given where it lies outside of the repository or folder. */
function nameOf(path: Buffer, top: string): PathName {
  const start = Buffer.from(top.endsWith('/') ? top : `${top}/`);
  const isUnder = path.subarray(0, start.length).equals(start);
  const name = toPathName(isUnder ? path.subarray(start.length) : path);
  return { ...name, text: name.text.split(sep).join('/') as RepoPath };
}
