import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  createBudget,
  openBufferLayers,
  openLayers,
  WHOLE_LAYER_BYTES,
  type Layer,
} from '../content/index.ts';
import type { DetectContext, Detector } from '../detect/detector.ts';
import { executableDetector } from '../detect/executable/index.ts';
import { fingerprintSecret, secretsDetector } from '../detect/secrets/index.ts';
import { weightsDetector } from '../detect/weights/index.ts';
import { CordonError } from '../error.ts';
import type { Fact, Inspection, UninspectedFact, UninspectedRule } from '../model.ts';
import { bufferSource, fileSource, type ByteSource } from '../source/index.ts';

/** More facts than this about one source tell nobody more: the rest becomes one `facts-budget`. */
const MAX_FACTS = 200;

// Weights first: what they account for as tensor payload, the others leave out.
const detectors: readonly Detector[] = [weightsDetector, executableDetector, secretsDetector];

/** Raised when opening layers finds more, or other things, than it did. */
const CONTENT_VERSION = 1;

export interface InspectorOptions {
  /** The policy's salt for fingerprints. */
  readonly salt: string;
  /** In milliseconds of `performance.now()`; after it, looking stops and says so. */
  readonly deadline: number;
  /** Folders in which LFS keeps the real bytes of its pointers. */
  readonly lfsStores?: readonly string[];
}

/** Looks into content. What it tells is a function of the bytes, the detectors' versions and the salt. */
export interface Inspector {
  /** Names all that facts depend on beside the bytes: the key under which they are kept. */
  readonly key: string;
  /** No promise where the content could be looked into at once: a push brings thousands. */
  inspectBytes(bytes: Buffer): Inspection | Promise<Inspection>;
  inspectSource(source: ByteSource): Promise<Inspection>;
}

export function createInspector(options: InspectorOptions): Inspector {
  const { salt, deadline } = options;
  const fingerprint = rememberFingerprints(salt);
  const resolveLfs = (oid: string) => Promise.resolve(openStored(options.lfsStores ?? [], oid));

  const optionsFor = (size: number) => ({
    budget: createBudget({ sourceBytes: size, deadline }),
    resolveLfs,
  });
  type Item = Layer | UninspectedFact;

  /** Goes on where something had to be waited for: a detector's promise, or layers that come later. */
  const goOn = async (
    look: Look,
    waiting: Promise<void> | undefined,
    layers: AsyncGenerator<Item> | Generator<Item, AsyncGenerator<Item> | undefined>,
  ): Promise<Inspection> => {
    try {
      await waiting;
      for (;;) {
        const step: IteratorResult<Item, AsyncGenerator<Item> | undefined> = await layers.next();
        const { done, value } = step;
        if (done === true) {
          if (value !== undefined) return await goOn(look, undefined, value);
          return look.end();
        }
        await look.at(value);
      }
    } catch (error) {
      look.take(asFact(error));
      return look.end();
    } finally {
      await layers.return(undefined);
    }
  };

  return {
    key: keyOf(salt),
    inspectSource: (source) =>
      goOn(
        createLook(fingerprint, deadline),
        undefined,
        openLayers(source, optionsFor(source.size)),
      ),
    inspectBytes(bytes) {
      if (bytes.length > WHOLE_LAYER_BYTES) {
        const source = bufferSource(bytes);
        return goOn(
          createLook(fingerprint, deadline),
          undefined,
          openLayers(source, optionsFor(bytes.length)),
        );
      }
      const look = createLook(fingerprint, deadline);
      const layers = openBufferLayers(bytes, optionsFor(bytes.length));
      for (;;) {
        const { done, value } = layers.next();
        if (done === true) {
          return value === undefined ? look.end() : goOn(look, undefined, value);
        }
        const waiting = look.at(value);
        if (waiting !== undefined) return goOn(look, waiting, layers);
      }
    },
  };
}

function keyOf(salt: string): string {
  const versions = detectors.map(({ id, version }) => `${id}${version}`).join('-');
  const salted = createHash('sha256').update(salt).digest('hex').slice(0, 12);
  return `c${CONTENT_VERSION}-${versions}-${salted}`;
}

const MOST_REMEMBERED = 10_000;

/**
 * A weak value's fingerprint takes some 30 ms, and a push brings every version of the file it stands in:
 * it is worked out once in an act, not once in each.
 */
function rememberFingerprints(salt: string): DetectContext['fingerprint'] {
  const known = new Map<string, string>();
  return (rule, value) => {
    const key = `${rule}\n${value.toString('latin1')}`;
    let fingerprint = known.get(key);
    if (fingerprint === undefined) {
      fingerprint = fingerprintSecret(salt, rule, value);
      // Hostile content may hold any number of values; ordinary content holds a few.
      if (known.size < MOST_REMEMBERED) known.set(key, fingerprint);
    }
    return fingerprint;
  };
}

interface Look {
  at(item: Layer | UninspectedFact): Promise<void> | undefined;
  take(fact: Fact): void;
  end(): Inspection;
}

/** One source being looked at: its facts so far, under the budget of facts. */
function createLook(fingerprint: DetectContext['fingerprint'], deadline: number): Look {
  const facts: Fact[] = [];
  let bytes = 0;
  let skippedBytes = 0;
  let isFull = false;
  const context: DetectContext = {
    deadline,
    fingerprint,
    emit(fact) {
      if (facts.length < MAX_FACTS) {
        facts.push(fact);
        return true;
      }
      if (!isFull) facts.push({ kind: 'uninspected', rule: 'facts-budget', at: fact.at });
      isFull = true;
      return false;
    },
  };
  return {
    /** Takes a fact, or runs the detectors over a layer; a promise only where one had to wait. */
    at(item) {
      if ('kind' in item) {
        context.emit(item);
        return undefined;
      }
      bytes += item.source.size;
      let waiting: Promise<void> | undefined;
      for (const detector of detectors) {
        if (waiting !== undefined) {
          waiting = waiting.then(() => detector.detect(item, context));
          continue;
        }
        waiting = detector.detect(item, context) ?? undefined;
      }
      const count = () => {
        for (const { start, end } of item.skip) skippedBytes += end - start;
      };
      if (waiting !== undefined) return waiting.then(count);
      count();
      return undefined;
    },
    take: (fact) => void context.emit(fact),
    // What a header accounted for as tensors was not read, and is not counted as looked at.
    end: () => ({ facts, bytes: Math.max(bytes - skippedBytes, 0), skippedBytes }),
  };
}

/** What stopped a look is told as a fact about the source, never swallowed. */
function asFact(error: unknown): Fact {
  if (!(error instanceof CordonError)) throw error;
  const rule: UninspectedRule = error.code === 'source.spool-full' ? 'bytes-budget' : 'unreadable';
  return { kind: 'uninspected', rule, at: { layer: '' }, detail: error.code };
}

function openStored(stores: readonly string[], oid: string): ByteSource | undefined {
  for (const store of stores) {
    try {
      return fileSource(join(store, oid.slice(0, 2), oid.slice(2, 4), oid));
    } catch (error) {
      // Not in this store. In none: the caller tells that the bytes are missing.
      if (!(error instanceof CordonError)) throw error;
    }
  }
  return undefined;
}
