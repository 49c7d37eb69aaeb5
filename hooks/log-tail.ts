import { followRecord, readRecord, type StoredEvent } from '../core/audit/index.ts';
import { readLastEvents } from '../core/audit/read-last.ts';
import { exportEvent, plainJson, revealEvent } from '../core/audit/export.ts';
import { matchesQuery } from '../core/audit/export-filter.ts';
import { CordonError } from '../core/error.ts';
import { renderEvent } from '../core/report/index.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { logContext, openSink, textOf, type LogContext } from './log-context.ts';
import { colorOf, messagesOf } from './output.ts';

const options = {
  lines: { type: 'string', short: 'n' },
  follow: { type: 'boolean', short: 'f' },
  mine: { type: 'boolean' },
} as const;

const USUAL_LINES = 20;

/** Shows the last events, and with `--follow` those that come. */
export async function logTail(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  const format = choice(parsed, 'format', ['text', 'json'] as const, 'text');
  const count = countOf(textOf(parsed, 'lines'));
  const context = logContext();
  const { folder, mine } = context;
  const query = parsed.values['mine'] === true ? { actors: mine } : {};
  // To a person the begin and the end of each process are two lines of noise about one act.
  const isShown = (event: StoredEvent) =>
    format === 'json' || (event.kind !== 'genesis' && event.kind !== 'seal');
  const where = (event: StoredEvent) => isShown(event) && matchesQuery(event, query);
  const print = printer(context, parsed, format);
  const sink = openSink(undefined);
  if (parsed.values['follow'] !== true) {
    for await (const event of eventsFor(folder, count, where)) {
      if (!(await sink.write(print(event)))) break;
    }
    await sink.end();
    return 0;
  }
  const stop = new AbortController();
  process.stdout.once('error', () => stop.abort());
  const coming = followRecord(folder, { signal: stop.signal });
  // Begins to follow before the last ones are read, or what is written between would be told of by neither.
  const first = coming.next();
  const told = new Set<string>();
  for await (const event of eventsFor(folder, count, where)) {
    told.add(`${event.w}:${event.n}`);
    process.stdout.write(print(event));
  }
  for (let got = await first; got.done !== true; got = await coming.next()) {
    const event: StoredEvent = got.value;
    if (where(event) && !told.delete(`${event.w}:${event.n}`)) process.stdout.write(print(event));
  }
  return 0;
}

function countOf(text: string | undefined): number {
  if (text === undefined) return USUAL_LINES;
  if (text === 'all') return Number.POSITIVE_INFINITY;
  const count = Number(text);
  if (/^\d{1,9}$/.test(text)) return count;
  throw new CordonError('usage', {
    problem: 'bad-option',
    word: `-n ${text}`,
    detail: 'a number of events, or all',
  });
}

/** All of them come as they are read, however many; the last few are kept in memory. */
async function* eventsFor(
  folder: string,
  count: number,
  where: (event: StoredEvent) => boolean,
): AsyncGenerator<StoredEvent> {
  if (count === Number.POSITIVE_INFINITY) yield* readRecord(folder, { where });
  else yield* await readLastEvents(folder, count, where);
}

function printer(
  { mine, keys }: LogContext,
  parsed: Parsed,
  format: 'text' | 'json',
): (event: StoredEvent) => string {
  const { stdout } = process;
  const messages = messagesOf(parsed);
  const color = colorOf(parsed, stdout);
  const { columns } = stdout;
  return (event) => {
    // Where this machine made the keys, its user sees their own record in clear.
    const key = keys.find(({ id }) => String(event.data?.['names'] ?? '').startsWith(`s1:${id}:`));
    const shown = key === undefined ? event : revealEvent(event, key);
    if (format === 'json') {
      const line = exportEvent(shown, 'jsonl');
      return stdout.isTTY === true ? plainJson(line) : line;
    }
    const width = columns === undefined ? {} : { columns };
    return `${renderEvent(shown, { color, mine, ...width }, messages)}\n`;
  };
}
