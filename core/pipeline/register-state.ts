import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from './session.ts';

/** Each linked work tree has its own; a tree's name tells of what is worked on. */
const fileOf = (tree: string): string =>
  tree === '' ? 'state' : `state-${createHash('sha256').update(tree).digest('hex').slice(0, 16)}`;

/**
 * What registration depends on beside the registered files themselves: refs, the index, configuration
 * and policies, as their files lie on disk. Asked without starting git: a hook and an editor ask it
 * each time. It says too often that something changed, never too seldom.
 */
export function stateOf(session: Session, textVersion: string, secret: Buffer): string {
  const { repo, env } = session;
  const common = (name: string) => join(repo.commonDir, name);
  const head = contentOf(join(repo.gitDir, 'HEAD'));
  const branch = /^ref: (.+)\n$/.exec(head)?.[1];
  const remotes = namesIn(common('refs/remotes')).map((name) => common(`refs/remotes/${name}`));
  const files = [
    join(repo.gitDir, 'index'),
    common('packed-refs'),
    common('config'),
    common('reftable/tables.list'),
    ...(branch === undefined ? [] : [common(branch)]),
    ...remotes,
    ...remotes.flatMap((remote) => ['main', 'master', 'HEAD'].map((name) => join(remote, name))),
    ...(repo.workTree === undefined ? [] : [join(repo.workTree, '.cordon/policy.yaml')]),
    '/etc/cordon/policy.yaml',
    env['CORDON_ORGANISATION_POLICY'] ?? '',
  ];
  const seen = [textVersion, session.policy?.hash ?? '', head, ...files.map(statOf)];
  return createHmac('sha256', secret).update(seen.join('\n')).digest('hex');
}

/** The state at the last registration that left nothing to do; empty where there is none. */
export const keptState = (folder: string, tree: string): string =>
  contentOf(join(folder, fileOf(tree)));

/** Only spares work: lost, the next look costs a little more. */
export function keepState(folder: string, tree: string, state: string): void {
  const file = join(folder, fileOf(tree));
  if (keptState(folder, tree) === state) return;
  const fresh = join(folder, `unfinished-${fileOf(tree)}-${process.pid}`);
  try {
    writeFileSync(fresh, state, { mode: 0o600 });
    renameSync(fresh, file);
  } catch {
    // A full disk, after the index itself was written.
  }
}

function statOf(file: string): string {
  if (file === '') return '';
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino}`;
  } catch {
    return 'unreadable';
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
