import { decodeIndex, encodeIndex } from '../detect/copies/indexing/encode-index.ts';
import {
  createIndexBuilder,
  type IndexTables,
  type Kept,
  updateWith,
  withThresholds,
} from '../detect/copies/indexing/index-builder.ts';
import { takeFile, type TakenFile } from '../detect/copies/indexing/take-file.ts';
import type { Background, CopyIndex, SourceFile, Thresholds } from '../detect/copies/types.ts';

/** What the text index is made with. */
export interface TextTables extends IndexTables {
  /** Names the algorithm and the background: an index of another version is made anew. */
  readonly version: string;
  /** Asked of each classified file before its grams are: installed code must not take whole stretches of it. */
  protect?(path: string, bytes: Buffer): readonly PublicOverlap[];
  /** The background without what `calibrate` scores the index by; `background` where left out. */
  readonly calibrating?: Background;
  /** Thresholds for an index made anew, asked of one made with `calibrating`; without it, the default ones. */
  calibrate?(index: CopyIndex): Thresholds | Promise<Thresholds>;
}

/** A stretch of a classified file of which most stands in installed code: public, planted, or installed from here. */
export interface PublicOverlap {
  readonly path: string;
  readonly lines: { readonly first: number; readonly last: number };
  readonly grams: number;
  readonly fingerprint: string;
}

interface Taken {
  readonly common: boolean;
  readonly overlaps: readonly PublicOverlap[];
}

/** A text index being made, file by file; no file's bytes are kept for long. */
export interface TextBuild {
  remove(id: string): void;
  /** `name`: its path for people. Tells whether next to all of the file also stands in public code. */
  add(file: SourceFile, name: string): Taken;
  finish(): Promise<Buffer>;
}

/** Bytes of changed files held at once. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** Of a file's grams, so many the background must have before its bytes elsewhere say nothing. */
const COMMON_SHARE = 0.95;

/** From nothing. */
export function startText(tables: TextTables): TextBuild {
  const { calibrating, words } = tables;
  const builder = createIndexBuilder(tables);
  // What is held back must not be subtracted where it is scored, and is in the end.
  const apart =
    calibrating && createIndexBuilder({ words, background: keepProtected(calibrating, tables) });
  return {
    remove: () => undefined,
    add(file, name) {
      const overlaps = tables.protect?.(name, file.bytes) ?? [];
      apart?.add(file);
      return { overlaps, common: isCommon(builder.add(file), file.bytes) };
    },
    async finish() {
      const index = builder.build();
      const scored = apart?.build() ?? index;
      const thresholds = (await tables.calibrate?.(scored)) ?? index.thresholds;
      return encodeIndex(withThresholds(index, thresholds));
    },
  };
}

/**
 * From an earlier one, which is decoded where something changes. `add` and `finish` throw
 * `copies.bad-file` where it cannot be.
 */
export function resumeText(tables: TextTables, text: Buffer): TextBuild {
  let index: CopyIndex | undefined;
  let removed: string[] = [];
  let added: SourceFile[] = [];
  let latest: TakenFile | undefined;
  let bytes = 0;
  const flush = () => {
    if (removed.length === 0 && added.length === 0) return;
    // What one file protects counts for those before it: taken again, unless it is the only one.
    const taken =
      added.length === 1 && latest !== undefined
        ? [latest]
        : added.map((file) => takeFile(file, tables.background));
    index = updateWith(index ?? decodeIndex(text), { removed, taken });
    [removed, added, bytes] = [[], [], 0];
  };
  return {
    remove: (id) => void removed.push(id),
    add(file, name) {
      const overlaps = tables.protect?.(name, file.bytes) ?? [];
      added.push(file);
      bytes += file.bytes.length;
      latest = takeFile(file, tables.background);
      const common = isCommon(latest.kept, file.bytes);
      if (bytes > BATCH_BYTES) flush();
      return { overlaps, common };
    },
    finish() {
      flush();
      return Promise.resolve(index === undefined ? text : encodeIndex(index));
    },
  };
}

/** What protection kept, calibration keeps too: it takes what both would. */
const keepProtected = (calibrating: Background, { background }: TextTables): Background => ({
  has: (view, high, low) => calibrating.has(view, high, low) && background.has(view, high, low),
});

/** So short, a text without a run of words is a stub; longer, it is something that has none. */
const STUB_BYTES = 2048;

/** Kept grams are the winnowed ones, some two of five; the background is asked of all. */
function isCommon({ text, rename, background }: Kept, bytes: Buffer): boolean {
  const own = (text + rename) * 2.5;
  if (own + background === 0) return bytes.length < STUB_BYTES;
  return background >= (own + background) * COMMON_SHARE;
}
