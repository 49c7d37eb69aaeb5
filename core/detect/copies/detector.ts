import { createHash } from 'node:crypto';
import { parseLfsPointer } from '../../content/lfs-pointer.ts';
import type { Layer } from '../../content/layer.ts';
import { CordonError } from '../../error.ts';
import type { CopyFact, Position } from '../../model.ts';
import type { DetectContext, Detector } from '../detector.ts';
import { isSamePiece, lookAtText, type CopySearch } from './look-at-text.ts';
import type { ExactSource, ExactTier } from './store/exact-tier.ts';
import { textParts } from './forms/text-parts.ts';
import type { CopyIndex, CopyMatch, WordTable } from './types.ts';

/** What is registered, as the catalogue opens it. */
export interface CopySet {
  readonly indexes: readonly CopyIndex[];
  readonly exact: ExactTier;
}

/** Copies told of one source under one label. More tell nobody more. */
const MOST_TOLD = 32;

/** A layer that is not held whole is read in pieces of this size, which share their ends. */
const PIECE_BYTES = 4 * 1024 * 1024;
const SHARED_BYTES = 64 * 1024;

/** What was told of one source so far; gone with it. */
interface Told {
  readonly whole: Set<string>;
  readonly pieces: { readonly way: string; readonly match: CopyMatch }[];
  readonly byLabel: Map<string, number>;
}

/** Finds registered content in any layer: the same bytes, and the same words or structure in text. */
export function copiesDetector(set: CopySet, words: WordTable): Detector {
  const all = new WeakMap<DetectContext, Told>();
  return {
    id: 'copies',
    version: 1,
    detect(layer, context) {
      let told = all.get(context);
      if (told === undefined) {
        all.set(context, (told = { whole: new Set(), pieces: [], byLabel: new Map() }));
      }
      const search: CopySearch = { indexes: set.indexes, words, deadline: context.deadline };
      const look: Look = { layer, context, told, exact: set.exact, search };
      if (layer.bytes === undefined || layer.skip.length > 0) return detectInPieces(look);
      return inTime(look, () => detectWhole(look, layer.bytes ?? NOTHING));
    },
  };
}

const NOTHING = Buffer.alloc(0);

interface Look {
  readonly layer: Layer;
  readonly context: DetectContext;
  readonly told: Told;
  readonly exact: ExactTier;
  readonly search: CopySearch;
}

function detectWhole(look: Look, bytes: Buffer): void {
  const { layer, exact } = look;
  if (exact.hasSize(bytes.length)) tellSame(look, sha256Of(bytes));
  // What the pointer stands for is known by it, also where nobody has the bytes.
  const pointer = parseLfsPointer(bytes);
  if (pointer !== undefined) tellSame(look, pointer.oid.toLowerCase());
  if (layer.form === 'text') {
    tellPieces(look, lookAtText(bytes, look.search), 0, 0);
    return;
  }
  for (const { start, end } of textParts(bytes)) {
    tellPieces(look, lookAtText(bytes.subarray(start, end), look.search), start, 0);
  }
}

/** A large layer, or one with tensors in it, which are not searched for words. */
async function detectInPieces(look: Look): Promise<void> {
  const { layer, exact, search } = look;
  const { source } = layer;
  try {
    if (exact.hasSize(source.size)) {
      const hash = createHash('sha256');
      for await (const chunk of source.stream()) {
        checkTime(search.deadline);
        hash.update(chunk);
      }
      tellSame(look, hash.digest('hex'));
    }
    if (search.indexes.length === 0) return;
    let lines = 0;
    for (const { start, end } of searched(layer)) {
      for (let at = start; at < end;) {
        checkTime(search.deadline);
        const bytes = await source.read(at, Math.min(PIECE_BYTES, end - at));
        if (bytes.length === 0) break;
        const parts = layer.form === 'text' ? [{ start: 0, end: bytes.length }] : textParts(bytes);
        for (const part of parts) {
          const text = bytes.subarray(part.start, part.end);
          tellPieces(look, lookAtText(text, search), at + part.start, lines);
        }
        const step = at + bytes.length < end ? nextPiece(bytes) : bytes.length;
        lines += countNewlines(bytes, step);
        at += step;
      }
    }
  } catch (error) {
    tellTimeIsUp(look, error);
  }
}

/** The next piece begins at a line within what it shares with this one. */
function nextPiece(bytes: Buffer): number {
  const from = Math.max(1, bytes.length - SHARED_BYTES);
  const newline = bytes.indexOf(10, from);
  return newline < 0 ? from : newline + 1;
}

function countNewlines(bytes: Buffer, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < to; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function searched({ skip, source }: Layer): { readonly start: number; readonly end: number }[] {
  const parts: { start: number; end: number }[] = [];
  let at = 0;
  for (const one of [...skip].sort((a, b) => a.start - b.start)) {
    if (one.start > at) parts.push({ start: at, end: one.start });
    at = Math.max(at, one.end);
  }
  if (at < source.size) parts.push({ start: at, end: source.size });
  return parts;
}

function checkTime(deadline: number): void {
  if (performance.now() > deadline) throw new CordonError('time-up');
}

function inTime(look: Look, work: () => void): void {
  try {
    work();
  } catch (error) {
    tellTimeIsUp(look, error);
  }
}

function tellTimeIsUp({ layer, context }: Look, error: unknown): void {
  if (!(error instanceof CordonError) || error.code !== 'time-up') throw error;
  context.emit({
    kind: 'uninspected',
    rule: 'time-budget',
    at: { layer: layer.way },
    detail: 'copies',
  });
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** One file may be registered in several places: each label it has there is told once. */
function tellSame(look: Look, sha256: string): void {
  const labels = new Set<string>();
  for (const source of look.exact.bySha256(sha256)) {
    look.told.whole.add(source.id);
    if (labels.has(source.label)) continue;
    labels.add(source.label);
    emit(look, wholeFact(look.layer, source, sha256));
  }
}

function wholeFact(layer: Layer, source: ExactSource, sha256: string): CopyFact {
  return {
    kind: 'copy',
    rule: 'whole',
    at: { layer: layer.way, ...layer.origin },
    label: source.label,
    source: { path: source.path, line: 1 },
    grade: 'sure',
    fingerprint: nameOf('whole', source.label, Buffer.from(sha256, 'hex')),
  };
}

/**
 * @param offset where the text that was looked at begins in the layer.
 * @param linesBefore lines of the layer before it, where it is text.
 */
function tellPieces(
  look: Look,
  matches: readonly CopyMatch[],
  offset: number,
  linesBefore: number,
): void {
  const { layer, told } = look;
  const earlier = [...told.pieces];
  for (const match of matches) {
    if (told.whole.has(match.source.id)) continue;
    // A decoded text shows again what its own raw form showed, and a piece what the one before shared.
    if (earlier.some((one) => isWithin(layer.way, one.way) && standsFor(one.match, match)))
      continue;
    told.pieces.push({ way: layer.way, match });
    const { source, sourceLines, lines, rule, grade, bits, tokens, covered } = match;
    emit(look, {
      kind: 'copy',
      rule,
      ...placeOf(layer, lines, offset, linesBefore),
      label: source.label,
      source: { path: source.path, line: sourceLines.first, endLine: sourceLines.last },
      grade,
      bits: Math.round(bits),
      tokens: Math.round(tokens),
      fingerprint: nameOf('part', source.label, covered),
    });
  }
}

const isWithin = (way: string, outer: string): boolean =>
  way === outer || outer === '' || way.startsWith(`${outer}!`);

const standsFor = (told: CopyMatch, match: CopyMatch): boolean =>
  isSamePiece(told, match) && (told.grade === 'sure' || match.grade === 'likely');

/** Lines count in the outermost text that holds the place: what was decoded from one has that one's. */
function placeOf(
  layer: Layer,
  lines: CopyMatch['lines'],
  offset: number,
  linesBefore: number,
): { readonly at: Position; readonly endLine?: number } {
  if (layer.origin !== undefined) return { at: { layer: layer.way, ...layer.origin } };
  if (layer.form !== 'text') return { at: { layer: layer.way, offset } };
  return {
    at: { layer: layer.way, line: linesBefore + lines.first },
    endLine: linesBefore + lines.last,
  };
}

function emit({ told, context }: Look, fact: CopyFact): void {
  const count = told.byLabel.get(fact.label) ?? 0;
  told.byLabel.set(fact.label, count + 1);
  if (count < MOST_TOLD) context.emit(fact);
}

/** The same for the same content of the same label, whichever of several sources it was taken from. */
function nameOf(what: 'whole' | 'part', label: string, content: Buffer): string {
  const hash = createHash('sha256').update(`copy\0${what}\0${label}\0`).update(content);
  return `c1:${hash.digest('hex').slice(0, 32)}`;
}
