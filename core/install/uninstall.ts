import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CordonError } from '../error.ts';
import { freshName, readFileAt, replaceFile, sha256, withConfigLock } from './write-file.ts';
import type { Touched } from './plan-changes.ts';
import { hasInclude, removeInclude } from './config-include.ts';
import { dataFolder } from './data-folder.ts';
import { cordonDir, findRepository } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import { needsHusky, unsetHuskyPath } from './husky.ts';
import { gateHooks } from './hook-names.ts';
import { hasBlock, removeBlock } from './marked-block.ts';
import { manifestName, readManifest } from './manifest.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';
import { isStub, rescueForeignHooks } from './previous-hooks.ts';
import { dropUnusedRuntimes, forgetRuntimeUser, removeIfEmpty } from './runtime-users.ts';
import { asWriteError, systemCode } from './write-errors.ts';

export interface UninstallResult {
  readonly repository: InstalledRepository;
  /** False where there was nothing of Cordon's. */
  readonly wasInstalled: boolean;
  readonly touched: readonly Touched[];
}

/**
 * Takes back what `cordon init`, with or without `--server`, did. Files that nobody changed since are
 * as before; in others only what is Cordon's is gone; a file that Cordon made and someone changed
 * (a policy) is kept. Can be run again when it was interrupted.
 *
 * @param caches Folders and files of `<git-common-dir>/cordon` that hold nothing but what Cordon can
 *   work out again. Anything else there that init did not make, such as a record, is kept.
 * @throws CordonError `git.not-a-repository`, `install.read-only`, `git.failed`.
 */
export function uninstallRepository(
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
  caches: readonly string[] = [],
): UninstallResult {
  const repository = findRepository(cwd, env);
  const { commonDir } = repository;
  const manifest = readManifest(commonDir);
  const touched: Touched[] = [];
  try {
    // First of all: from here on git does not look into our folder.
    const config = manifest?.files.find(({ path }) => path === 'config');
    const adopted = manifest?.huskySet === true && needsHusky(repository);
    touched.push(
      ...restoreConfig(
        repository,
        config,
        { unset: manifest?.huskySet === true && !adopted, keep: adopted },
        env,
      ),
    );
    if (manifest === undefined) {
      touched.push(...takeBackUnlisted(repository));
      return { repository, wasInstalled: touched.length > 0, touched };
    }
    touched.push(...(manifest.kind === 'client' ? rescueForeignHooks(repository, env) : []));
    for (const entry of manifest.files.toReversed()) {
      if (entry === config) continue;
      const path = resolve(commonDir, entry.path);
      if (adopted && basename(dirname(path)) === '_') touched.push({ path, how: 'kept' });
      else touched.push(...takeBack(commonDir, entry, path));
    }
    clean(repository, manifest, caches);
    forgetUser(repository, env);
    return { repository, wasInstalled: true, touched };
  } catch (error) {
    throw asWriteError(error, commonDir);
  }
}

function restoreConfig(
  { commonDir }: InstalledRepository,
  entry: ManifestEntry | undefined,
  /** What becomes of `core.hooksPath` as husky needs it, where init set it. */
  husky: { readonly unset: boolean; readonly keep: boolean },
  env: NodeJS.ProcessEnv,
): Touched[] {
  const path = join(commonDir, 'config');
  const changed = withConfigLock(path, (current) => {
    const text = current.toString('latin1');
    if (entry?.before?.sha256 === sha256(current)) return undefined;
    if (!husky.keep && entry?.before !== undefined && entry.after === sha256(current)) {
      return readBackup(commonDir, entry);
    }
    if (entry === undefined && !hasInclude(text)) return undefined;
    const without = removeInclude(text);
    const restored = husky.unset ? unsetHuskyPath(without, env) : without;
    return restored === text ? undefined : Buffer.from(restored, 'latin1');
  });
  return changed ? [{ path, how: 'restored' }] : [];
}

function readBackup(commonDir: string, { path, before }: ManifestEntry): Buffer {
  const place = join(commonDir, 'cordon', 'backup', before?.backup ?? '');
  const bytes = readFileSync(place);
  if (sha256(bytes) !== before?.sha256)
    throw new CordonError('source.unreadable', { path: place, of: path });
  return bytes;
}

function takeBack(commonDir: string, entry: ManifestEntry, path: string): Touched[] {
  const now = readFileAt(path);
  if (now === undefined) return [];
  const { before } = entry;
  const hash = sha256(now.bytes);
  if (hash === before?.sha256) return [];
  if (hash === entry.after) {
    if (before === undefined) {
      rmSync(path);
      return [{ path, how: 'removed' }];
    }
    replaceFile(path, readBackup(commonDir, entry), before.mode);
    return [{ path, how: 'restored' }];
  }
  const text = now.bytes.toString('latin1');
  if (!hasBlock(text)) return [{ path, how: 'kept' }];
  const rest = removeBlock(text);
  if (before === undefined && rest.trim() === '') {
    rmSync(path);
    return [{ path, how: 'removed' }];
  }
  replaceFile(path, Buffer.from(rest, 'latin1'), now.mode);
  return [{ path, how: 'edited' }];
}

/** Without a readable manifest only what is plainly Cordon's goes: blocks, stubs, its own scripts. */
function takeBackUnlisted(repository: InstalledRepository): Touched[] {
  const dir = cordonDir(repository);
  const touched: Touched[] = [];
  for (const hook of gateHooks) {
    const path = join(repository.top, '.husky', hook);
    const now = repository.bare ? undefined : readFileAt(path);
    const text = now?.bytes.toString('latin1') ?? '';
    if (now === undefined || !hasBlock(text)) continue;
    replaceFile(path, Buffer.from(removeBlock(text), 'latin1'), now.mode);
    touched.push({ path, how: 'edited' });
  }
  const stubs = list(join(dir, 'hooks')).filter((name) =>
    isStub(readFileSync(join(dir, 'hooks', name), 'latin1')),
  );
  const own = ['run.sh', 'dispatch.sh', 'config', 'config.here', manifestName];
  for (const name of [...stubs.map((stub) => join('hooks', stub)), ...own]) {
    const path = join(dir, name);
    if (readFileAt(path) === undefined) continue;
    rmSync(path);
    touched.push({ path, how: 'removed' });
  }
  for (const folder of [join(dir, 'hooks'), dir]) removeIfEmpty(folder);
  return touched;
}

function clean(
  repository: InstalledRepository,
  { folders, files }: Manifest,
  caches: readonly string[],
): void {
  const dir = cordonDir(repository);
  const places = files.map(({ path }) => dirname(resolve(repository.commonDir, path)));
  for (const folder of new Set([...places, dir, join(dir, 'backup')])) sweep(folder, files);
  for (const { before } of files)
    if (before !== undefined) rmSync(join(dir, 'backup', before.backup), { force: true });
  // Copies of our stub under names other tools gave them, such as `pre-push.old`.
  for (const name of list(join(dir, 'hooks'))) {
    const path = join(dir, 'hooks', name);
    if (isStub(readFileSync(path, 'latin1'))) rmSync(path);
  }
  for (const name of caches) rmSync(join(dir, name), { recursive: true, force: true });
  rmSync(join(dir, 'runtime'), { recursive: true, force: true });
  rmSync(join(dir, manifestName), { force: true });
  for (const folder of [join(dir, 'backup'), join(dir, 'hooks')]) removeIfEmpty(folder);
  for (const folder of folders.toReversed()) removeIfEmpty(resolve(repository.commonDir, folder));
}

/** What a killed run wrote beside our files and could not rename any more. */
function sweep(folder: string, files: Manifest['files']): void {
  for (const name of list(folder)) {
    const meant = freshName.exec(name)?.[1];
    if (meant === undefined) continue;
    const ours =
      files.some(({ path, before }) => basename(path) === meant || before?.backup === meant) ||
      meant === manifestName;
    if (ours) rmSync(join(folder, name), { force: true });
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function forgetUser({ commonDir }: InstalledRepository, env: NodeJS.ProcessEnv): void {
  let store: string;
  try {
    store = dataFolder(env);
  } catch (error) {
    // Without a home there is no runtime of this user's to give up.
    if (error instanceof CordonError && error.code === 'install.no-home') return;
    throw error;
  }
  forgetRuntimeUser(store, commonDir);
  dropUnusedRuntimes(store);
}
