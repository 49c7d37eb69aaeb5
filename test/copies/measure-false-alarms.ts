import { recognise } from './recognise.ts';
import type { CorpusFile } from './read-corpus.ts';
import type { Recogniser } from './measure-recall.ts';

export interface FalseAlarm {
  readonly path: string;
  readonly lines: string;
  readonly source: string;
  readonly rule: 'copy' | 'renamed';
  readonly grade: 'sure' | 'likely';
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
  { index, words }: Recogniser,
  onProgress: (files: number, alarms: number) => void,
): Promise<FalseAlarms> {
  const alarms: FalseAlarm[] = [];
  let count = 0;
  let bytes = 0;
  const start = performance.now();
  for (const file of files) {
    count++;
    bytes += file.bytes.length;
    const [best] = await recognise(index, file.bytes, words);
    if (best !== undefined) {
      const { rule, grade, bits, tokens, lines, source, sourceLines } = best;
      alarms.push({
        path: file.path,
        lines: `${lines.first}-${lines.last}`,
        source: `${source.path}:${sourceLines.first}-${sourceLines.last}`,
        rule,
        grade,
        bits: Math.round(bits),
        tokens,
      });
    }
    if (count % 250 === 0) onProgress(count, alarms.length);
  }
  return { files: count, bytes, milliseconds: performance.now() - start, alarms };
}
