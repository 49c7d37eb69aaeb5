import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readRecord, type StoredEvent } from '../core/audit/index.ts';
import { exportEvent, plainJson, revealEvent } from '../core/audit/export.ts';
import { parsePrivacyKeys, type PrivacyKeys } from '../core/audit/privacy-keys.ts';
import { parseLine } from '../core/audit/read-segment.ts';
import { CordonError } from '../core/error.ts';
import { renderError } from '../core/report/index.ts';
import { readArguments } from './arguments.ts';
import { logContext, openSink, textOf } from './log-context.ts';
import { messagesOf } from './output.ts';
import { recordEvents } from './record-gaps.ts';

const options = { identity: { type: 'string' }, output: { type: 'string', short: 'o' } } as const;

/**
 * Names keyed events again, for whoever holds the private half: of a file of lines, of standard input
 * (`-`), or of this machine's own record. That it was done is an event.
 */
export async function logReveal(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  const [path, ...more] = parsed.positionals;
  if (more.length > 0) throw usage(more.join(' '), 'it takes one file');
  const messages = messagesOf(parsed);
  const context = logContext();
  const identity = textOf(parsed, 'identity');
  const keys = identity === undefined ? context.keys : [keysIn(identity)];
  if (!keys.some((one) => one.identity !== undefined)) {
    throw usage('log reveal', 'no private key is here; name one with --identity KEY');
  }
  const output = textOf(parsed, 'output');
  const sink = openSink(output);
  const isTerminal = output === undefined && process.stdout.isTTY === true;
  let events = 0;
  let left = 0;
  try {
    for await (const event of path === undefined ? readRecord(context.folder) : linesOf(path)) {
      const { event: shown, isOpen } = open(event, keys);
      events += 1;
      if (!isOpen) left += 1;
      const text = exportEvent(shown, 'jsonl');
      if (!(await sink.write(isTerminal ? plainJson(text) : text))) break;
    }
  } catch (error) {
    sink.abandon();
    throw error;
  }
  await sink.end();
  if (left > 0) process.stderr.write(`cordon: ${messages.record.notNamed(left)}\n`);
  const told = { kind: 'export', circumstances: ['names-revealed'], data: { events } } as const;
  const failure = await recordEvents([told]);
  if (failure !== undefined)
    process.stderr.write(`${renderError(failure, 'terminal', messages)}\n`);
  return 0;
}

function open(event: StoredEvent, keys: readonly PrivacyKeys[]) {
  if (typeof event.data?.['names'] !== 'string') return { event, isOpen: true };
  for (const key of keys) {
    const shown = revealEvent(event, key);
    if (shown !== event) return { event: shown, isOpen: true };
  }
  return { event, isOpen: false };
}

async function* linesOf(path: string): AsyncGenerator<StoredEvent> {
  const input = path === '-' ? process.stdin : createReadStream(path);
  // The stream's own error would end the process; the reader below only sees an early end.
  let failed: unknown;
  input.on('error', (error: Error) => (failed = error));
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    const event = parseLine(Buffer.from(line, 'utf8'));
    if (event?.kind === undefined) throw usage(`${path}:${number}`, 'it is no line of a record');
    yield event;
  }
  if (failed !== undefined) throw new CordonError('source.unreadable', { path }, failed);
}

function keysIn(path: string): PrivacyKeys {
  try {
    return parsePrivacyKeys(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof CordonError) throw error;
    throw new CordonError('source.unreadable', { path }, error);
  }
}

const usage = (word: string, detail: string): CordonError =>
  new CordonError('usage', { problem: 'bad-option', word, detail });
