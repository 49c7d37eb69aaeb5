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

/**
 * What is looked for: everything; all but copies, which a name cannot hold; or copies alone, where the
 * rest is known of the same bytes.
 */
export type Part = 'all' | 'content' | 'copies';

/** Raised when opening layers finds more, or other things, than it did. */
const CONTENT_VERSION = 2;

export interface InspectorOptions {
  /** The policy's salt for fingerprints. */
  readonly salt: string;
  /** In milliseconds of `performance.now()`; after it, looking stops and says so. */
  readonly deadline: number;
  /** Folders in which LFS keeps the real bytes of its pointers. */
  readonly lfsStores?: readonly string[];
  /** What is registered here; `key` names it. */
  readonly copies?: { readonly detector?: Detector; readonly key: string };
}

/** Looks into content. What it tells is a function of the bytes, the detectors' versions and the salt. */
export interface Inspector {
  /** Names all that facts depend on beside the bytes: the key under which they are kept. */
  readonly key: string;
  /** The same for the facts about copies. Undefined where none are looked for. */
  readonly copiesKey?: string;
  /** No promise where the content could be looked into at once: a push brings thousands. */
  inspectBytes(bytes: Buffer, part?: Part): Inspection | Promise<Inspection>;
  inspectSource(source: ByteSource, part?: Part): Promise<Inspection>;
}

export function createInspector(options: InspectorOptions): Inspector {
  const { salt, deadline, copies } = options;
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

  const startLook = (part: Part) => createLook(fingerprint, deadline, part, copies?.detector);
  const inspectSource = (source: ByteSource, part: Part = 'all') =>
    goOn(startLook(part), undefined, openLayers(source, optionsFor(source.size)));

  return {
    key: keyOf(salt),
    ...(copies?.detector !== undefined && { copiesKey: keyOfCopies(copies.detector, copies.key) }),
    inspectSource,
    inspectBytes(bytes, part = 'all') {
      if (bytes.length > WHOLE_LAYER_BYTES) return inspectSource(bufferSource(bytes), part);
      const look = startLook(part);
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

/** Weights have a say in it: what they account for is not searched for words. */
function keyOfCopies(detector: Detector, registered: string): string {
  const { id, version } = detector;
  return `c${CONTENT_VERSION}-${weightsDetector.id}${weightsDetector.version}-${id}${version}-${registered}`;
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
function createLook(
  fingerprint: DetectContext['fingerprint'],
  deadline: number,
  part: Part,
  copies: Detector | undefined,
): Look {
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
  // What opening and weights tell is known already where only copies are left to look for, unless it is
  // that this look ended before its time.
  const isNews = (fact: Fact) =>
    part !== 'copies' || (fact.kind === 'uninspected' && endsLook.has(fact.rule));
  const quiet: DetectContext = { ...context, emit: () => true };
  const runs: readonly Run[] =
    part === 'copies'
      ? [{ detector: weightsDetector, context: quiet }, ...runOf(copies, context)]
      : [
          ...detectors.map((detector) => ({ detector, context })),
          ...(part === 'all' ? runOf(copies, context) : []),
        ];
  return {
    /** Takes a fact, or runs the detectors over a layer; a promise only where one had to wait. */
    at(item) {
      if ('kind' in item) {
        if (isNews(item)) context.emit(item);
        return undefined;
      }
      bytes += item.source.size;
      let waiting: Promise<void> | undefined;
      for (const { detector, context: told } of runs) {
        if (waiting !== undefined) {
          waiting = waiting.then(() => detector.detect(item, told));
          continue;
        }
        waiting = detector.detect(item, told) ?? undefined;
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

interface Run {
  readonly detector: Detector;
  readonly context: DetectContext;
}

const runOf = (detector: Detector | undefined, context: DetectContext): Run[] =>
  detector === undefined ? [] : [{ detector, context }];

const endsLook: ReadonlySet<UninspectedRule> = new Set(['time-budget', 'unreadable']);

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
