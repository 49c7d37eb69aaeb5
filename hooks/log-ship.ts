import { loadHostKey } from '../core/audit/index.ts';
import { shipRecord, type ShipReport } from '../core/audit/ship.ts';
import { CordonError } from '../core/error.ts';
import { createProgress, renderShipped } from '../core/report/index.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { logContext, policiesHere, receiverOf, textOf } from './log-context.ts';
import { receiverKeyOf } from './log-verify.ts';
import { colorOf, messagesOf } from './output.ts';
import { recordEvents } from './record-gaps.ts';
import { httpTransport } from './ship-transport.ts';

const options = {
  to: { type: 'string' },
  again: { type: 'boolean' },
  'receiver-key': { type: 'string' },
} as const;

/** Sends the record to the receiver that the policy names. Exits with 1 on an alarm, 4 where some is left. */
export async function logShip(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  const format = choice(parsed, 'format', ['text', 'json'] as const, 'text');
  if ((process.env['CORDON_OFFLINE'] ?? '') !== '') {
    throw usage('log ship', 'CORDON_OFFLINE forbids any connection');
  }
  const key = receiverKeyOf(parsed);
  const url = checked(textOf(parsed, 'to') ?? (await receiverHere(parsed)));
  const { folder } = logContext();
  const host = loadHostKey(folder);
  const signer = {
    publicKey: host.publicKey.toString('base64'),
    sign: (text: string) => host.sign(text),
  };
  const messages = messagesOf(parsed);
  const progress = createProgress({
    stream: process.stderr,
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns,
    messages: {
      ...messages,
      progress: { ...messages.progress, scanned: messages.record.shipping },
    },
  });
  const report = await shipRecord(folder, httpTransport(url, signer), {
    receiver: url,
    again: parsed.values['again'] === true,
    ...(key !== undefined && { receiverKey: key }),
    onProgress: ({ lines, bytes }) => progress.update({ objects: Math.max(lines, 1), bytes }),
  }).finally(progress.done);
  await recordAlarms(report);
  const { columns } = process.stdout;
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ schema: 1, receiver: url, ...report }, undefined, 2)}\n`
      : renderShipped(
          report,
          url,
          { color: colorOf(parsed, process.stdout), ...(columns !== undefined && { columns }) },
          messages,
        ),
  );
  if (report.alarms.length > 0) return 1;
  return report.stopped === undefined ? 0 : 4;
}

async function receiverHere(parsed: Parsed): Promise<string> {
  const policies = (await policiesHere(parsed)) ?? [];
  const url = receiverOf(policies);
  if (url !== undefined) return url;
  throw usage('log ship', 'no policy here names a receiver (record.ship); name one with --to URL');
}

/** Over https alone, but for a receiver on this very machine. */
function checked(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal =
    url !== undefined && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return text;
  throw usage(`--to ${text}`, 'it must be an https URL');
}

const usage = (word: string, detail: string): CordonError =>
  new CordonError('usage', { problem: 'bad-option', word, detail });

/** That something does not fit is itself recorded; a run that went well would only give more to ship. */
async function recordAlarms({ alarms }: ShipReport): Promise<void> {
  if (alarms.length === 0) return;
  const words = [...new Set(alarms.map(({ what }) => `ship-${what}`))];
  await recordEvents([{ kind: 'ship', circumstances: words, data: { alarms: alarms.length } }]);
}
