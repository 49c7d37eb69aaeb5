import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { CORPORA, type Corpora } from './corpora.ts';
import { fetchCorpora } from './fetch-corpora.ts';
import { SIZES } from './make-case.ts';
import { measureCell, type Cell, type OnMiss } from './measure-recall.ts';
import { measureFalseAlarms } from './measure-false-alarms.ts';
import { prepare, type Prepared } from './prepare.ts';
import { startPrinter, type Printer } from './printer.ts';
import { readCorpus } from './read-corpus.ts';
import { transformsFor } from './transforms/index.ts';
import { readResult, writeTables, type Result } from './write-tables.ts';

/*
 * npm run measure [-- ID...] [--cache DIR] [--count N] [--part negatives,recall] [--only TRANSFORM]
 * Figures go to CACHE/results, misses beside them for reading, and the tables to docs/detection.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: 'string', default: `${homedir()}/.cache/cordon-measure` },
    count: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    /** Keeps the default thresholds, to see what calibration costs and saves. */
    uncalibrated: { type: 'boolean', default: false },
    part: { type: 'string', default: 'negatives,recall' },
  },
});
const { cache, part, only } = values;

/** Files the ablation is asked about: it only has to show that it fails. */
const BARE_FILES = 2000;

mkdirSync(`${cache}/results`, { recursive: true });
const printer = await startPrinter();
for (const corpora of CORPORA) {
  if (positionals.length === 0 || positionals.includes(corpora.id)) await measure(corpora, printer);
}
printer?.close();
writeTables(cache);

async function measure(corpora: Corpora, python: Printer | undefined): Promise<void> {
  const say = (text: string): void => {
    process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${corpora.id}: ${text}\n`);
  };
  fetchCorpora(corpora, cache, say);
  const prepared = prepare(corpora, { cache, uncalibrated: values.uncalibrated }, python, say);
  const { thresholds, calibratedBy } = prepared;
  const result: Result = {
    ...readResult(cache, corpora.id),
    indexed: { files: prepared.indexedFiles, bytes: prepared.indexedBytes },
    thresholds: thresholds.block,
    calibratedBy,
    ...(part.includes('negatives') ? await askOthers(corpora, prepared, say) : {}),
    ...(part.includes('recall') ? { cells: await askCopies(corpora, prepared, say) } : {}),
  };
  if (only === '') writeFileSync(`${cache}/results/${corpora.id}.json`, JSON.stringify(result));
}

async function askOthers(
  { language, negatives, mostFiles = 4000 }: Corpora,
  { recognise, recogniseBare }: Prepared,
  say: (text: string) => void,
): Promise<Pick<Result, 'negatives' | 'bare'>> {
  const progress = (files: number, alarms: number): void => {
    if (files % 2000 === 0) say(`${files} files of others, ${alarms} alarms`);
  };
  const found = await measureFalseAlarms(
    readCorpus(negatives, language, { cache, mostFiles }),
    recognise,
    progress,
  );
  say(`${found.files} files of others, ${found.alarms.length} alarms`);
  const few = [...readCorpus(negatives, language, { cache, mostFiles: 100 })].slice(0, BARE_FILES);
  const bare = await measureFalseAlarms(few, recogniseBare, progress);
  const stopped = bare.alarms.filter(({ grade }) => grade === 'sure');
  return { negatives: found, bare: { files: bare.files, alarms: stopped.length } };
}

async function askCopies(
  { id, language }: Corpora,
  { set, recognise }: Prepared,
  say: (text: string) => void,
): Promise<Cell[]> {
  const misses = `${cache}/results/${id}-misses.txt`;
  rmSync(misses, { force: true });
  const onMiss: OnMiss = (transform, size, { from, carrier, snippet, disguised }, found) => {
    const near = found.map(({ bits = 0, tokens = 0 }) => `${bits} bits, ${tokens} tokens`);
    const head = `=== ${transform.name}, ${size} lines of ${from} in ${carrier}; ${near.join('; ')}`;
    const text = [head, ...snippet.slice(0, 80), '---', ...disguised.slice(0, 80), ''];
    appendFileSync(misses, text.join('\n'));
  };
  const cells: Cell[] = [];
  for (const transform of transformsFor(language.id)) {
    if (!transform.name.includes(only)) continue;
    const row: Cell[] = [];
    for (const size of SIZES) {
      row.push(await measureCell(set, recognise, transform, size, Number(values.count), onMiss));
    }
    cells.push(...row);
    const percent = (hits: number, cases: number): string =>
      String(Math.round((100 * hits) / cases));
    const shown = row.map(({ cases, sure, likely }) =>
      cases === 0 ? '-' : `${percent(sure, cases)}(${percent(likely, cases)})`,
    );
    say(`${transform.name.padEnd(34)}${shown.map((cell) => cell.padStart(9)).join('')}`);
  }
  return cells;
}
