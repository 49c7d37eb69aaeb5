import type { Layer } from '../../content/layer.ts';
import type { Position, SecretFact } from '../../model.ts';
import type { DetectContext } from '../detector.ts';
import type { Candidate } from './find-candidates.ts';
import { type LineCounter, utf16Length } from './locate.ts';
import { findMarker } from './marker.ts';
import { redact } from './redact.ts';

/** What was told of one source so far; gone with it. */
export interface Told {
  /** By rule and value: the fingerprint is slow for what could be guessed. */
  readonly fingerprints: Map<string, string>;
  /** By value: the layers it stood in. */
  readonly ways: Map<string, Set<string>>;
}

/** Nothing told yet. */
export function newTold(): Told {
  return { fingerprints: new Map(), ways: new Map() };
}

/** What the facts of one layer have in common. */
export interface Telling {
  readonly layer: Layer;
  readonly context: DetectContext;
  readonly told: Told;
}

/** The bytes that hold a candidate and its surroundings; they begin at `base` of the layer. */
export interface Surroundings {
  readonly bytes: Buffer;
  readonly base: number;
  readonly counter: LineCounter;
  /** The candidate's line up to it, where that is known. */
  readonly line: Buffer | undefined;
}

/** Emits the fact of one credential. Returns false where the source's budget of facts is spent. */
export function tellCandidate(telling: Telling, one: Candidate, around: Surroundings): boolean {
  const { layer, context, told } = telling;
  const { rule } = one.compiled;
  const ways = told.ways.get(one.value) ?? new Set();
  // A decoded text shows again what its own raw form showed: one finding for one place.
  if (layer.origin !== undefined && ways.has(parentOf(layer.way))) return true;
  told.ways.set(one.value, ways.add(layer.way));
  const key = `${rule.id}\n${one.value}`;
  const fingerprint =
    told.fingerprints.get(key) ?? context.fingerprint(rule.id, Buffer.from(one.value, 'latin1'));
  told.fingerprints.set(key, fingerprint);
  const { bytes, base } = around;
  const reason = findMarker(bytes, one.start - base, one.end - base, rule.id);
  const fact: SecretFact = {
    kind: 'secret',
    rule: rule.id,
    at: placeOf(layer, one, around),
    redacted: redact(rule, one.value),
    fingerprint,
    severity: one.severity,
    proven: one.proven,
    ...(reason === undefined ? {} : { marker: { reason } }),
  };
  return context.emit(fact);
}

const parentOf = (way: string) => way.slice(0, Math.max(0, way.lastIndexOf('!')));

/** Line and column in the outermost text: a decoded layer's own lines mean nothing to a reader. */
function placeOf(layer: Layer, one: Candidate, around: Surroundings): Position {
  const at = { layer: layer.way, offset: one.start };
  if (layer.origin !== undefined) return { ...at, ...layer.origin };
  if (layer.form !== 'text') return at;
  const line = around.counter.lines + 1;
  if (around.line === undefined) return { ...at, line };
  return { ...at, line, column: utf16Length(around.line) + 1 };
}
