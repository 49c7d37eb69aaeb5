import type { StoredEvent } from './stored-event.ts';

const columns = [
  'time',
  'kind',
  'verdict',
  'label',
  'actor',
  'host',
  'repository',
  'home',
  'path',
  'to',
  'object',
  'refs',
  'findings',
  'circumstances',
  'data',
  'policy',
  'version',
  'writer',
  'number',
  'head',
] as const;

/** RFC 4180 ends each line with both. */
const END = '\r\n';

export const CSV_HEADER = columns.join(',') + END;

/** One event as one line of CSV (RFC 4180): lossy where JSONL is not, so that a spreadsheet may open it. */
export function toCsv(event: StoredEvent): string {
  const cells: Record<(typeof columns)[number], string> = {
    time: new Date(event.t).toISOString(),
    kind: event.kind,
    verdict: event.verdict ?? '',
    label: event.label ?? '',
    actor: event.actor,
    host: event.host,
    repository: event.repository ?? '',
    home: event.home ?? '',
    path: event.path ?? '',
    to: event.to ?? '',
    object: event.object ?? '',
    refs: (event.refs ?? []).map(({ name, tip }) => `${name} ${tip}`).join('; '),
    findings: (event.findings ?? [])
      .map(({ kind, rule, severity, fingerprint }) => `${severity} ${kind}/${rule} ${fingerprint}`)
      .join('; '),
    circumstances: (event.circumstances ?? []).join('; '),
    data: event.data === undefined ? '' : JSON.stringify(event.data),
    policy: event.policy ?? '',
    version: event.version,
    writer: event.w,
    number: String(event.n),
    head: event.h,
  };
  return columns.map((name) => cell(cells[name])).join(',') + END;
}

/** What a spreadsheet takes for a formula, also behind spaces and in the wide forms some accept. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/u;
/** Would begin a line of its own, move a cursor, or hide or reorder its neighbours. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Always quoted. A name with a newline stays in its line, as `\n`: nobody forges a row by a file's name. */
function cell(text: string): string {
  const shown = text.replace(UNSAFE, (character) => {
    if (character === '\n') return String.raw`\n`;
    return String.raw`\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  const safe = FORMULA.test(text) ? `'${shown}` : shown;
  return `"${safe.replaceAll('"', '""')}"`;
}
