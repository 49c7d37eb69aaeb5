import { type Layer, SKIP_REGION_BYTES } from '../../content/layer.ts';
import type { Position } from '../../model.ts';
import type { DetectContext, Detector } from '../detector.ts';
import { findModels } from './find-models.ts';
import type { Recognised } from './format.ts';
import { WINDOW_BYTES } from './headerless-window.ts';
import { readLater, readNow, windowOf, windowOver } from './window.ts';

const LEAST_BYTES = 16;
/** Bytes looked at to tell text from a dump without NULs. */
const SAMPLE = 512;
/** All reads of one layer together. A safetensors header may take 100 MB of it, a GGUF vocabulary 10. */
const MOST_READ = 512 * 1024 * 1024;

/** Recognises parameters of trained models by the structure of the formats they are kept in. */
export const weightsDetector: Detector = {
  id: 'weights',
  version: 1,
  detect(layer, context) {
    const { bytes } = layer;
    if (layer.source.size < LEAST_BYTES || isCounted(layer, context)) return undefined;
    if (bytes === undefined) return detectLater(layer, context);
    const form = layer.form === 'text' && isText(bytes) ? 'text' : 'binary';
    report(layer, context, readNow(findModels(windowOver(bytes), form), bytes));
    return undefined;
  },
};

/**
 * A text with a NUL further down is a script or a page with something binary behind it; one with many
 * control characters is a dump whose NULs were replaced.
 */
function isText(bytes: Buffer): boolean {
  if (bytes.indexOf(0) >= 0) return false;
  // Shorter ones are no dump that statistics could tell.
  if (bytes.length < WINDOW_BYTES) return true;
  const middle = (bytes.length - SAMPLE) >> 1;
  let controls = 0;
  for (let i = middle; i < middle + SAMPLE; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls += 1;
  }
  return controls * 50 < SAMPLE;
}

async function detectLater(layer: Layer, context: DetectContext): Promise<void> {
  const { source } = layer;
  const outcome = await readLater(findModels(windowOf(source.size), 'binary'), source, {
    bytes: MOST_READ,
    deadline: context.deadline,
  });
  if (outcome.done) {
    report(layer, context, outcome.value);
  } else {
    context.emit({ kind: 'uninspected', rule: outcome.rule, at: { layer: layer.way } });
  }
}

/** By way, the archives seen in one source that count their members: none is told once more. */
const countingArchives = new WeakMap<DetectContext, Map<string, (member: string) => boolean>>();

function isCounted(layer: Layer, context: DetectContext): boolean {
  const cut = layer.way.lastIndexOf('!');
  const archive = cut < 0 ? '' : layer.way.slice(0, cut);
  const counts = layer.way === '' ? undefined : countingArchives.get(context)?.get(archive);
  return counts?.(layer.way.slice(cut + 1)) ?? false;
}

function report(layer: Layer, context: DetectContext, found: readonly Recognised[]): void {
  for (const { rule, offset, payloadBytes, tensors, parameters, payload, counts } of found) {
    if (payloadBytes === 0) continue;
    if (counts !== undefined) {
      const archives = countingArchives.get(context) ?? new Map<string, typeof counts>();
      countingArchives.set(context, archives.set(layer.way, counts));
    }
    const at: Position = { layer: layer.way, ...(offset > 0 ? { offset } : {}) };
    context.emit({
      kind: 'weights',
      rule,
      at,
      payloadBytes,
      ...(tensors === undefined ? {} : { tensors }),
      ...(parameters === undefined ? {} : { parameters }),
      evidence: 'content',
    });
    for (const region of payload) {
      if (region.end - region.start >= SKIP_REGION_BYTES) layer.skip.push(region);
    }
  }
  const outermost = layer.way === '';
  if (found.length === 0 && outermost && layer.form === 'binary') {
    context.emit({
      kind: 'opaque',
      rule: 'opaque',
      at: { layer: layer.way },
      bytes: layer.source.size,
    });
  }
}
