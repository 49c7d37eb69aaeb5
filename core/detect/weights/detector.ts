import { type Layer, SKIP_REGION_BYTES } from '../../content/layer.ts';
import type { Position } from '../../model.ts';
import type { DetectContext, Detector } from '../detector.ts';
import { findModels } from './find-models.ts';
import type { Recognised } from './format.ts';
import { readLater, readNow, windowOf, windowOver } from './window.ts';

const LEAST_BYTES = 16;
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
    // A text with a NUL further down is a script or a page with something binary behind it.
    const form = layer.form === 'text' && bytes.indexOf(0) < 0 ? 'text' : 'binary';
    report(layer, context, readNow(findModels(windowOver(bytes), form), bytes));
    return undefined;
  },
};

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

/** Ways of the PyTorch archives seen in one source: their storages count there, not once more each. */
const countedArchives = new WeakMap<DetectContext, Set<string>>();

function isCounted(layer: Layer, context: DetectContext): boolean {
  const cut = layer.way.lastIndexOf('!');
  const archive = cut < 0 ? '' : layer.way.slice(0, cut);
  if (layer.depth === 0 || !countedArchives.get(context)?.has(archive)) return false;
  return /(?:^|\/)(?:data|constants|tensors)\//.test(layer.way.slice(cut + 1));
}

function report(layer: Layer, context: DetectContext, found: readonly Recognised[]): void {
  for (const { rule, offset, payloadBytes, tensors, parameters, payload } of found) {
    if (payloadBytes === 0) continue;
    if (rule === 'pytorch-zip') {
      const ways = countedArchives.get(context) ?? new Set();
      countedArchives.set(context, ways.add(layer.way));
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
