import { defaultThresholds } from '../../core/detect/copies/indexing/index-builder.ts';
import type { CopyFact } from '../../core/model.ts';
import type { CorpusFile } from './read-corpus.ts';
import type { Recognise } from './recognise.ts';

export interface FalseAlarm {
  readonly path: string;
  readonly lines: string;
  readonly source: string;
  readonly rule: CopyFact['rule'];
  readonly grade: CopyFact['grade'];
  readonly bits: number;
  readonly tokens: number;
}

export interface FalseAlarms {
  readonly files: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly alarms: readonly FalseAlarm[];
}

/** Asks about files that hold nothing of the indexed project; what is told all the same, best first. */
export async function measureFalseAlarms(
  files: Iterable<CorpusFile>,
  recognise: Recognise,
  onProgress: (files: number, alarms: number) => void,
): Promise<FalseAlarms> {
  const alarms: FalseAlarm[] = [];
  let count = 0;
  let bytes = 0;
  const start = performance.now();
  for (const file of files) {
    count++;
    bytes += file.bytes.length;
    const [best] = (await recognise(file.bytes)).toSorted((a, b) => weight(b) - weight(a));
    if (best !== undefined) {
      const { rule, grade, bits = 0, tokens = 0, at, endLine, source } = best;
      alarms.push({
        path: file.path,
        lines: `${at.line ?? 0}-${endLine ?? at.line ?? 0}`,
        source: `${source.path}:${source.line}-${source.endLine ?? source.line}`,
        rule,
        grade,
        bits,
        tokens,
      });
    }
    if (count % 250 === 0) onProgress(count, alarms.length);
  }
  return { files: count, bytes, milliseconds: performance.now() - start, alarms };
}

const weight = ({ grade, bits = 0, tokens = 0 }: CopyFact): number =>
  (grade === 'sure' ? 1000 : 0) +
  Math.max(bits / defaultThresholds.block.bits, tokens / defaultThresholds.block.tokens);
