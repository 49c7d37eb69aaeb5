import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { upperBound } from './binomial.ts';
import { CORPORA } from './corpora.ts';
import { SIZES, type Size } from './make-case.ts';
import { realCopyReason } from './real-copies.ts';
import type { FalseAlarm, FalseAlarms } from './measure-false-alarms.ts';
import type { Cell } from './measure-recall.ts';

/** What one run found for one index. */
export interface Result {
  readonly indexed: { readonly files: number; readonly bytes: number };
  readonly thresholds: { readonly bits: number; readonly tokens: number };
  readonly calibratedBy: number;
  /** Of the same files with nothing public taken away; at most 2,000 of them. */
  readonly bare?: { readonly files: number; readonly alarms: number };
  readonly negatives?: FalseAlarms;
  readonly cells?: readonly Cell[];
}

const PAGE = fileURLToPath(new URL('../../docs/detection.md', import.meta.url));
const BEGIN = '<!-- figures: written by `npm run measure` -->';
const END = '<!-- end of figures -->';

export function readResult(cache: string, id: string): Result | undefined {
  const path = `${cache}/results/${id}.json`;
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Result) : undefined;
}

/** Puts the figures of all runs in the cache into the page, between its marks. */
export function writeTables(cache: string): void {
  const parts = CORPORA.flatMap(({ id, title }) => {
    const result = readResult(cache, id);
    return result === undefined ? [] : [`### ${title}\n\n${sectionOf(result)}`];
  });
  const page = readFileSync(PAGE, 'utf8');
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${PAGE} has no marks for the figures`);
  const text = `${page.slice(0, from)}${BEGIN}\n\n${parts.join('\n\n')}\n\n${page.slice(to)}`;
  writeFileSync(PAGE, text);
}

function sectionOf(result: Result): string {
  const { indexed, thresholds, calibratedBy, negatives, cells, bare } = result;
  const lines = [
    `Index: ${count(indexed.files)} files, ${(indexed.bytes / 1e6).toFixed(1)} MB; calibrated by ${count(calibratedBy)} files to ${thresholds.bits} bits and ${thresholds.tokens} tokens.`,
  ];
  if (negatives !== undefined) lines.push('', alarmsOf(negatives));
  if (bare !== undefined) {
    lines.push(
      '',
      `With nothing public taken away, ${count(bare.alarms)} of ${count(bare.files)} of these files are stopped.`,
    );
  }
  if (cells !== undefined && cells.length > 0) {
    const full = Math.max(...cells.map(({ cases }) => cases));
    lines.push(
      '',
      `Percent stopped (warned or stopped) of ${full} copies a cell:`,
      '',
      tableOf(cells, full),
    );
  }
  return lines.join('\n');
}

function alarmsOf({ files, alarms }: FalseAlarms): string {
  const real = alarms.filter(({ path }) => realCopyReason(path) !== undefined);
  const unrelated = files - real.length;
  const rest = alarms.filter((one) => !real.includes(one));
  const sure = rest.filter(({ grade }) => grade === 'sure');
  return [
    '| | files | alarms | in 10,000 | at most (95 %) |',
    '|---|---|---|---|---|',
    rateRow('stopped', sure.length, unrelated),
    rateRow('warned or stopped', rest.length, unrelated),
    ...(real.length === 0
      ? []
      : [
          '',
          `${count(real.length)} more files really hold blocks of the index: ${[...new Set(real.map(({ path }) => realCopyReason(path)))].join('; ')}.`,
        ]),
    ...(sure.length === 0
      ? []
      : ['', '| false alarm | lines | bits | tokens | taken for |', '|---|---|---|---|---|']),
    ...sure.slice(0, 40).map(alarmRow),
  ].join('\n');
}

const rateRow = (what: string, hits: number, files: number): string =>
  `| ${what} | ${count(files)} | ${count(hits)} | ${((1e4 * hits) / files).toFixed(1)} | ${(1e4 * upperBound(hits, files)).toFixed(1)} |`;

const alarmRow = ({ path, lines, bits, tokens, source }: FalseAlarm): string =>
  `| \`${path}\` | ${lines} | ${bits} | ${tokens} | \`${source}\` |`;

function tableOf(cells: readonly Cell[], full: number): string {
  const names = [...new Set(cells.map(({ transform }) => transform))];
  return [
    `| what was done to the copy | ${SIZES.map(headOf).join(' | ')} |`,
    `|---|${SIZES.map(() => '---|').join('')}`,
    ...names.map((name) => {
      const row = SIZES.map((size) => {
        const cell = cells.find((one) => one.transform === name && one.size === size);
        return cell === undefined ? '' : percentOf(cell, full);
      });
      return `| ${name} | ${row.join(' | ')} |`;
    }),
  ].join('\n');
}

const headOf = (size: Size): string => (size === 'file' ? 'whole file' : `${size} lines`);

function percentOf({ cases, sure, likely }: Cell, full: number): string {
  if (cases === 0) return '–';
  const percent = (hits: number): string => String(Math.round((1000 * hits) / cases) / 10);
  const text = sure === likely ? percent(sure) : `${percent(sure)} (${percent(likely)})`;
  return cases === full ? text : `${text} of ${cases}`;
}

const count = (value: number): string => value.toLocaleString('en');
