import { openCatalogue } from '../detect/copies/store/index.ts';
import { userFolder } from './data-folder.ts';
import type { Session } from './session.ts';

/** One index that copies are looked for in here. */
export interface ListedIndex {
  /** The folder's name. */
  readonly name: string;
  readonly imported: boolean;
  /** Undefined where it cannot be read. */
  readonly files?: number;
  /** Milliseconds since 1970. */
  readonly made?: number;
  readonly labels?: readonly string[];
  readonly problem?: string;
}

/** All indexes of this user, those that cannot be read among them. */
export function listIndexes(env: Session['env']): readonly ListedIndex[] {
  const folder = userFolder(env);
  if (folder === undefined) return [];
  const { members, unreadable } = openCatalogue(folder, () => undefined);
  return [
    ...members.map(({ name, imported, manifest: { files, made } }) => ({
      name,
      imported,
      files: files.length,
      made,
      labels: [...new Set(files.map(({ label }) => label))].sort(),
    })),
    ...unreadable.map(({ name, code, reason }) => ({
      name,
      imported: name.startsWith('imported-'),
      problem: reason === '' ? code : `${code} (${reason})`,
    })),
  ];
}
