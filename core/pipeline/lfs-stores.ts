import { isAbsolute, join, resolve } from 'node:path';
import type { Session } from './session.ts';

/**
 * Where LFS keeps the bytes behind pointers: `lfs.storage`, or `lfs` in the common git folder; for a
 * server also what its administrator named in `cordon.lfsStore`. Source: git-lfs-config(5).
 */
export function lfsStores({ repo, config }: Session): string[] {
  const storage = config.get('lfs.storage') ?? 'lfs';
  const root = isAbsolute(storage) ? storage : resolve(repo.commonDir, storage);
  const named = config.getAll('cordon.lfsstore').flatMap(({ value }) => value ?? []);
  return [join(root, 'objects'), ...named];
}
