import type { Layer } from '../../content/layer.ts';
import type { DetectContext, Detector } from '../detector.ts';
import { claimsPickle } from '../pickle/index.ts';
import { npyBody } from '../weights/npy.ts';
import {
  type Reading,
  readLater,
  readNow,
  readWithin,
  take,
  type Window,
  windowOf,
  windowOver,
} from '../weights/window.ts';
import { claimsKeras, findLambdas } from './keras-lambda.ts';
import { judgePickle, type Suspicion } from './judge-pickle.ts';

const MOST_READ = 512 * 1024 * 1024;
/** Facts a layer: the worst first, the rest says nothing new. */
const MOST_FACTS = 32;

/** Recognises model files that run code when they are loaded. */
export const executableDetector: Detector = {
  id: 'executable',
  version: 1,
  detect(layer, context) {
    const { bytes } = layer;
    if (bytes === undefined) return detectLater(layer, context);
    if (!mayRunCode(bytes)) return undefined;
    report(layer, context, readNow(findSuspicions(windowOver(bytes)), bytes));
    return undefined;
  },
};

function mayRunCode(head: Buffer): boolean {
  if (claimsKeras(head)) return true;
  return claimsPickle(head, head.length) !== undefined || (head[0] === 0x93 && head[1] === 0x4e);
}

async function detectLater(layer: Layer, context: DetectContext): Promise<void> {
  const { source } = layer;
  const limits = { bytes: MOST_READ, deadline: context.deadline };
  const outcome = await readLater(findSuspicions(windowOf(source.size)), source, limits);
  if (outcome.done) report(layer, context, outcome.value);
  else context.emit({ kind: 'uninspected', rule: outcome.rule, at: { layer: layer.way } });
}

function* findSuspicions(window: Window): Reading<Suspicion[]> {
  if (claimsKeras(yield* take(window, 0, 64))) return yield* findLambdas(window);
  // An array of objects is a pickle behind NumPy's header.
  const start = (yield* npyBody(window)) ?? 0;
  if (start === 0) return (yield* judgePickle(window)) ?? [];
  const region = { start, end: window.size };
  const found = (yield* readWithin(window, region, judgePickle)) ?? [];
  return found.map((one) => ({ ...one, offset: one.offset + start }));
}

function report(layer: Layer, context: DetectContext, found: readonly Suspicion[]): void {
  const worstFirst = [...found].sort(
    (a, b) => Number(b.grade === 'danger') - Number(a.grade === 'danger'),
  );
  for (const { rule, grade, detail, offset } of worstFirst.slice(0, MOST_FACTS)) {
    const at = { layer: layer.way, offset };
    if (!context.emit({ kind: 'executable-model', rule, grade, detail, at })) return;
  }
}
