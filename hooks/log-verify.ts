import { readFileSync, realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { listSegments, verifyRecord, type Head } from '../core/audit/index.ts';
import { readHeads } from '../core/audit/cursor.ts';
import { parseReceiverKey, readSignedHead, type ReceiverKey } from '../core/audit/ship-head.ts';
import { CordonError } from '../core/error.ts';
import { createProgress, renderLines, renderVerify } from '../core/report/index.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { logContext, textOf } from './log-context.ts';
import { colorOf, messagesOf } from './output.ts';

const options = {
  heads: { type: 'string' },
  'receiver-key': { type: 'string' },
  file: { type: 'string' },
} as const;

/**
 * Checks every byte of the record, or with `--file` lines that were exported. Exits with 1 where it does not
 * hold, and with 4 where some of the lines could not be checked.
 */
export async function logVerify(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  const format = choice(parsed, 'format', ['text', 'json'] as const, 'text');
  const key = receiverKeyOf(parsed);
  const headsFile = textOf(parsed, 'heads');
  const given = headsFile === undefined ? [] : readHeadsFile(headsFile, key);
  const [named, ...more] = parsed.positionals;
  if (more.length > 0) throw badHeads(more.join(' '), 'it takes one file');
  const exported = textOf(parsed, 'file') ?? named;
  return exported === undefined
    ? verifyHere(parsed, format, given, key)
    : verifyFile(parsed, format, exported, given);
}

/** Lines that somebody handed over, wherever the record that they came from lies. */
async function verifyFile(
  parsed: Parsed,
  format: 'text' | 'json',
  file: string,
  heads: readonly Head[],
): Promise<number> {
  const { checkLines } = await import('../core/audit/check-lines.ts');
  let report;
  try {
    // A link to a file is as good as the file here: nothing is written by it.
    report = await checkLines(realpathSync(file), { heads });
  } catch (error) {
    throw new CordonError('source.unreadable', { path: file }, error);
  }
  const { columns } = process.stdout;
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ schema: 1, file, ...report }, undefined, 2)}\n`
      : renderLines(
          report,
          { file, own: heads.length > 0 },
          { color: colorOf(parsed, process.stdout), ...(columns !== undefined && { columns }) },
          messagesOf(parsed),
        ),
  );
  if (!report.ok) return 1;
  return report.unchecked > 0 || report.lines === 0 ? 4 : 0;
}

async function verifyHere(
  parsed: Parsed,
  format: 'text' | 'json',
  given: readonly Head[],
  key: ReceiverKey | undefined,
): Promise<number> {
  const { folder } = logContext();
  // One that nobody signed for is no head: it could hide a cut as well as show one.
  const kept = readHeads(folder).filter(({ writer, size, head, note }) => {
    const signed = readSignedHead(note, writer, key);
    return signed?.size === size && signed.head === head;
  });
  const heads = [...given, ...kept];
  const { record, progress: texts } = messagesOf(parsed);
  let total = 0;
  const progress = createProgress({
    stream: process.stderr,
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns,
    messages: {
      ...messagesOf(parsed),
      progress: { ...texts, scanned: (_, bytes) => record.verifying(bytes, total) },
    },
  });
  const report = await verifyRecord(folder, {
    heads,
    onProgress: ({ bytes, of }) => {
      total = of;
      progress.update({ objects: 1, bytes });
    },
  }).finally(progress.done);
  const files = new Map(listSegments(folder).map(({ writer, path }) => [writer, path]));
  const vouched = new Set(heads.map(({ writer }) => writer).filter((writer) => files.has(writer)));
  const { columns } = process.stdout;
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ schema: 1, folder, vouched: vouched.size, ...report }, undefined, 2)}\n`
      : renderVerify(
          report,
          {
            place: (segment) => {
              const path = files.get(segment);
              return path === undefined ? segment : relative(folder, path);
            },
            vouched: vouched.size,
            own: given.length > 0,
          },
          { color: colorOf(parsed, process.stdout), ...(columns !== undefined && { columns }) },
          messagesOf(parsed),
        ),
  );
  return report.ok ? 0 : 1;
}

/** The key that heads must be signed with. @throws CordonError `usage` */
export function receiverKeyOf(parsed: Parsed): ReceiverKey | undefined {
  const text = textOf(parsed, 'receiver-key');
  if (text === undefined) return undefined;
  const key = parseReceiverKey(text);
  if (key !== undefined) return key;
  throw badHeads('--receiver-key', 'NAME+ID+BASE64 of an ed25519 key');
}

/** Lines of `{"writer":…,"size":…,"head":…}`, with a signed `note` where a key is to be held against them. */
function readHeadsFile(path: string, key: ReceiverKey | undefined): Head[] {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new CordonError('source.unreadable', { path }, error);
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const head = parseHead(line);
      if (head === undefined) throw badHeads(`${path}:${index + 1}`, 'it is no head of a segment');
      if (key === undefined) return head;
      const signed = readSignedHead(head.note ?? '', head.writer, key);
      if (signed?.size === head.size && signed.head === head.head) return head;
      throw badHeads(`${path}:${index + 1}`, 'it is not signed with that key');
    });
}

function parseHead(line: string): (Head & { readonly note?: string }) | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<string, unknown>> | null;
    const { writer, size, head, note } = value ?? {};
    if (typeof writer !== 'string' || typeof size !== 'number' || typeof head !== 'string') {
      return undefined;
    }
    if (!Number.isSafeInteger(size) || !/^[\w-]{43}$/.test(head)) return undefined;
    return { writer, size, head, ...(typeof note === 'string' && { note }) };
  } catch {
    return undefined;
  }
}

const badHeads = (word: string, detail: string): CordonError =>
  new CordonError('usage', { problem: 'bad-option', word, detail });
