import { readRecord, type StoredEvent } from '../core/audit/index.ts';
import { EXPORT_FORMATS, exportEvent, exportHeader, plainJson } from '../core/audit/export.ts';
import { matchesQuery, parseWhen } from '../core/audit/export-filter.ts';
import { pseudonymOf } from '../core/audit/pseudonym.ts';
import { CordonError } from '../core/error.ts';
import { renderError } from '../core/report/index.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { logContext, openSink, textOf, type LogContext } from './log-context.ts';
import { messagesOf } from './output.ts';
import { recordEvents } from './record-gaps.ts';

const options = {
  since: { type: 'string' },
  until: { type: 'string' },
  label: { type: 'string' },
  actor: { type: 'string' },
  mine: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
} as const;

/** Writes events for other systems. That it was done is an event itself. */
export async function logExport(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  const format = choice(parsed, 'format', EXPORT_FORMATS, 'jsonl');
  const context = logContext();
  const where = queryOf(parsed, context);
  const output = textOf(parsed, 'output');
  const sink = openSink(output);
  const isTerminal = output === undefined && process.stdout.isTTY === true && format !== 'csv';
  let events = 0;
  try {
    await sink.write(exportHeader(format));
    for await (const event of readRecord(context.folder, where)) {
      events += 1;
      const text = exportEvent(event, format);
      if (!(await sink.write(isTerminal ? plainJson(text) : text))) break;
    }
  } catch (error) {
    sink.abandon();
    throw error;
  }
  await sink.end();
  const filtered = ['since', 'until', 'label', 'actor', 'mine'].some((one) => parsed.values[one]);
  const failure = await recordEvents([{ kind: 'export', data: { format, events, filtered } }]);
  if (failure !== undefined) {
    process.stderr.write(`${renderError(failure, 'terminal', messagesOf(parsed))}\n`);
  }
  return 0;
}

function queryOf(parsed: Parsed, { mine, keys }: LogContext) {
  const now = Date.now();
  const [since, until, label, actor] = ['since', 'until', 'label', 'actor'].map((option) =>
    textOf(parsed, option),
  );
  if (actor !== undefined && parsed.values['mine'] === true) {
    throw new CordonError('usage', {
      problem: 'bad-option',
      word: '--mine --actor',
      detail: 'they exclude each other',
    });
  }
  const actors =
    parsed.values['mine'] === true
      ? mine
      : actor === undefined
        ? undefined
        : [actor, ...keys.map((key) => pseudonymOf(actor, key))];
  const query = {
    ...(since !== undefined && { since: parseWhen(since, '--since', now) }),
    ...(until !== undefined && { until: parseWhen(until, '--until', now, true) }),
    ...(label !== undefined && { label }),
    ...(actors !== undefined && { actors }),
  };
  return {
    ...(query.since !== undefined && { since: query.since }),
    ...(query.until !== undefined && { until: query.until }),
    where: (event: StoredEvent) => matchesQuery(event, query),
  };
}
