import { CordonError } from '../error.ts';
import type { StoredEvent } from './stored-event.ts';

/** Which events of the record are asked for. */
export interface EventQuery {
  /** Milliseconds since 1970, both inclusive. */
  readonly since?: number;
  readonly until?: number;
  readonly label?: string;
  /** As the record has it, or the part before `@`; a list where one person has several names. */
  readonly actors?: readonly string[];
}

export function matchesQuery(event: StoredEvent, query: EventQuery): boolean {
  const { since, until, label, actors } = query;
  if (since !== undefined && event.t < since) return false;
  if (until !== undefined && event.t > until) return false;
  if (label !== undefined && event.label !== label) return false;
  return actors === undefined || actors.some((actor) => isActor(event.actor, actor));
}

const isActor = (actor: string, asked: string): boolean =>
  actor === asked || actor.startsWith(`${asked}@`) || actor.startsWith(`${asked} via `);

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * A moment as people write it: `2d`, `1h`, `30m`, `90s`, `1w` ago, or an ISO date with or without a time, in
 * local time where it names no zone. A date alone is its first moment, or with `end` its last.
 * @throws CordonError `usage`.
 */
export function parseWhen(text: string, option: string, now: number, end = false): number {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const form =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
  const [, year, month, day, hour, minute, second, part, zone] = form.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) throw badWhen(text, option);
  const isDay = hour === undefined;
  // A date that is not in the calendar, such as 02-30, would roll over into another.
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > last) {
    throw badWhen(text, option);
  }
  const clock = isDay
    ? end
      ? '23:59:59.999'
      : '00:00:00.000'
    : `${hour}:${minute ?? '00'}:${second ?? '00'}.${(part ?? '0').padEnd(3, '0')}`;
  const colon = zone === undefined || zone === 'Z' ? zone : zone.replace(/^(...):?/, '$1:');
  const time = Date.parse(`${year}-${month}-${day}T${clock}${colon ?? ''}`);
  if (Number.isNaN(time)) throw badWhen(text, option);
  return time;
}

const badWhen = (text: string, option: string): CordonError =>
  new CordonError('usage', {
    problem: 'bad-option',
    word: `${option} ${text}`,
    detail: 'a date such as 2026-11-24 or 2026-11-24T09:30, or a time ago such as 2d or 1h',
  });
