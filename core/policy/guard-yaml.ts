import { CST, Lexer } from 'yaml';
import type { PolicyProblemCode } from './problem.ts';

/** Deeper than any policy; the composer recurses, and past some thousand levels V8 aborts. */
const DEEPEST = 32;
const WIDEST_INDENT = 256;
const MOST_LEXEMES = 400_000;

export interface YamlObjection {
  readonly code: PolicyProblemCode;
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
}

/**
 * Refuses, before anything is composed, what a policy has no use for: aliases (bombs), tags (other
 * types than a reader sees), directives (`%YAML 1.1` turns `no` into false), and nesting that would
 * exhaust the stack, where V8 ends the process without an exception to catch. Linear in the text.
 */
export function guardYaml(text: string): YamlObjection | undefined {
  const plain = { flow: 0, indicators: 0, lexemes: 0, offset: 0 };
  let isScalarNext = false;
  let isLineStart = true;
  for (const lexeme of new Lexer().lex(text)) {
    const offset = plain.offset;
    if (isScalarNext) {
      isScalarNext = false;
      plain.offset += lexeme.length;
      isLineStart = lexeme.endsWith('\n');
      continue;
    }
    if (lexeme === CST.SCALAR) {
      isScalarNext = true;
      continue;
    }
    if (lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END) continue;
    const objection = objectionTo(lexeme, isLineStart, plain);
    if (objection !== undefined) return { ...objection, offset };
    plain.offset += lexeme.length;
    isLineStart = lexeme.endsWith('\n');
    if (isLineStart) plain.indicators = 0;
  }
  return undefined;
}

const refusals: Partial<
  Record<CST.TokenType | 'scalar', Pick<YamlObjection, 'code' | 'expected'>>
> = {
  anchor: { code: 'alias', expected: 'the value itself' },
  alias: { code: 'alias', expected: 'the value itself' },
  tag: { code: 'tag', expected: 'a plain value' },
  'directive-line': { code: 'directive', expected: 'no directive' },
};

function objectionTo(
  lexeme: string,
  isLineStart: boolean,
  count: { flow: number; indicators: number; lexemes: number },
): Omit<YamlObjection, 'offset'> | undefined {
  count.lexemes += 1;
  if (count.lexemes > MOST_LEXEMES) {
    return { code: 'out-of-range', expected: 'fewer entries', found: `${MOST_LEXEMES} words` };
  }
  const type = CST.tokenType(lexeme) ?? 'scalar';
  const refused = refusals[type];
  if (refused !== undefined) return { ...refused, found: lexeme };
  if (type === 'flow-seq-start' || type === 'flow-map-start') count.flow += 1;
  if (type === 'flow-seq-end' || type === 'flow-map-end') count.flow -= 1;
  if (type === 'seq-item-ind' || type === 'explicit-key-ind') count.indicators += 1;
  if (count.flow < 0) return { code: 'syntax', expected: 'an opening bracket', found: lexeme };
  if (type === 'space' && isLineStart && count.flow === 0 && lexeme.length > WIDEST_INDENT) {
    return { code: 'too-deep', expected: `indentation of at most ${WIDEST_INDENT}`, found: 'more' };
  }
  if (count.flow > DEEPEST || count.indicators > DEEPEST) {
    return { code: 'too-deep', expected: `at most ${DEEPEST} levels`, found: lexeme };
  }
  return undefined;
}
