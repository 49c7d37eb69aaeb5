import type { Fact } from '../model.ts';
import type { Layer } from '../content/layer.ts';

/** What a detector is given beside the layer. */
export interface DetectContext {
  /** Reports a fact. Returns false once the facts budget of this source is spent: stop looking. */
  emit(fact: Fact): boolean;
  /**
   * The stable name of a secret: `c1:…`, of rule and value under the repository's salt. Slow by
   * design for values that could be guessed, so call it only for candidates that passed all filters.
   */
  fingerprint(rule: string, value: Buffer): string;
  /** Milliseconds of `performance.now()` after which the detector must stop with `time-budget`. */
  readonly deadline: number;
}

/**
 * All detectors have this one shape. `detect` is called once a layer, outermost first, and must keep
 * its memory bounded whatever the size of the layer. It never sees a path or a policy. It returns
 * nothing (not even a promise) where it could work on `layer.bytes` alone.
 */
export interface Detector {
  readonly id: string;
  /** Part of the key under which facts are kept. Raised whenever the same bytes may give other facts. */
  readonly version: number;
  detect(layer: Layer, context: DetectContext): void | Promise<void>;
}
