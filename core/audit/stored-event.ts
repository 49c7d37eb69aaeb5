import type { Identity, NewEvent } from './event.ts';

/** One line of a segment, read back. */
export interface StoredEvent extends Identity, NewEvent {
  readonly v: 1;
  /** The writer, which is also the name of the segment. */
  readonly w: string;
  /** Number in the segment, from 0. */
  readonly n: number;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly t: number;
  /** By how many milliseconds the clock stands behind the event before: it was set back. */
  readonly clockBack?: number;
  /** What did not fit into a line: `NAME LENGTH SHA-256`, of a text (UTF-16 units) or a list (entries). */
  readonly cut?: readonly string[];
  /** Head: base64url of the SHA-256 over the head before and this line's bytes up to `,"h":"`. */
  readonly h: string;
}

/** What a segment held at some time: after `size` lines the last one's `h` was `head`. */
export interface Head {
  readonly writer: string;
  readonly size: number;
  readonly head: string;
}

const NEEDED = ['w', 'kind', 'host', 'actor', 'version', 'h'] as const;
const TEXTS = ['path', 'to', 'object', 'label', 'verdict', 'repository', 'home', 'policy'] as const;
const LISTS = ['circumstances', 'cut'] as const;
/** As far as a `Date` reaches. */
const LAST_TIME = 8.64e15;

const isText = (value: unknown): boolean => typeof value === 'string';
const isNoneOr = (is: (value: unknown) => boolean, value: unknown): boolean =>
  value === undefined || is(value);
const isListOf = (is: (value: unknown) => boolean, value: unknown): boolean =>
  isNoneOr((list) => Array.isArray(list) && list.every(is), value);
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

/** A line that had to be cut may keep the first two fields of each alone. */
const isRef = (value: unknown): boolean => {
  const { name, tip } = fieldsOf(value) ?? {};
  return isText(name) && isText(tip);
};
const isFinding = (value: unknown): boolean => {
  const { kind, rule, severity, fingerprint } = fieldsOf(value) ?? {};
  return (
    isText(kind) && isText(rule) && [severity, fingerprint].every((one) => isNoneOr(isText, one))
  );
};
const isFacts = (value: unknown): boolean =>
  Object.values(fieldsOf(value) ?? { none: null }).every((one) =>
    ['string', 'number', 'boolean'].includes(typeof one),
  );

/**
 * True of what every reader can take for an event: whoever owns the machine can chain a line of any shape, and one
 * that is none must not end the reading of all the others. Fields of a later Cordon may stand beside.
 */
export function isStoredEvent(value: unknown): value is StoredEvent {
  const event = fieldsOf(value);
  if (event === undefined) return false;
  const { n, t, clockBack, refs, findings, data } = event;
  return (
    NEEDED.every((name) => isText(event[name])) &&
    TEXTS.every((name) => isNoneOr(isText, event[name])) &&
    LISTS.every((name) => isListOf(isText, event[name])) &&
    Number.isSafeInteger(n) &&
    Number.isSafeInteger(t) &&
    Math.abs(Number(t)) <= LAST_TIME &&
    isNoneOr(Number.isSafeInteger, clockBack) &&
    isListOf(isRef, refs) &&
    isListOf(isFinding, findings) &&
    isNoneOr(isFacts, data)
  );
}
