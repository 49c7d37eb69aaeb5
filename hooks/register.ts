import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CordonError } from '../core/error.ts';
import { plainText } from '../core/messages/index.ts';
import {
  checkLabels,
  exportHere,
  importHere,
  listIndexes,
  registerHere,
  type LabelCheck,
  type Session,
} from '../core/pipeline/index.ts';
import { wrap } from '../core/report/layout.ts';
import { yamlWord } from '../core/report/paste.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { messagesOf, showProgress } from './output.ts';
import { readPassphrase } from './read-passphrase.ts';
import { recordRegistration } from './record-register.ts';
import { readSmallFile } from './read-small-file.ts';
import { summaryOf } from './register-summary.ts';
import { sessionFor } from './session.ts';
import { writeOutput } from './write-output.ts';

/** A person waits for it as long as they like, and ends it with Ctrl-C. */
const BUDGET_MS = 24 * 3600 * 1000;
const MOST_KEY_BYTES = 64 * 1024;

const options = {
  check: { type: 'boolean' },
  export: { type: 'string' },
  names: { type: 'boolean' },
  import: { type: 'string' },
  force: { type: 'boolean' },
  'passphrase-file': { type: 'string' },
  recipient: { type: 'string' },
  identity: { type: 'string' },
  rotate: { type: 'boolean' },
  background: { type: 'string', multiple: true },
  'no-background': { type: 'boolean' },
  list: { type: 'boolean' },
} as const;

/** Remembers classified files by fingerprint, gives the index away and takes others in. */
export async function register(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  choice(parsed, 'format', ['text', 'json'] as const, 'text');
  const ways = ['check', 'export', 'import', 'rotate', 'list'].filter(
    (name) => parsed.values[name],
  );
  if (ways.length > 1 || (ways.length === 1 && parsed.positionals.length > 0)) {
    const word = [...ways.map((way) => `--${way}`), ...parsed.positionals].join(' ');
    const detail = 'they exclude each other';
    throw new CordonError('usage', { problem: 'bad-option', word, detail });
  }
  const { values } = parsed;
  if (values['check'] === true) return check(parsed);
  if (typeof values['export'] === 'string') return exportTo(parsed, resolve(values['export']));
  if (typeof values['import'] === 'string') return importFrom(parsed, resolve(values['import']));
  return values['list'] === true ? list(parsed) : registerFiles(parsed);
}

async function registerFiles(parsed: Parsed): Promise<number> {
  const folders = parsed.values['background'] as unknown as readonly string[] | undefined;
  const rotate = parsed.values['rotate'] === true;
  const registered = await withSession(parsed, async (session) => {
    const done = await registerHere(session, {
      paths: parsed.positionals.map((path) => resolve(path)),
      rotate,
      installed: parsed.values['no-background'] !== true,
      ...(folders !== undefined && { folders: folders.map((folder) => resolve(folder)) }),
    });
    const { files, added, changed, removed, keyMade, anew, complete, manifest } = done.outcome;
    await recordRegistration(parsed, session, {
      how: rotate ? 'rotated' : 'registered',
      words: [
        ...(keyMade ? ['key-made'] : []),
        ...(anew === undefined ? [] : [`anew-${anew}`]),
        ...(complete ? [] : ['incomplete']),
      ],
      labels: manifest.files.map(({ label }) => label),
      data: { files, added, changed, removed },
    });
    return done;
  });
  const { outcome, ...rest } = registered;
  const { manifest: _manifest, ...counts } = outcome;
  show(parsed, { ...counts, ...rest }, () => summaryOf(messagesOf(parsed), registered));
  return outcome.complete && outcome.unread.length === 0 ? 0 : 4;
}

async function check(parsed: Parsed): Promise<number> {
  const { result, open } = await withSession(parsed, async (session) => {
    const checked = await checkLabels(session);
    const found = checked.found.filter(({ allowed }) => allowed === undefined);
    // As with a scan: one that found nothing is nobody's business.
    if (found.length > 0) {
      await recordRegistration(parsed, session, {
        how: 'checked',
        labels: found.map(({ label }) => label),
        data: { files: checked.files, found: found.length },
      });
    }
    return { result: checked, open: found };
  });
  show(parsed, { ...result, clean: open.length === 0 && result.registered !== 'none' }, () =>
    overlapsOf(parsed, result),
  );
  if (open.length > 0) return 1;
  return result.notChecked.length > 0 || result.registered === 'none' ? 4 : 0;
}

/** Overlaps shown; the JSON form has all of them. */
const MOST_SHOWN = 50;

function overlapsOf(
  parsed: Parsed,
  { found, files, notChecked, registered }: LabelCheck,
): string[] {
  const messages = messagesOf(parsed);
  const texts = messages.copies.register;
  const open = found.filter(({ allowed }) => allowed === undefined);
  if (registered === 'none') return [texts.nothingToFind];
  const lines = [
    open.length === 0 ? texts.clean(files) : texts.mislabelled(open.length, files),
    ...(registered === 'elsewhere' ? [texts.notHere] : []),
  ];
  for (const one of found.slice(0, MOST_SHOWN)) {
    const { path, line, endLine, source, allowed } = one;
    lines.push(`  ${plainText(placeOf(path, line, endLine))}`);
    const text = texts.overlap({
      ...one,
      source: plainText(placeOf(source.path, source.line, source.endLine)),
    });
    lines.push(
      `      ${text}${allowed === undefined ? '' : `; ${texts.overlapAllowed(plainText(allowed.reason))}`}`,
    );
  }
  if (found.length > MOST_SHOWN) {
    lines.push(`  ${messages.report.moreFindings(found.length - MOST_SHOWN, undefined)}`);
  }
  const [first] = open;
  if (first !== undefined) {
    lines.push(
      texts.overlapAction,
      `  - {kind: copy, fingerprint: ${yamlWord(first.fingerprint)},`,
      `     reason: ${yamlWord(messages.report.reason)}}`,
    );
  }
  for (const { what, rule } of notChecked.slice(0, MOST_SHOWN)) {
    const reason = rule === 'payload' ? rule : messages.report.reasons[rule];
    lines.push(`${messages.report.notChecked} ${plainText(what)} (${reason}).`);
  }
  return lines;
}

const placeOf = (path: string, line: number | undefined, endLine: number | undefined): string =>
  line === undefined
    ? path
    : `${path}:${line}${endLine === undefined || endLine <= line ? '' : `-${endLine}`}`;

async function exportTo(parsed: Parsed, file: string): Promise<number> {
  const messages = messagesOf(parsed);
  const { recipient, 'passphrase-file': passphraseFile } = parsed.values;
  const names = parsed.values['names'] === true;
  const passphrase =
    recipient === undefined || passphraseFile !== undefined
      ? await readPassphrase(text(passphraseFile), { twice: true, messages })
      : undefined;
  const wraps = [
    ...(passphrase === undefined ? [] : [{ passphrase }]),
    ...(typeof recipient === 'string'
      ? [{ recipient: readSmallFile(recipient, MOST_KEY_BYTES).toString('utf8') }]
      : []),
  ];
  if (wraps.length === 0)
    throw withoutKey('--export', '--passphrase-file P or --recipient KEY.pem');
  const { bytes, files } = await withSession(parsed, async (session) => {
    const made = await exportHere(session, { wraps, names });
    writeOutput(file, made.bytes);
    await recordRegistration(parsed, session, {
      how: 'exported',
      words: [
        ...(passphrase === undefined ? [] : ['passphrase']),
        ...(typeof recipient === 'string' ? ['recipient'] : []),
        ...(names ? ['with-names'] : []),
      ],
      to: file,
      labels: made.labels,
      data: { files: made.files, bytes: made.bytes.length },
    });
    return made;
  });
  show(parsed, { file, files, bytes: bytes.length, names }, () => [
    messages.copies.register.exported({ file: plainText(file), size: bytes.length, files }),
    messages.copies.register.exportedNames(names),
  ]);
  return 0;
}

async function importFrom(parsed: Parsed, file: string): Promise<number> {
  const messages = messagesOf(parsed);
  const { identity, 'passphrase-file': passphraseFile } = parsed.values;
  // Asked before anybody types a passphrase for a file that is not there.
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new CordonError('source.unreadable', { path: file, why: 'ENOENT' });
  }
  const passphrase =
    identity === undefined
      ? await readPassphrase(text(passphraseFile), { twice: false, messages })
      : undefined;
  const key =
    typeof identity === 'string'
      ? { privateKey: readSmallFile(identity, MOST_KEY_BYTES).toString('utf8') }
      : passphrase === undefined
        ? undefined
        : { passphrase };
  if (key === undefined) throw withoutKey('--import', '--passphrase-file P or --identity KEY.pem');
  const { manifest, replaced, folder } = await importHere(process.env, {
    file,
    with: key,
    force: parsed.values['force'] === true,
  });
  const files = manifest.files.length;
  // In a repository its policy decides how names are kept; one is not needed.
  const session = await sessionFor(parsed, BUDGET_MS, () => undefined).catch(() => undefined);
  await recordRegistration(parsed, session, {
    how: 'imported',
    words: replaced ? ['replaced'] : [],
    path: file,
    labels: manifest.files.map(({ label }) => label),
    data: { files },
  });
  show(parsed, { file, folder, files, replaced }, () => [
    messages.copies.register.imported({ files, replaced }),
  ]);
  return 0;
}

const withoutKey = (word: string, expected: string): CordonError =>
  new CordonError('usage', { problem: 'missing-argument', word: `register ${word}`, expected });

const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

function list(parsed: Parsed): Promise<number> {
  const texts = messagesOf(parsed).copies.register;
  const indexes = listIndexes(process.env);
  show(parsed, { indexes }, () =>
    indexes.length === 0
      ? [texts.listedNone]
      : indexes.map(({ name, imported, files = 0, made = 0, labels = [], problem }) =>
          problem === undefined
            ? texts.listed({
                name,
                imported,
                files,
                day: new Date(made).toISOString().slice(0, 10),
                labels: plainText(labels.join(', ')),
              })
            : texts.listedBroken({ name, problem }),
        ),
  );
  return Promise.resolve(indexes.some(({ problem }) => problem !== undefined) ? 4 : 0);
}

async function withSession<Result>(
  parsed: Parsed,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const progress = showProgress(parsed);
  const session = await sessionFor(parsed, BUDGET_MS, progress.onProgress);
  return work(session).finally(progress.stop);
}

const MOST_COLUMNS = 80;

function show(parsed: Parsed, json: object, lines: () => readonly string[]): void {
  if (parsed.values['format'] === 'json') {
    process.stdout.write(`${JSON.stringify({ schema: 1, ...json }, null, 2)}\n`);
    return;
  }
  const columns = Math.min(process.stdout.columns ?? MOST_COLUMNS, MOST_COLUMNS);
  for (const line of lines()) {
    const [indent = ''] = /^ */.exec(line) ?? [];
    for (const part of wrap(line.trim(), columns - indent.length)) {
      process.stdout.write(`${indent}${part}\n`);
    }
  }
}
