import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { joinBackgrounds } from '../detect/copies/background/bloom.ts';
import { guardBackground } from '../detect/copies/background/guard.ts';
import {
  openMachineBackground,
  type MachineBackground,
} from '../detect/copies/background/machine.ts';
import { shippedBackground, shippedWords } from '../detect/copies/background/shipped.ts';
import { replaceFile, makeOwnFolder } from '../detect/copies/store/durable-files.ts';
import type { Background, Thresholds } from '../detect/copies/types.ts';
import { CordonError } from '../error.ts';
import { type AcceptedOverlap, acceptsOverlap } from './accepted-overlaps.ts';
import type { PublicOverlap, TextTables } from './register-text.ts';

/** Raised whenever the same files may give another index. */
const TEXT_VERSION = 'text-2';

/** What is kept about a repository's background beside the filter itself. */
export interface BackgroundNote {
  /** What the filter was made of. */
  readonly key: string;
  /** Folders of public code that a person named. */
  readonly folders: readonly string[];
  /** Stretches that installed code has too and the policy calls public. */
  readonly accepted?: readonly AcceptedOverlap[];
  /** Calibrated for the index as it was last made anew. */
  readonly thresholds?: Thresholds;
}

const folderIn = (dataFolder: string): string => join(dataFolder, 'background');
const noteFile = (dataFolder: string, repository: string): string =>
  join(folderIn(dataFolder), `${repository}.json`);

/** The note of the last registration; undefined where there is none, or it is torn. */
export function readNote(dataFolder: string, repository: string): BackgroundNote | undefined {
  try {
    const text = readFileSync(noteFile(dataFolder, repository), 'utf8');
    const { key, folders, accepted, thresholds } = JSON.parse(text) as Partial<BackgroundNote>;
    if (typeof key !== 'string' || !Array.isArray(folders)) return undefined;
    return {
      key,
      folders,
      ...(Array.isArray(accepted) && { accepted }),
      ...(thresholds !== undefined && { thresholds }),
    };
  } catch {
    // Not there, or torn: the background is then made anew, or left out.
    return undefined;
  }
}

/** Keeps the note, and the filter where it is a new one. Throws `io.disk-full`, `io.unwritable`. */
export function keepBackground(
  dataFolder: string,
  repository: string,
  note: BackgroundNote,
  filter?: Buffer,
): void {
  makeOwnFolder(folderIn(dataFolder));
  // The filter first: a note without its filter would name what is not there.
  if (filter !== undefined) replaceFile(filterFile(dataFolder, note.key), filter);
  replaceFile(noteFile(dataFolder, repository), Buffer.from(JSON.stringify(note)));
  if (filter !== undefined) sweepFilters(dataFolder);
}

/** A filter takes some 100 MB: those that no repository's note names any more are dropped. */
function sweepFilters(dataFolder: string): void {
  const folder = folderIn(dataFolder);
  const names = readdirSync(folder);
  const used = new Set(
    names
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => readNote(dataFolder, name.slice(0, -'.json'.length)) ?? [])
      .map(({ key }) => filterFile(dataFolder, key)),
  );
  for (const name of names) {
    const file = join(folder, name);
    if (name.endsWith('.bin') && !used.has(file)) rmSync(file, { force: true });
  }
}

/** Two repositories with the same packages share a filter. */
const filterFile = (dataFolder: string, key: string): string =>
  join(folderIn(dataFolder), `${digestOf(key)}.bin`);

/** The kept filter; undefined where it is not there, torn, or of another lexer. */
export function readFilter(dataFolder: string, key: string): MachineBackground | undefined {
  try {
    return openMachineBackground(filterFile(dataFolder, key));
  } catch (error) {
    if (error instanceof CordonError || (error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * What an index of classified text is made with here: the shipped tables, and the installed code that the
 * last registration found. Nothing is read from disk before it is asked, but the note.
 */
export function copyTables(dataFolder: string, repository: string): TextTables {
  const note = readNote(dataFolder, repository);
  let made: Made | undefined;
  const parts = () => (made ??= makeParts(dataFolder, note));
  return {
    version: versionOf(note),
    get words() {
      return shippedWords();
    },
    get background() {
      return parts().background;
    },
    get calibrating() {
      return parts().calibrating;
    },
    protect: (path, bytes) => parts().protect(path, bytes),
    calibrate: (index) => note?.thresholds ?? index.thresholds,
  };
}

/** What the policy accepts is subtracted: another index. */
function versionOf(note: BackgroundNote | undefined): string {
  const { key = 'shipped', accepted = [] } = note ?? {};
  const ofPolicy = accepted.length === 0 ? '' : ` ${digestOf(JSON.stringify(accepted))}`;
  return `${TEXT_VERSION} ${key}${ofPolicy}`;
}

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);

interface Made {
  readonly background: Background;
  readonly calibrating: Background;
  readonly protect: (path: string, bytes: Buffer) => readonly PublicOverlap[];
}

function makeParts(dataFolder: string, note: BackgroundNote | undefined): Made {
  const shipped = shippedBackground();
  const machine = note === undefined ? undefined : readFilter(dataFolder, note.key);
  if (machine === undefined) {
    return { background: shipped, calibrating: shipped, protect: () => [] };
  }
  const accepted = acceptsOverlap(note?.accepted ?? []);
  const background = guardBackground({ shipped, machine: machine.all, accepted });
  return {
    background,
    calibrating: joinBackgrounds(shipped, machine.calibrating),
    protect: (path, bytes) => background.protect(path, bytes),
  };
}
