import { hash } from 'node:crypto';
import type { Identity, NewEvent } from './event.ts';

/** Beyond this many UTF-16 units an event might not fit into a line, three bytes to each. */
const SURELY_FITS = 18_000;
const BYTES = 58_000;

/** Ever harsher: how long a text, how many entries of a list. The last fits whatever it holds. */
const cuts = [
  { text: 2000, list: 40 },
  { text: 200, list: 10 },
  { text: 40, list: 2 },
] as const;

/**
 * The event as the inside of a JSON object, `"kind":"push",…`, at most 58,000 bytes. Fields that are
 * not the type's are left out: no caller can put content into the record by handing over too much.
 * What is too long is cut, and `cut` says what, how long it was, and its SHA-256.
 */
export function eventText(event: NewEvent): string {
  const text = writeFields(event);
  if (text.length <= SURELY_FITS || Buffer.byteLength(text) <= BYTES) return text;
  for (const size of cuts) {
    const shorter = inside(cutTo(event, size));
    if (Buffer.byteLength(shorter) <= BYTES) return shorter;
  }
  throw new RangeError('an event does not fit into a line');
}

/** The fields every event of a writer carries, `,"host":"…",…`. */
export function identityText(identity: Identity): string {
  const { host, actor, repository, home, version, policy } = identity;
  const fields = { host, actor, repository, home, version, policy };
  const short = Object.entries(fields).map(([name, text]) => [name, text?.slice(0, 150)] as const);
  return `,${inside(Object.fromEntries(short))}`;
}

const inside = (fields: object): string => JSON.stringify(fields).slice(1, -1);

/** The same as `inside(pick(event))`, in two thirds of the time: every append pays for it. */
function writeFields(event: NewEvent): string {
  const { kind, path, to, object, refs, label, verdict, findings, circumstances, data } = event;
  if (refs !== undefined || findings !== undefined) return inside(pick(event));
  let text = `"kind":${quote(kind)}`;
  if (path !== undefined) text += `,"path":${quote(path)}`;
  if (to !== undefined) text += `,"to":${quote(to)}`;
  if (object !== undefined) text += `,"object":${quote(object)}`;
  if (label !== undefined) text += `,"label":${quote(label)}`;
  if (verdict !== undefined) text += `,"verdict":${quote(verdict)}`;
  if (circumstances !== undefined) text += `,"circumstances":${JSON.stringify(circumstances)}`;
  if (data !== undefined) text += `,"data":${writeData(data)}`;
  return text;
}

function writeData(data: NonNullable<NewEvent['data']>): string {
  let text = '';
  for (const name in data) {
    const value: unknown = data[name];
    // Counts, nearly always.
    if (!Number.isSafeInteger(value) || !PLAIN.test(name)) return JSON.stringify(data);
    text += `${text === '' ? '{' : ','}"${name}":${String(value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

const PLAIN = /^[ !#-[\]-~]*$/;

const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

function pick(event: NewEvent): Record<string, unknown> {
  const { kind, path, to, object, refs, label, verdict, findings, circumstances, data } = event;
  return {
    kind,
    path,
    to,
    object,
    refs: refs?.map(({ name, tip }) => ({ name, tip })),
    label,
    verdict,
    findings: findings?.map((one) => ({
      kind: one.kind,
      rule: one.rule,
      severity: one.severity,
      fingerprint: one.fingerprint,
    })),
    circumstances,
    data,
  };
}

function cutTo(event: NewEvent, size: { readonly text: number; readonly list: number }): object {
  const cut: string[] = [];
  const note = (name: string, length: number, whole: string) => {
    cut.push(`${name} ${length} ${hash('sha256', whole, 'base64url')}`);
  };
  const shorten = (value: unknown): unknown => {
    if (typeof value === 'string') return value.slice(0, size.text);
    if (Array.isArray(value)) return value.slice(0, size.list).map(shorten);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).slice(0, size.list);
    return Object.fromEntries(entries.map(([name, one]) => [name.slice(0, 40), shorten(one)]));
  };
  const shortened = Object.entries(pick(event)).map(([name, value]) => {
    const shorter = shorten(value);
    const whole = JSON.stringify(value);
    if (whole !== JSON.stringify(shorter)) note(name, lengthOf(value), whole);
    return [name, shorter] as const;
  });
  return { ...Object.fromEntries(shortened), cut };
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return Object.keys(value ?? {}).length;
}
