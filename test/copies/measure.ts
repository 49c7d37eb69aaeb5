import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { CORPORA } from './corpora.ts';
import { fetchCorpora } from './fetch-corpora.ts';
import { SIZES } from './make-case.ts';
import { measureCell, type Cell, type OnMiss } from './measure-recall.ts';
import { measureFalseAlarms } from './measure-false-alarms.ts';
import { prepare } from './prepare.ts';
import { startPrinter } from './printer.ts';
import { readCorpus } from './read-corpus.ts';
import { transformsFor } from './transforms/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: 'string', default: `${homedir()}/.cache/cordon-measure` },
    count: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    part: { type: 'string', default: 'recall,negatives' },
  },
});

const { cache } = values;
const results = `${cache}/results`;
mkdirSync(results, { recursive: true });
const say = (text: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
};

const printer = await startPrinter();
for (const corpora of CORPORA) {
  const { language } = corpora;
  if (positionals.length > 0 && !positionals.includes(corpora.id)) continue;
  fetchCorpora(corpora, cache, say);
  const prepared = prepare(corpora, cache, printer, (text) => say(`${corpora.title}: ${text}`));
  const misses = `${results}/${corpora.id}-misses.txt`;
  if (values.part.includes('negatives')) {
    const negatives = readCorpus(corpora.negatives, language, { cache });
    const alarms = await measureFalseAlarms(negatives, prepared.recognise, (files, count) =>
      say(`${corpora.title}: ${files} files, ${count} alarms`),
    );
    writeFileSync(`${results}/${corpora.id}-alarms.json`, JSON.stringify(alarms, undefined, 1));
  }
  if (!values.part.includes('recall')) continue;
  rmSync(misses, { force: true });
  const noteMiss: OnMiss = (transform, size, one, found) => {
    const head = `=== ${transform.name} / ${size} from ${one.from} in ${one.carrier} ${found.map(({ bits, tokens }) => `${bits ?? 0}b ${tokens ?? 0}t`).join(' ')}`;
    const body =
      size === 'file' ? '' : `${one.snippet.join('\n')}\n--- \n${one.disguised.join('\n')}`;
    if (size !== 80) appendFileSync(misses, `${head}\n${body}\n`);
  };
  const cells: Cell[] = [];
  for (const transform of transformsFor(language.id)) {
    if (!transform.name.includes(values.only)) continue;
    for (const size of SIZES) {
      cells.push(
        await measureCell(
          prepared.set,
          prepared.recognise,
          transform,
          size,
          Number(values.count),
          noteMiss,
        ),
      );
    }
    const row = cells
      .slice(-SIZES.length)
      .map(({ cases, sure, likely }) =>
        cases === 0
          ? '-'
          : `${Math.round((100 * sure) / cases)}(${Math.round((100 * likely) / cases)})`,
      );
    say(`${transform.name.padEnd(36)}${row.join('  ')}`);
  }
  writeFileSync(`${results}/${corpora.id}-cells.json`, JSON.stringify(cells));
}
printer?.close();
