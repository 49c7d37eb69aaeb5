import type { StoredEvent } from '../audit/stored-event.ts';
import { en, plainText, whole } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { painter } from './color.ts';
import type { Style } from './color.ts';
import { shorten, widthOf } from './layout.ts';

export interface EventOptions {
  /** Columns of the terminal. Undefined where there is none: then nothing is left out. */
  readonly columns?: number;
  readonly color?: boolean;
  /** The names of whose record it is: another actor is named in the line. */
  readonly mine?: readonly string[];
}

const FEWEST_COLUMNS = 60;
const VERDICT_COLUMNS = 5;
/** `policy-change`, the longest of what is usual. */
const KIND_COLUMNS = 13;
const OBJECT = 12;

const styles: Readonly<Record<string, readonly Style[]>> = {
  block: ['red', 'bold'],
  warn: ['yellow'],
  allow: ['green'],
};

/**
 * One event as one line: local time, verdict, kind, and what it is about. Names are shown with every
 * control character as an escape, and shortened in the middle where a terminal is too narrow.
 */
export function renderEvent(
  event: StoredEvent,
  { columns, color = false, mine }: EventOptions = {},
  messages: Messages = en,
): string {
  const paint = painter(color);
  const verdict = plainText(event.verdict ?? '-');
  const kind = plainText(event.kind);
  const head = `${localTime(event.t)}  ${verdict.padEnd(VERDICT_COLUMNS)}  ${kind.padEnd(KIND_COLUMNS)}  `;
  const room = columns === undefined ? Infinity : Math.max(columns, FEWEST_COLUMNS) - widthOf(head);
  const about = aboutOf(event, mine, messages).map(plainText);
  const text = columns === undefined ? about.join('  ') : fit(about, room);
  const shown = verdict.padEnd(VERDICT_COLUMNS);
  return `${paint(localTime(event.t), 'dim')}  ${paint(shown, ...(styles[verdict] ?? ['dim']))}  ${kind.padEnd(KIND_COLUMNS)}  ${text}`.trimEnd();
}

/** The time where the reader is, `2026-11-24 14:03:09`. */
export function localTime(time: number): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '????-??-?? ??:??:??';
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** What the event is about, what says the most first. */
function aboutOf(
  event: StoredEvent,
  mine: readonly string[] | undefined,
  messages: Messages,
): string[] {
  const { path, to, label, findings = [], circumstances = [], actor } = event;
  const what =
    path ??
    refsText(event) ??
    ownText(event, messages) ??
    event.object?.slice(0, OBJECT) ??
    (to === undefined && event.home !== undefined
      ? messages.record.own.inHome(shortHome(event.home))
      : undefined);
  const [first] = findings;
  const more = findings.length > 1 ? ` +${whole(findings.length - 1)}` : '';
  return [
    ...(what === undefined ? [] : [what]),
    ...(to === undefined ? [] : [`-> ${to}`]),
    ...(label === undefined ? [] : [`[${label}]`]),
    ...(first === undefined ? [] : [`${first.kind}/${first.rule}${more}`]),
    ...circumstances,
    ...(mine === undefined || mine.includes(actor) ? [] : [`(${actor})`]),
  ];
}

/** The last two parts of home's address: enough to tell one repository from another. */
const shortHome = (home: string): string => home.split('/').slice(-2).join('/');

function refsText({ refs = [] }: StoredEvent): string | undefined {
  const [first] = refs;
  if (first === undefined) return undefined;
  const name = first.name.replace(/^refs\/(?:heads|tags)\//, '');
  return refs.length === 1 ? name : `${name} +${whole(refs.length - 1)}`;
}

function ownText({ kind, data = {} }: StoredEvent, { record }: Messages): string | undefined {
  const { own } = record;
  if (kind === 'genesis' || kind === 'seal' || kind === 'moved') return own[kind];
  if (kind === 'orphan') return own.orphan(String(data['writer'] ?? ''));
  return kind === 'summary' ? own.summary(Number(data['count'] ?? 0)) : undefined;
}

/** All parts where they fit; else the first two share what room the others leave, down to a third. */
function fit(parts: readonly string[], room: number): string {
  const joined = parts.join('  ');
  if (widthOf(joined) <= room) return joined;
  const [first = '', ...others] = parts;
  const rest = others.join('  ');
  const forRest = Math.min(widthOf(rest), Math.floor(room / 2));
  const ellipsis = '…';
  const start = shorten(first, Math.max(room - (forRest > 0 ? forRest + 2 : 0), 8), ellipsis);
  if (rest === '') return start;
  return `${start}  ${shorten(rest, Math.max(room - widthOf(start) - 2, 4), ellipsis)}`;
}
