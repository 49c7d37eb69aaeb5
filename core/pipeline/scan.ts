import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { CordonError } from '../error.ts';
import { enumeratePush, listPaths, readObjects, runGit } from '../git/index.ts';
import { judge, type Subject } from '../judge/index.ts';
import type { Coverage, Inspection, NotChecked, Oid, RepoPath, Verdict } from '../model.ts';
import { choosePolicies, type ChosenPolicies, type PolicyBytes } from '../policy/index.ts';
import { fileSource, streamSource, type ByteSource } from '../source/index.ts';
import { openFactsStore } from './facts-store.ts';
import { findHome } from './home.ts';
import { createInspector, type Inspector } from './inspector.ts';
import { lfsStores } from './lfs-stores.ts';
import { isLate, lookAtObjects } from './look-at-objects.ts';
import { flushQuietly, inputFor, nothingLifted, type ObjectsAct } from './objects-act.ts';
import { policyAtWork, policySources, readOrganisationPolicy } from './policy-reader.ts';
import { saltOf } from './push-policies.ts';
import type { Session } from './session.ts';
import { factsAt } from './subjects.ts';

/** A scan outside of any repository. */
export interface LooseScan {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly policy?: PolicyBytes;
  readonly started: number;
  readonly deadline: number;
  readonly onProgress: Session['onProgress'];
  readonly now: () => Date;
}

/** Policies of content at rest: the organisation's, and home's or, where home has none, the work tree's. */
export async function choosePoliciesAtRest(session: Session): Promise<ChosenPolicies> {
  const sources = policySources(session, await findHome(session));
  return choosePolicies({
    ...sources,
    tips: async () => {
      if ((await sources.home()) !== undefined || sources.explicit !== undefined) return [];
      const atWork = policyAtWork(session);
      return atWork === undefined ? [] : [{ tip: atWork }];
    },
  });
}

/** Looks at files and folders as they lie on disk, in a repository or not. */
export async function scanPaths(
  where: Session | LooseScan,
  paths: readonly string[],
): Promise<Verdict> {
  const chosen = 'repo' in where ? await choosePoliciesAtRest(where) : await loosePolicies(where);
  const salt = chosen.policies.find(({ policy }) => policy.secrets.salt !== '')?.policy.secrets
    .salt;
  const inspector = createInspector({
    salt: salt ?? '',
    deadline: where.deadline,
    ...('repo' in where && { lfsStores: lfsStores(where) }),
  });
  const top = 'repo' in where ? where.repo.workTree : undefined;
  const subjects: Subject[] = [];
  let bytes = 0;
  const notChecked: NotChecked[] = [];
  for await (const path of walk(where, paths)) {
    const name = nameOf(path, top);
    const inspection = await inspectFile(inspector, path);
    const places: Subject['places'] = [{ path: { text: name as RepoPath } }];
    subjects.push(restSubject('file', inspection, places));
    if (inspection.skippedBytes > 0)
      notChecked.push({ what: `the tensors of ${name}`, rule: 'payload' });
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
  const inspector = createInspector({ salt: '', deadline: where.deadline });
  const source = await streamSource(stream);
  try {
    const inspection = await inspector.inspectSource(source);
    const coverage = { objects: 1, bytes: inspection.bytes, notChecked: [] };
    return conclude(where, chosen, [restSubject('stdin', inspection, [])], coverage);
  } finally {
    await source.close();
  }
}

/** Looks at every object that `tips` reach and `negatives` do not. */
export async function scanRange(
  session: Session,
  range: { readonly tips: readonly Oid[]; readonly negatives: readonly Oid[] },
): Promise<Verdict> {
  const { repo } = session;
  const home = await findHome(session);
  const { salt } = await saltOf(session, home, range.tips);
  const inspector = createInspector({
    salt,
    deadline: session.deadline,
    lfsStores: lfsStores(session),
  });
  const store = openFactsStore(join(session.stateDir, 'facts'), inspector.key);
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
  const act: ObjectsAct = {
    session,
    kind: 'scan',
    notes: [],
    chosen: await choosePoliciesAtRest(session),
    seen: { looked, entries, missing },
    refs: [],
    inspector,
    store,
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
    organisation: () => Promise.resolve(readOrganisationPolicy(env)),
    home: () => Promise.resolve(undefined),
    async *homeAncestors() {},
    tips: () => Promise.resolve([]),
  });
}

async function inspectFile(inspector: Inspector, path: string): Promise<Inspection> {
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
    const reason = error instanceof CordonError ? error.data['reason'] : (error as Error).message;
    return {
      facts: [
        { kind: 'uninspected', rule: 'unreadable', at: { layer: '' }, detail: String(reason) },
      ],
      bytes: 0,
      skippedBytes: 0,
    };
  }
}

const WHOLE_FILE_BYTES = 1024 * 1024;

/** Opens first and asks afterwards: one call less for each of the files that are no symlink. */
function openFile(path: string): ByteSource | 'symlink' {
  try {
    return fileSource(path, { followSymlinks: false });
  } catch (error) {
    if (lstatSync(path).isSymbolicLink()) return 'symlink';
    throw error;
  }
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

function nameOf(path: string, top: string | undefined): string {
  const base = top ?? process.cwd();
  // The usual case first: `relative` takes both paths apart for each file of a tree.
  const below = base.endsWith(sep) ? base : `${base}${sep}`;
  const name = path.startsWith(below) ? path.slice(below.length) : relative(base, path);
  return (name === '' || name.startsWith('..') ? path : name).split(sep).join('/');
}

/** Files under paths: in a repository what git would take, elsewhere everything but git's own folders. */
async function* walk(where: Session | LooseScan, paths: readonly string[]): AsyncGenerator<string> {
  for (const given of paths) {
    const path = resolve(given);
    const isFolder = statOrThrow(path).isDirectory();
    if (!isFolder) yield path;
    else if ('repo' in where && where.repo.workTree !== undefined) yield* walkTracked(where, path);
    else yield* walkFolder(path);
  }
}

function statOrThrow(path: string) {
  try {
    return lstatSync(path);
  } catch (error) {
    throw new CordonError(
      'source.unreadable',
      { path, reason: (error as NodeJS.ErrnoException).code },
      error,
    );
  }
}

async function* walkTracked({ repo }: Session, folder: string): AsyncGenerator<string> {
  const listed = await runGit({ ...repo, dir: folder }, [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--deduplicate',
  ]);
  for (const name of listed.toString('utf8').split('\0')) {
    const path = join(folder, name);
    // Deleted in the work tree, or a submodule's folder: not content that lies here.
    const stat = name === '' ? undefined : lstatSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory()) yield path;
  }
}

function* walkFolder(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) yield path;
    else if (entry.name !== '.git') yield* walkFolder(path);
  }
}
