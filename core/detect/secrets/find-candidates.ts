import { beginsAt, isBinaryBefore, isDeepInside, prefixedLength, standsFree } from './boundary.ts';
import type { CompiledRule, Engine, Trigger } from './engine.ts';
import { hasRun, hasUserInfo, isAssigned } from './gate.ts';
import { isPlaceholder } from './placeholder.ts';
import { BLOCK_BYTES, findKeywords } from './prefilter.ts';
import { looksRandom } from './randomness.ts';
import { publicPrefix } from './redact.ts';
import type { Judgement, Match } from './rule.ts';

/** A credential that passed its rule's filters. Offsets are those of the bytes searched. */
export interface Candidate {
  readonly compiled: CompiledRule;
  readonly start: number;
  readonly end: number;
  /** Further bytes that belong to this credential: the other half of a pair. */
  readonly also: readonly { readonly start: number; readonly end: number }[];
  readonly value: string;
  readonly severity: 'block' | 'warn';
  readonly proven: boolean;
}

/** Expressions run between two looks at the clock. */
const CLOCK_EVERY = 256;
/** Merged windows are cut here, so that no string grows with the input. */
const LONGEST_WINDOW = 64 * 1024;

/** What a rule may read of the name that goes on before its keyword. */
const LEAD = 32;

export interface Search {
  readonly engine: Engine;
  readonly bytes: Buffer;
  /** In binary content a token may stand right behind a letter that is a length or a tag. */
  readonly binary: boolean;
  readonly deadline: number;
}

/** Thrown where the deadline passed; the detector turns it into a fact. */
export class OutOfTime extends Error {}

/**
 * All candidates whose keyword begins in `bytes[from .. to)`, in no order; overlaps are not yet
 * resolved. Reads up to `engine.before` bytes before and `engine.after` after.
 */
export function findCandidates(search: Search, from: number, to: number): Candidate[] {
  const { engine, bytes } = search;
  const found: Candidate[] = [];
  const open = new Map<CompiledRule, { start: number; end: number }>();
  let work = 0;
  const tick = () => {
    if (++work % CLOCK_EVERY === 0 && performance.now() > search.deadline) throw new OutOfTime();
  };
  const last = Math.min(bytes.length, to + engine.automaton.longest);
  for (let block = from; block < last; block += BLOCK_BYTES) {
    const hits = findKeywords(engine.automaton, bytes, block, Math.min(last, block + BLOCK_BYTES));
    for (let i = 0; i < hits.count; i++) {
      const end = (hits.at[i] ?? 0) + 1;
      const keywords = engine.automaton.ends[hits.state[i] ?? 0] ?? [];
      for (const index of keywords) {
        const trigger = engine.triggers[index];
        if (trigger === undefined) continue;
        const start = end - trigger.keyword.length;
        if (start < from || start >= to || !passesGate(search, trigger, start, end)) continue;
        tick();
        const { compiled } = trigger;
        if (compiled.rule.before === 0) matchAt(search, compiled, start, found);
        else widen(search, compiled, open, start, found);
      }
    }
  }
  for (const [compiled, window] of open) matchIn(search, compiled, window, found);
  return found;
}

function passesGate(search: Search, trigger: Trigger, start: number, end: number): boolean {
  const { compiled, keyword, run } = trigger;
  const { bytes } = search;
  if (compiled.gate === 'run' && !hasRun(bytes, end, run, compiled.alphabet)) return false;
  if (compiled.gate === 'assigned' && !isAssigned(bytes, end, run)) return false;
  if (compiled.gate === 'userinfo' && !hasUserInfo(bytes, end)) return false;
  // Here too, so that a file of nothing but prefixes costs no expression each.
  if (compiled.starts && !beginsAt(bytes, start)) {
    if (!isBinaryAt(search, start) || isDeepInside(bytes, start)) return false;
  }
  return !compiled.exactCase || bytes.compare(keyword, 0, keyword.length, start, end) === 0;
}

/** Windows of one rule that touch are searched once. */
function widen(
  search: Search,
  compiled: CompiledRule,
  open: Map<CompiledRule, { start: number; end: number }>,
  at: number,
  found: Candidate[],
): void {
  const { rule } = compiled;
  const start = Math.max(0, at - rule.before);
  const end = Math.min(search.bytes.length, at + rule.after);
  const window = open.get(compiled);
  if (window === undefined) open.set(compiled, { start, end });
  else if (start <= window.end && end - window.start <= LONGEST_WINDOW) window.end = end;
  else {
    matchIn(search, compiled, window, found);
    open.set(compiled, { start, end });
  }
}

function matchAt(search: Search, compiled: CompiledRule, at: number, found: Candidate[]): void {
  const text = search.bytes.toString(
    'latin1',
    at,
    Math.min(search.bytes.length, at + compiled.rule.after),
  );
  compiled.pattern.lastIndex = 0;
  const match = compiled.pattern.exec(text);
  if (match !== null) judge(search, compiled, text, at, match, found);
}

function matchIn(
  search: Search,
  compiled: CompiledRule,
  window: { readonly start: number; readonly end: number },
  found: Candidate[],
): void {
  const text = search.bytes.toString('latin1', window.start, window.end);
  for (const match of text.matchAll(compiled.pattern)) {
    if (performance.now() > search.deadline) throw new OutOfTime();
    judge(search, compiled, text, window.start, match, found);
  }
}

function judge(
  search: Search,
  compiled: CompiledRule,
  text: string,
  base: number,
  match: RegExpExecArray | RegExpMatchArray,
  found: Candidate[],
): void {
  const { rule } = compiled;
  const value = match.groups?.['value'] ?? match[1] ?? match[0];
  const start = (match.index ?? 0) + match[0].lastIndexOf(value);
  const lead =
    rule.before === 0 ? search.bytes.toString('latin1', Math.max(0, base - LEAD), base) : '';
  const groups = { ...match.groups };
  // Both readings of its end, so that bytes made to look like a length hide nothing.
  for (const one of new Set([trimToPrefix(search, value, base + start, rule.min), value])) {
    const candidate = weigh(search, compiled, base, { text, lead, start, value: one, groups });
    if (candidate === undefined) continue;
    found.push(candidate);
    return;
  }
}

/** What stands at a match if its value is as given; undefined where a filter says no. */
function weigh(
  search: Search,
  compiled: CompiledRule,
  base: number,
  match: Match,
): Candidate | undefined {
  const { rule } = compiled;
  const { value } = match;
  const start = base + match.start;
  const end = start + value.length;
  if (value.length < rule.min || value.length > rule.max) return undefined;
  if (!standsAlone(search, compiled, start, end)) return undefined;
  const read = passesFilters(compiled, match);
  if (read === undefined) return undefined;
  return findPair(search, compiled, {
    compiled,
    start,
    end: read.end === undefined ? end : base + read.end,
    also: [],
    value: read.value ?? value,
    severity: read.severity ?? rule.severity,
    proven: read.proven ?? false,
  });
}

/** A string whose container tells its length ends there, though the next opcode is a letter. */
function trimToPrefix(search: Search, value: string, start: number, least: number): string {
  if (!isBinaryAt(search, start)) return value;
  const length = prefixedLength(search.bytes, start);
  return length !== undefined && length >= least && length < value.length
    ? value.slice(0, length)
    : value;
}

const isBinaryAt = (search: Search, start: number) =>
  search.binary || isBinaryBefore(search.bytes, start);

function standsAlone(search: Search, compiled: CompiledRule, start: number, end: number): boolean {
  const { rule, alphabet } = compiled;
  const { bytes } = search;
  const boundary = rule.boundary ?? 'left';
  if (boundary === 'none') return true;
  if (rule.rank === 'token' && isBinaryAt(search, start)) return standsFree(bytes, start, end);
  if (rule.rank === 'token' && !beginsAt(bytes, start)) return false;
  return boundary === 'left' || end >= bytes.length || alphabet[bytes[end] ?? 0] !== 1;
}

/** The filters in order of cost; a checksum that holds settles the matter. */
function passesFilters(compiled: CompiledRule, match: Match): Judgement | undefined {
  const { rule, alphabet } = compiled;
  const { value } = match;
  for (let i = 0; i < value.length; i++) if (alphabet[value.charCodeAt(i)] !== 1) return undefined;
  const checksum = rule.checksum?.(value) ?? 'unknown';
  if (checksum === 'fails') return undefined;
  const proven = checksum === 'holds';
  if (!proven) {
    const secret = value.slice(publicPrefix(rule, value).length);
    if (isPlaceholder(secret, rule.stopwords)) return undefined;
    if (!looksRandom(secret, rule.randomness)) return undefined;
  }
  if (rule.inspect === undefined) return { proven };
  const read = rule.inspect(match);
  return read === undefined ? undefined : { proven, ...read };
}

/** The identifier with its secret, or what the rule makes of the identifier alone. */
function findPair(
  search: Search,
  compiled: CompiledRule,
  candidate: Candidate,
): Candidate | undefined {
  const pair = compiled.rule.pair;
  if (pair === undefined || compiled.pair === undefined) return candidate;
  const base = Math.max(0, candidate.start - pair.before);
  const text = search.bytes.toString(
    'latin1',
    base,
    Math.min(search.bytes.length, candidate.end + pair.after),
  );
  let best: { start: number; end: number; value: string } | undefined;
  let nearest = Infinity;
  for (const match of text.matchAll(compiled.pair)) {
    const value = match[1] ?? match[0];
    const start = base + match.index + match[0].lastIndexOf(value);
    const distance = Math.abs(start - candidate.start);
    if (start < candidate.end && start + value.length > candidate.start) continue;
    if (distance >= nearest || isPlaceholder(value)) continue;
    if (!looksRandom(value, pair.randomness)) continue;
    best = { start, end: start + value.length, value };
    nearest = distance;
  }
  if (best === undefined) {
    return pair.alone === 'drop' ? undefined : { ...candidate, severity: 'warn' };
  }
  return { ...candidate, also: [best], value: `${candidate.value}\n${best.value}` };
}
