import { decodeIndex, encodeIndex } from '../detect/copies/encode-index.ts';
import {
  createIndexBuilder,
  type IndexTables,
  type Kept,
  updateIndex,
  withThresholds,
} from '../detect/copies/index-builder.ts';
import type { CopyIndex, SourceFile, Thresholds } from '../detect/copies/types.ts';

/** What the text index is made with. */
export interface TextTables extends IndexTables {
  /** Names the algorithm and the background: an index of another version is made anew. */
  readonly version: string;
  /** Thresholds for an index made anew; without it, the ones it comes with. */
  calibrate?(index: CopyIndex): Thresholds | Promise<Thresholds>;
}

/** A text index being made, file by file; no file's bytes are kept for long. */
export interface TextBuild {
  remove(id: string): void;
  /** Tells whether next to all of the file also stands in public code. */
  add(file: SourceFile): { readonly common: boolean };
  finish(): Promise<Buffer>;
}

/** Bytes of changed files held at once. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** Of a file's grams, so many the background must have before its bytes elsewhere say nothing. */
const COMMON_SHARE = 0.95;

/** From nothing. */
export function startText(tables: TextTables): TextBuild {
  const builder = createIndexBuilder(tables);
  return {
    remove: () => undefined,
    add: (file) => ({ common: isCommon(builder.add(file), file.bytes) }),
    async finish() {
      const index = builder.build();
      const thresholds = (await tables.calibrate?.(index)) ?? index.thresholds;
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
  let bytes = 0;
  const flush = () => {
    if (removed.length === 0 && added.length === 0) return;
    index = updateIndex(index ?? decodeIndex(text), { removed, added }, tables);
    [removed, added, bytes] = [[], [], 0];
  };
  return {
    remove: (id) => void removed.push(id),
    add(file) {
      added.push(file);
      bytes += file.bytes.length;
      if (bytes > BATCH_BYTES) flush();
      return { common: isCommon(createIndexBuilder(tables).add(file), file.bytes) };
    },
    finish() {
      flush();
      return Promise.resolve(index === undefined ? text : encodeIndex(index));
    },
  };
}

/** So short, a text without a run of words is a stub; longer, it is something that has none. */
const STUB_BYTES = 2048;

/** Kept grams are the winnowed ones, some two of five; the background is asked of all. */
function isCommon({ text, rename, background }: Kept, bytes: Buffer): boolean {
  const own = (text + rename) * 2.5;
  if (own + background === 0) return bytes.length < STUB_BYTES;
  return background >= (own + background) * COMMON_SHARE;
}
