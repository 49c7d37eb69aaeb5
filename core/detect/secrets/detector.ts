import type { Layer, Region } from '../../content/layer.ts';
import type { UninspectedFact } from '../../model.ts';
import type { DetectContext, Detector } from '../detector.ts';
import { createEngine, type Engine } from './engine.ts';
import { OutOfTime } from './find-candidates.ts';
import { countLines, type LineCounter, newLineCounter, rewindTo } from './locate.ts';
import { BLOCK_BYTES } from './prefilter.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules/index.ts';
import { leftContext, rightContext, type Scan, step } from './scan.ts';
import { newTold, tellCandidate, type Telling, type Told } from './tell-candidate.ts';

/** Bytes searched in one step where a layer is too large to be held whole. */
const STREAM_STEP = 4 * BLOCK_BYTES;
/** A line that begins further back than this gets no column. */
const LONGEST_LINE = 1024 * 1024;

/** Builds a detector from rules. The automaton is built when the first layer comes. */
export function createSecretsDetector(from: readonly Rule[]): Detector {
  let engine: Engine | undefined;
  const told = new WeakMap<DetectContext, Told>();
  return {
    id: 'secrets',
    version: 1,
    detect(layer, context) {
      engine ??= createEngine(from);
      let values = told.get(context);
      if (values === undefined) told.set(context, (values = newTold()));
      const scan: Scan = {
        engine,
        binary: layer.form === 'binary',
        deadline: context.deadline,
        held: [],
      };
      if (layer.bytes === undefined || layer.skip.length > 0) {
        return detectInPieces({ layer, context, told: values }, scan);
      }
      return detectWhole({ layer, context, told: values }, layer.bytes, scan);
    },
  };
}

/** Finds credentials of known providers, and likely ones, in any layer. */
export const secretsDetector: Detector = createSecretsDetector(rules);

function detectWhole(telling: Telling, bytes: Buffer, scan: Scan): void {
  const { layer, context } = telling;
  const counter = newLineCounter();
  try {
    for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
      const to = Math.min(bytes.length, from + BLOCK_BYTES);
      for (const one of step(scan, bytes, 0, from, to, to === bytes.length)) {
        rewindTo(counter, one.start);
        if (layer.form === 'text') countLines(counter, bytes, 0, one.start);
        const line = bytes.subarray(counter.lineStart, one.start);
        if (!tellCandidate(telling, one, { bytes, base: 0, counter, line })) return;
      }
    }
  } catch (error) {
    tellTimeIsUp(error, layer, context);
  }
}

/** The parts of a layer that no detector has accounted for as payload, in order. */
function searched(layer: Layer): Region[] {
  const parts: Region[] = [];
  let at = 0;
  for (const skip of [...layer.skip].sort((a, b) => a.start - b.start)) {
    if (skip.start > at) parts.push({ start: at, end: Math.min(skip.start, layer.source.size) });
    at = Math.max(at, skip.end);
  }
  if (at < layer.source.size) parts.push({ start: at, end: layer.source.size });
  return parts;
}

async function detectInPieces(telling: Telling, scan: Scan): Promise<void> {
  const { layer, context } = telling;
  const counter = newLineCounter();
  const { engine } = scan;
  try {
    for (const part of searched(layer)) {
      for (let at = part.start; at < part.end; at += STREAM_STEP) {
        if (performance.now() > context.deadline) throw new OutOfTime();
        const end = Math.min(part.end, at + STREAM_STEP);
        const base = Math.max(part.start, at - leftContext(engine));
        const wanted = Math.min(part.end, end + rightContext(engine)) - base;
        const bytes = await layer.source.read(base, wanted);
        const done = step(scan, bytes, base, at - base, end - base, end === part.end);
        for (const one of done) {
          const line = layer.form === 'text' ? await moveTo(layer, counter, one.start) : undefined;
          if (!tellCandidate(telling, one, { bytes, base, counter, line })) return;
        }
      }
    }
  } catch (error) {
    tellTimeIsUp(error, layer, context);
  }
}

/** Counts lines up to `to` by reading again; returns the line's bytes before it. */
async function moveTo(layer: Layer, counter: LineCounter, to: number): Promise<Buffer | undefined> {
  rewindTo(counter, to);
  while (counter.at < to) {
    const length = Math.min(STREAM_STEP, to - counter.at);
    const base = counter.at;
    countLines(counter, await layer.source.read(base, length), base, base + length);
  }
  if (to - counter.lineStart > LONGEST_LINE) return undefined;
  return layer.source.read(counter.lineStart, to - counter.lineStart);
}

function tellTimeIsUp(error: unknown, layer: Layer, context: DetectContext): void {
  if (!(error instanceof OutOfTime)) throw error;
  const fact: UninspectedFact = {
    kind: 'uninspected',
    rule: 'time-budget',
    at: { layer: layer.way },
    detail: 'secrets',
  };
  context.emit(fact);
}
