import { join } from 'node:path';
import { CordonError } from '../error.ts';
import { changeFiles } from './change-files.ts';
import { readFileAt, replaceFile } from './write-file.ts';
import type { FileChange, Touched } from './plan-changes.ts';
import { dataFolder } from './data-folder.ts';
import { huskyScript } from './dispatcher.ts';
import { findNode } from './find-node.ts';
import { findRepository } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import {
  findHuskyUse,
  huskyChanges,
  huskyInstallChanges,
  setHuskyPath,
  unsetHuskyPath,
} from './husky.ts';
import type { HuskyUse } from './husky.ts';
import { dispatcherChanges, includeChange } from './install-hooks.ts';
import { holdSignals } from './hold-signals.ts';
import { installRuntime } from './install-runtime.ts';
import type { Runtime, RuntimeSource } from './install-runtime.ts';
import { listRemotes } from './list-remotes.ts';
import type { Remote } from './list-remotes.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { chooseHome, readPinnedHome } from './pin-home.ts';
import type { PinnedHome } from './pin-home.ts';
import { rescueForeignHooks } from './previous-hooks.ts';
import { runScript } from './run-script.ts';
import {
  dropUnusedRuntimes,
  forgetRuntimeUser,
  noteRuntimeUser,
  pruneRuntimes,
} from './runtime-users.ts';
import { asWriteError } from './write-errors.ts';
import { policyChanges } from './write-policy.ts';
import type { PolicyFiles } from './write-policy.ts';
import { remedies } from './messages.ts';

export interface InitOptions {
  /** Any folder of the repository. */
  readonly cwd: string;
  readonly runtime: RuntimeSource;
  /** Given the clone's push URLs, without credentials, each once. Called only where no policy is. */
  readonly policy: (pushUrls: readonly string[]) => PolicyFiles;
  readonly env?: NodeJS.ProcessEnv;
  /** Path of the Node.js that runs this; default `process.execPath`. */
  readonly running?: string;
  /** Called before each step; what it throws undoes everything. */
  readonly onStep?: (step: string) => void;
}

/** Something the reader should know or do. The sentence is made from `messages.ts`. */
export type Note =
  | {
      readonly code: 'home-pinned';
      readonly url: string;
      readonly branch: string;
      readonly known: boolean;
    }
  | { readonly code: 'home-differs'; readonly url: string; readonly now: string }
  | { readonly code: 'home-none' }
  | { readonly code: 'husky-add' }
  | { readonly code: 'husky-foreign' }
  | { readonly code: 'node-in-repository'; readonly path: string }
  | { readonly code: 'unchanged' };

export interface InitResult {
  readonly repository: InstalledRepository;
  readonly runtime: Runtime;
  readonly node: string;
  readonly home: PinnedHome | undefined;
  readonly husky: HuskyUse;
  readonly touched: readonly Touched[];
  readonly notes: readonly Note[];
  /** Takes back what this run did, for a self-test that was interrupted. */
  readonly undo: () => void;
}

/**
 * Guards a repository: policy, husky's files, the dispatcher, home, and last the include that
 * switches all of it on. All or nothing; a second run changes nothing.
 *
 * @throws CordonError `git.not-a-repository`, `git.unsafe-repository`, `usage` (a bare repository),
 *   `install.no-home`, `install.read-only`, `io.disk-full`, `install.foreign-hook`, `git.failed`, `interrupted` (a signal came while it wrote; all is undone).
 */
export async function initRepository(options: InitOptions): Promise<InitResult> {
  const { env = process.env } = options;
  const repository = findRepository(options.cwd, env);
  if (repository.bare) throw new CordonError('usage', { reason: 'bare', path: repository.top });
  const previous = readManifest(repository.commonDir);
  const remotes = await listRemotes(repository.top, env);
  const notes: Note[] = [];
  const home = decideHome(repository, remotes, env, notes);
  const store = dataFolder(env);
  const node = findNode(repository.top, env, options.running);
  if (!node.lasting) notes.push({ code: 'node-in-repository', path: node.path });

  const husky = findHuskyUse(repository, env);
  const activate = husky === 'offered' || previous?.huskySet === true;
  if (activate) notes.push({ code: 'husky-add' });
  if (husky === 'foreign') notes.push({ code: 'husky-foreign' });

  const signals = holdSignals();
  try {
    const result = writeAll(options, {
      repository,
      previous,
      remotes,
      home,
      store,
      node: node.path,
      husky,
      activate,
      notes,
      env,
    });
    const signal = await signals.came();
    if (signal === undefined) return result;
    result.undo();
    throw new CordonError('interrupted', { signal });
  } finally {
    signals.release();
  }
}

interface InitFacts {
  readonly repository: InstalledRepository;
  readonly previous: Manifest | undefined;
  readonly remotes: readonly Remote[];
  readonly home: PinnedHome | undefined;
  readonly store: string;
  readonly node: string;
  readonly husky: HuskyUse;
  readonly activate: boolean;
  readonly notes: readonly Note[];
  readonly env: NodeJS.ProcessEnv;
}

/** All that init writes, in one go: no signal can come between. Each step can be taken back. */
function writeAll(options: InitOptions, facts: InitFacts): InitResult {
  const { repository, previous, remotes, home, store, node, husky, activate, env } = facts;
  const notes = [...facts.notes];
  const runtime = installRuntime(options.runtime, store, options.onStep);
  const undoShared = shareRuntime(store, repository, runtime, node, previous?.runtime);
  try {
    const rescued = rescueForeignHooks(repository, env);
    const pushUrls = [...new Set(remotes.flatMap((remote) => remote.pushUrls))];
    const changes: FileChange[] = [
      ...policyChanges(repository.top, () => options.policy(pushUrls)),
      ...(activate ? huskyInstallChanges(repository, env) : []),
      ...(activate || husky === 'used' ? huskyChanges(repository) : []),
      ...dispatcherChanges(repository, { node, runtime, home, remedy: remedies.client }, env),
      includeChange(
        repository,
        activate
          ? { make: (text) => setHuskyPath(text, env), undo: (text) => unsetHuskyPath(text, env) }
          : undefined,
      ),
    ];
    const applied = changeFiles(
      repository.commonDir,
      changes,
      previous,
      { schema: 1, kind: 'client', runtime: runtime.id, node, huskySet: activate },
      options.onStep,
    );
    pruneRuntimes(store, runtime.id);
    const touched = [...rescued, ...applied.touched];
    if (!runtime.created && touched.every(({ how }) => how === 'unchanged')) {
      notes.push({ code: 'unchanged' });
    }
    return {
      repository,
      runtime,
      node,
      home,
      husky,
      touched,
      notes,
      undo: () => {
        applied.undo();
        undoShared();
      },
    };
  } catch (error) {
    undoShared();
    throw error;
  }
}

function decideHome(
  repository: InstalledRepository,
  remotes: readonly Remote[],
  env: NodeJS.ProcessEnv,
  notes: Note[],
): PinnedHome | undefined {
  const pinned = readPinnedHome(repository, env);
  const chosen = chooseHome(repository, remotes, env);
  if (pinned !== undefined) {
    // Pinned once: who may change the remote may not thereby choose the policy.
    if (chosen !== undefined && chosen.url !== pinned.url) {
      notes.push({ code: 'home-differs', url: pinned.url, now: chosen.url });
    }
    return pinned;
  }
  if (chosen === undefined) {
    notes.push({ code: 'home-none' });
    return undefined;
  }
  const { url, branch, branchKnown } = chosen;
  notes.push({ code: 'home-pinned', url, branch, known: branchKnown });
  return { url, branch };
}

/**
 * What lies in the user's data folder and serves several repositories: the note of who uses which
 * runtime, and the script behind husky's blocks.
 */
function shareRuntime(
  store: string,
  repository: InstalledRepository,
  runtime: Runtime,
  node: string,
  before: string | undefined,
): () => void {
  const path = join(store, 'husky.sh');
  const was = readFileAt(path);
  const undo = (): void => {
    if (was !== undefined) replaceFile(path, was.bytes, was.mode);
    if (before === undefined) forgetRuntimeUser(store, repository.commonDir);
    else noteRuntimeUser(store, repository.commonDir, before);
    if (runtime.created) dropUnusedRuntimes(store);
  };
  try {
    noteRuntimeUser(store, repository.commonDir, runtime.id);
    const text =
      runScript({
        node,
        runtime: runtime.directory,
        runtimeId: runtime.id,
        remedy: remedies.client,
      }) + huskyScript;
    const bytes = Buffer.from(text);
    if (was === undefined || !was.bytes.equals(bytes)) replaceFile(path, bytes, 0o644);
    return undo;
  } catch (error) {
    undo();
    throw asWriteError(error, store);
  }
}
