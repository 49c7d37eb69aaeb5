import { randomBytes } from 'node:crypto';

/** The name of one segment and its only writer. */
export interface WriterId {
  readonly host: string;
  /** When the segment was begun, in milliseconds. */
  readonly start: number;
  readonly pid: number;
}

const form = /^([0-9a-f]{16})-([0-9a-f]{12})-([0-9a-f]{1,8})-[0-9a-f]{8}$/;

/** `HOST-START-PID-RANDOM`, all hexadecimal: of one host, names sort by the time they were begun. */
export function makeWriterId(host: string, start: number, pid: number): string {
  const since = Math.max(0, Math.floor(start)).toString(16).padStart(12, '0').slice(-12);
  return `${host}-${since}-${pid.toString(16)}-${randomBytes(4).toString('hex')}`;
}

/** Undefined where `name` is no writer's. */
export function parseWriterId(name: string): WriterId | undefined {
  const [, host, start, pid] = form.exec(name) ?? [];
  if (host === undefined || start === undefined || pid === undefined) return undefined;
  return { host, start: Number.parseInt(start, 16), pid: Number.parseInt(pid, 16) };
}
