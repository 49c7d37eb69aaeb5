import { type Automaton, buildAutomaton } from './automaton.ts';
import { charset } from './charset.ts';
import type { Gate, Rule } from './rule.ts';

/** A rule made ready: its expressions compiled with the flags its anchor needs. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly index: number;
  readonly pattern: RegExp;
  readonly pair: RegExp | undefined;
  readonly alphabet: Uint8Array;
  readonly gate: Gate;
  readonly exactCase: boolean;
  /** The value begins at the keyword, so that its left boundary can be looked at first. */
  readonly starts: boolean;
}

/** One keyword of one rule, as the automaton reports it. */
export interface Trigger {
  readonly compiled: CompiledRule;
  readonly keyword: Buffer;
  /** What the byte test asks for after this keyword. */
  readonly run: number;
}

export interface Engine {
  readonly rules: readonly CompiledRule[];
  readonly triggers: readonly Trigger[];
  readonly automaton: Automaton;
  /** The widest reach of any rule before and after the first byte of a keyword. */
  readonly before: number;
  readonly after: number;
}

const RUN_TEST = 16;

function compile(rule: Rule, index: number): CompiledRule {
  const flags = (rule.before === 0 ? 'y' : 'g') + (rule.pattern.ignoreCase ? 'i' : '');
  const fallback = rule.rank === 'token' ? 'run' : rule.rank === 'file' ? 'none' : 'assigned';
  return {
    rule,
    index,
    pattern: new RegExp(rule.pattern.source, flags),
    pair:
      rule.pair === undefined
        ? undefined
        : new RegExp(rule.pair.pattern.source, `g${rule.pair.pattern.ignoreCase ? 'i' : ''}`),
    alphabet: charset(rule.charset),
    gate: rule.gate ?? fallback,
    exactCase: rule.exactCase ?? rule.rank === 'token',
    starts: rule.before === 0 && rule.rank === 'token' && rule.boundary !== 'none',
  };
}

function runAfter(compiled: CompiledRule, keyword: string): number {
  const { rule, gate } = compiled;
  if (gate === 'assigned') return Math.min(rule.min, RUN_TEST);
  if (gate === 'none' || gate === 'userinfo') return 0;
  return Math.max(0, Math.min(rule.min - keyword.length, RUN_TEST));
}

/** Makes rules ready to search. Takes some milliseconds: once a process, and only when needed. */
export function createEngine(rules: readonly Rule[]): Engine {
  const compiled = rules.map(compile);
  const triggers = compiled.flatMap((one) =>
    one.rule.keywords.map((keyword) => ({
      compiled: one,
      keyword: Buffer.from(keyword, 'latin1'),
      run: runAfter(one, keyword),
    })),
  );
  return {
    rules: compiled,
    triggers,
    automaton: buildAutomaton(triggers.map((trigger) => trigger.keyword.toString('latin1'))),
    before: Math.max(...rules.map((rule) => rule.before + (rule.pair?.before ?? 0))),
    after: Math.max(...rules.map((rule) => rule.after + (rule.pair?.after ?? 0))),
  };
}
