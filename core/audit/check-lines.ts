import { closeSync } from 'node:fs';
import { claimsOf } from './claims.ts';
import type { Claim } from './claims.ts';
import { hostOf } from './host-key.ts';
import { followsFrom, NO_HEAD, readOpening, statedHead } from './line.ts';
import { openForReading } from './open-for-reading.ts';
import { readLines } from './read-lines.ts';
import { parseLine } from './read-segment.ts';
import type { Head } from './stored-event.ts';
import { PROBLEMS_KEPT } from './verify-report.ts';
import type { Problem } from './verify-report.ts';
import { parseWriterId } from './writer-id.ts';

/** What a file of lines has of one writer. */
export interface CheckedWriter {
  readonly writer: string;
  readonly lines: number;
  /** Numbers of its first and its last line that are there. */
  readonly first: number;
  readonly last: number;
  /** Lines whose line before is not there: nothing in the file shows whether they were changed. */
  readonly unchecked: number;
  /** From its beginning to its seal, with none left out. */
  readonly whole: boolean;
  /** A head kept elsewhere speaks for a line of it that is there. */
  readonly vouched: boolean;
}

export interface LinesReport {
  /** No problem was found. */
  readonly ok: boolean;
  readonly lines: number;
  readonly bytes: number;
  readonly unchecked: number;
  readonly writers: readonly CheckedWriter[];
  /** Writers that lines in the file, or heads, name and of which nothing is there. */
  readonly absent: readonly string[];
  /** Writers of which they name a later line than the last that is there. */
  readonly short: readonly string[];
  /** The first thousand. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

interface State {
  lines: number;
  first: number;
  last: number;
  head: string;
  unchecked: number;
  sealed: boolean;
  vouched: boolean;
}

/**
 * Checks lines that were handed over, as `cordon log export --format jsonl` writes them: those of one writer in their
 * order, writers in any. Each line is held against the line before it of its writer. Where a filter left that one
 * out nothing can be said of the line, and that is counted. Checkpoints are not part of such a file, so
 * lines that were all written anew are only shown by `heads`. Memory: a few numbers a writer.
 * @throws CordonError `record.unwritable` for what is no file, or the system's error.
 */
export async function checkLines(
  path: string,
  { heads = [] }: { readonly heads?: readonly Head[] } = {},
): Promise<LinesReport> {
  const problems: Problem[] = [];
  let problemCount = 0;
  const problem = (one: Problem) => {
    problemCount += 1;
    if (problems.length < PROBLEMS_KEPT) problems.push(one);
  };
  const states = new Map<string, State>();
  // Heads that are known beforehand, and what lines of the file say of other segments.
  const claims = new Map<string, Claim[]>();
  const claim = (one: Claim) => claims.set(one.writer, [...(claims.get(one.writer) ?? []), one]);
  for (const head of heads) claim({ ...head, signed: 0, by: 'head', from: 'head' });
  const late = new Set<Claim>();
  let lines = 0;
  let bytes = 0;

  const check = (raw: Buffer, byte: number): void => {
    lines += 1;
    const line = asWritten(raw);
    const event = parseLine(line);
    const named = typeof event?.w === 'string' ? event.w : '';
    const opening = readOpening(line, named);
    const stated = statedHead(line);
    const writer = opening === undefined || stated === undefined ? '' : named;
    const tell = (what: Problem['what'], detail: string, by: Problem['by'] = 'chain') =>
      problem({ segment: writer, line: lines, n: opening?.n ?? 0, byte, what, by, detail });
    if (event === undefined || opening === undefined || stated === undefined) {
      return tell('stranger', 'no line of a record');
    }
    const { n, kind } = opening;
    const state = states.get(writer) ?? newState(n);
    states.set(writer, state);
    if (n <= state.last) return tell('reordered', `number ${n} behind ${state.last}`);
    if (state.sealed) tell('after-seal', `number ${n}`, 'seal');
    const before = n === 0 ? NO_HEAD : n === state.last + 1 ? state.head : undefined;
    if (before === undefined) state.unchecked += 1;
    else if (!followsFrom(line, before)) tell('changed', 'hash');
    if ((kind === 'genesis') !== (n === 0) || (n === 0 && !isOfHost(event.data, writer))) {
      tell('forged-genesis', kind);
    }
    state.lines += 1;
    state.last = n;
    state.head = stated;
    state.sealed ||= kind === 'seal';
    for (const one of claims.get(writer) ?? []) {
      if (one.size !== n + 1) continue;
      if (one.head === stated) state.vouched ||= one.by === 'head';
      else tell('forged-head', one.from, one.by);
    }
    for (const one of claimsOf(writer, kind, event.data ?? {})) {
      // What a line says of a segment that was read already is compared at the end, with its last line.
      if (states.has(one.writer)) late.add(one);
      else claim(one);
    }
  };

  const fd = openForReading(path);
  try {
    for await (const { lines: some, byte } of readLines(fd)) {
      bytes = byte;
      for (const line of some) {
        if (line.length > 2 || line.toString('latin1').trim() !== '') check(line, bytes);
        bytes += line.length;
      }
    }
  } finally {
    closeSync(fd);
  }
  const short = new Set<string>();
  for (const one of [...late, ...[...claims.values()].flat()]) {
    const { writer, size, head, by, from } = one;
    const state = states.get(writer);
    if (state === undefined || size <= state.last) continue;
    const isThere = size === state.last + 1;
    // What is there from its beginning to its seal is as long as who names it says.
    if (isThere ? head !== state.head && late.has(one) : isWhole(state)) {
      problem({
        segment: writer,
        line: 0,
        n: size,
        byte: 0,
        what: 'forged-head',
        by,
        detail: from,
      });
    } else if (!isThere) {
      short.add(writer);
    }
  }
  const writers = [...states].map(([writer, state]) => {
    const { lines: own, first, last, unchecked, vouched } = state;
    return { writer, lines: own, first, last, unchecked, whole: isWhole(state), vouched };
  });
  return {
    ok: problemCount === 0,
    lines,
    bytes,
    unchecked: writers.reduce((sum, { unchecked }) => sum + unchecked, 0),
    writers,
    absent: [...claims.keys()].filter((writer) => !states.has(writer)),
    short: [...short],
    problems,
    problemCount,
  };
}

const newState = (first: number): State => ({
  lines: 0,
  first,
  last: -1,
  head: NO_HEAD,
  unchecked: 0,
  sealed: false,
  vouched: false,
});

const isWhole = (state: State): boolean =>
  state.sealed && state.first === 0 && state.lines === state.last + 1;

/** On its way a file may have got other ends of lines, or lost the last one: no byte of an event. */
function asWritten(line: Buffer): Buffer {
  const text = line.at(-1) === 0x0a ? line.subarray(0, -1) : line;
  const bare = text.at(-1) === 0x0d ? text.subarray(0, -1) : text;
  return line.length === bare.length + 1 && line.at(-1) === 0x0a
    ? line
    : Buffer.concat([bare, Buffer.from('\n')]);
}

function isOfHost(data: Readonly<Record<string, unknown>> | undefined, writer: string): boolean {
  const key = data?.['key'];
  const raw = Buffer.from(typeof key === 'string' ? key : '', 'base64');
  return hostOf(raw) === parseWriterId(writer)?.host;
}
