import { CSV_HEADER, toCsv } from './export-csv.ts';
import { toOcsf } from './ocsf.ts';
import { openNames, type Names } from './pseudonym.ts';
import type { PrivacyKeys } from './privacy-keys.ts';
import type { StoredEvent } from './stored-event.ts';

export const EXPORT_FORMATS = ['jsonl', 'ocsf', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What stands before the first event. */
export const exportHeader = (format: ExportFormat): string => (format === 'csv' ? CSV_HEADER : '');

/**
 * An event in a format, with its newline. `jsonl` is the record's own line, byte for byte, so what it says
 * can still be held against its head; `ocsf` is a line an OCSF event.
 */
export function exportEvent(event: StoredEvent, format: ExportFormat): string {
  switch (format) {
    case 'jsonl':
      return `${JSON.stringify(event)}\n`;
    case 'ocsf':
      return toOcsf(event)
        .map((one) => `${JSON.stringify(one)}\n`)
        .join('');
    case 'csv':
      return toCsv(event);
  }
}

const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;

/** JSON for a terminal: the same value, with what could move a cursor or reorder a line as an escape. */
export function plainJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => String.raw`\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** The event with its names as they were, where these keys open them; else as it is. */
export function revealEvent(event: StoredEvent, keys: PrivacyKeys): StoredEvent {
  const sealed = event.data?.['names'];
  const names = typeof sealed === 'string' ? openNames(sealed, keys) : undefined;
  if (names === undefined) return event;
  const text = (name: string): string | undefined => {
    const value = names[name];
    return typeof value === 'string' ? value : undefined;
  };
  const path = text('path');
  const to = text('to');
  const repository = text('repository');
  const home = text('home');
  return {
    ...event,
    actor: text('actor') ?? event.actor,
    ...(path !== undefined && { path }),
    ...(to !== undefined && { to }),
    ...(repository !== undefined && { repository }),
    ...(home !== undefined && { home }),
    ...(event.refs !== undefined && { refs: revealRefs(event.refs, names) }),
    data: revealData(event.data ?? {}, names),
  };
}

function revealRefs(refs: NonNullable<StoredEvent['refs']>, { refs: names }: Names) {
  return refs.map(({ name, tip }, at) => ({
    name: (Array.isArray(names) ? (names as readonly string[])[at] : undefined) ?? name,
    tip,
  }));
}

function revealData(
  data: NonNullable<StoredEvent['data']>,
  names: Names,
): StoredEvent['data'] & object {
  return Object.fromEntries(
    Object.entries(data)
      .filter(([key]) => key !== 'names')
      .map(([key, value]) => {
        const name = names[`data.${key}`];
        return [key, typeof name === 'string' ? name : value];
      }),
  );
}
