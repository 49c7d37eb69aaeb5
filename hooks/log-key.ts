import { readFileSync, writeFileSync } from 'node:fs';
import {
  makePrivacyKeys,
  parsePrivacyKeys,
  printPrivacyKeys,
  privacyFolder,
  readPrivacyKeys,
  writePrivacyKeys,
} from '../core/audit/privacy-keys.ts';
import { CordonError } from '../core/error.ts';
import { renderError } from '../core/report/index.ts';
import { readArguments } from './arguments.ts';
import { textOf } from './log-context.ts';
import { messagesOf } from './output.ts';
import { recordEvents } from './record-gaps.ts';
import { notWritten } from './write-output.ts';

const options = { create: { type: 'string' }, import: { type: 'string' } } as const;

/** The keys of keyed names: makes an organisation's, takes them over, or says which are used. */
export async function logKey(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  const { record } = messagesOf(parsed);
  const create = textOf(parsed, 'create');
  const from = textOf(parsed, 'import');
  if (create !== undefined && from !== undefined) {
    throw new CordonError('usage', {
      problem: 'bad-option',
      word: '--create --import',
      detail: 'they exclude each other',
    });
  }
  const folder = privacyFolder(process.env);
  if (create !== undefined) {
    createFiles(create);
    process.stdout.write(`${record.keyMade(create, `${create}.pub`)}\n`);
    return 0;
  }
  if (from !== undefined) {
    const keys = parsePrivacyKeys(readText(from), from);
    // Should someone bring the private half along, it does not stay on a laptop.
    const text = printPrivacyKeys({ ...keys, origin: 'organisation' }, false);
    writePrivacyKeys(folder, text, 'replace');
    const event = {
      kind: 'posture',
      circumstances: ['record-key-imported'],
      data: { key: keys.id },
    } as const;
    const failure = await recordEvents([event]);
    if (failure !== undefined) {
      process.stderr.write(`${renderError(failure, 'terminal', messagesOf(parsed))}\n`);
    }
    process.stdout.write(`${record.keyImported(keys.id)}\n`);
    return 0;
  }
  const keys = readPrivacyKeys(folder);
  process.stdout.write(
    `${keys === undefined ? record.noKey : record.keyShown(keys.id, keys.origin === 'organisation')}\n`,
  );
  return 0;
}

/** Never over a file that is there: a private key that is lost names nothing again, for ever. */
function createFiles(path: string): void {
  const keys = makePrivacyKeys('organisation');
  const files = [
    [path, true, 0o600],
    [`${path}.pub`, false, 0o644],
  ] as const;
  for (const [file, withIdentity, mode] of files) {
    try {
      writeFileSync(file, printPrivacyKeys(keys, withIdentity), { flag: 'wx', mode });
    } catch (error) {
      throw notWritten(error, file);
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CordonError('source.unreadable', { path }, error);
  }
}
