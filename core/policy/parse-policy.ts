import { isUtf8 } from 'node:buffer';
import { isAlias, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import * as z from 'zod/mini';
import { CordonError } from '../error.ts';
import type { Policy } from './policy.ts';
import { nearestWord } from './nearest-word.ts';
import { checkMeaning, type Misfit } from './check-meaning.ts';
import { fillDefaults } from './fill-defaults.ts';
import { policySchema, type PolicyFile } from './schema.ts';

/** A policy is written by people. What is larger was made to hurt, or is a list that should be a glob. */
export const MAX_POLICY_BYTES = 1024 * 1024;

const VERSION = 1;

/** One thing wrong with a policy file. Lines and columns from 1. */
export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly found: string;
  readonly nearest?: string;
}

/**
 * Reads a policy file whole: every default filled in, every name in it checked. Throws CordonError
 * `policy.invalid` (the first problem as data, and how many `more`), `policy.newer-version`,
 * `policy.too-large`.
 *
 * @param file how the file is named to people.
 */
export function parsePolicy(bytes: Buffer, file: string): Policy {
  if (bytes.length > MAX_POLICY_BYTES) {
    throw new CordonError('policy.too-large', { file, limit: MAX_POLICY_BYTES });
  }
  if (!isUtf8(bytes)) refuse([badEncoding(bytes, file)]);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // A warning of the library's would land in the hook's output; ours says it with a place.
    logLevel: 'error',
    schema: 'core',
    version: '1.2',
    // Deep nesting would otherwise overflow the stack of whoever walks it.
    strict: true,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    expected: 'valid YAML',
    found: sentence(error.message),
  }));
  if (syntax.length > 0) refuse(syntax);
  refuseAliases(document, at);

  const value: unknown = document.toJS({ maxAliasCount: 0 });
  refuseNewer(value, file);
  const parsed = z.safeParse(policySchema, value);
  if (!parsed.success) {
    refuse(parsed.error.issues.flatMap((issue) => problemsOf(issue, document, at)));
    throw new CordonError('policy.invalid', { file });
  }
  const misfits = checkMeaning(parsed.data);
  if (misfits.length > 0) refuse(misfits.map((misfit) => place(misfit, document, at)));
  return fillDefaults(parsed.data);
}

type At = (offset: number) => { file: string; line: number; column: number };

function refuse(problems: readonly PolicyProblem[]): void {
  // Of two at one place, the mistyped key explains the missing one.
  const [first] = [...problems].sort(
    (a, b) =>
      a.line - b.line ||
      a.column - b.column ||
      Number(a.nearest === undefined) - Number(b.nearest === undefined),
  );
  if (first === undefined) return;
  throw new CordonError('policy.invalid', { ...first, more: problems.length - 1 });
}

function badEncoding(bytes: Buffer, file: string): PolicyProblem {
  const lines = bytes.toString('utf8').split('\uFFFD')[0]?.split('\n') ?? [];
  return {
    file,
    line: lines.length,
    column: (lines.at(-1)?.length ?? 0) + 1,
    expected: 'UTF-8 text',
    found: 'other bytes',
  };
}

/** Aliases and merge keys let a few lines unfold to millions, and nobody reviews what unfolds. */
function refuseAliases(document: Document.Parsed, at: At): void {
  const problems: PolicyProblem[] = [];
  visit(document, {
    Alias: (_key, node) => {
      problems.push({
        ...at(node.range?.[0] ?? 0),
        expected: 'the value itself, written out',
        found: `the alias *${node.source}`,
      });
      return undefined;
    },
  });
  refuse(problems);
}

function refuseNewer(value: unknown, file: string): void {
  if (typeof value !== 'object' || value === null || !('version' in value)) return;
  const { version } = value;
  if (typeof version === 'number' && Number.isInteger(version) && version > VERSION) {
    throw new CordonError('policy.newer-version', { file, version, supported: VERSION });
  }
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, document: Document.Parsed, at: At): PolicyProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => {
      const nearest = nearestWord(key, known);
      return {
        ...at(keyOffset(document, issue.path, key)),
        expected: `one of ${known.join(', ')}`,
        found: quoted(key),
        ...(nearest !== undefined && { nearest }),
      };
    });
  }
  const node = nodeAt(document, issue.path);
  const found = describe(document, issue.path);
  const words = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const nearest = nearestWord(String(issue.input ?? scalarAt(document, issue.path)), words);
  return [
    {
      ...at(node),
      expected:
        found === 'nothing'
          ? `${expectation(issue)} for ${issue.path.join('.')}`
          : expectation(issue),
      found,
      ...(nearest !== undefined && { nearest }),
    },
  ];
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'object'
        ? 'a mapping of keys'
        : `a value of type ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? String(issue.values[0])
        : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number'
        ? `at least ${issue.minimum}`
        : 'something that is not empty';
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'custom':
      return 'another value';
  }
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = policySchema;
  for (const part of path) {
    const def = unwrap(schema);
    schema = typeof part === 'number' ? def?.element : def?.shape?.[String(part)];
  }
  return Object.keys(unwrap(schema)?.shape ?? {});
}

interface Def {
  readonly shape?: Record<string, unknown>;
  readonly element?: unknown;
  readonly innerType?: unknown;
}

function unwrap(schema: unknown): Def | undefined {
  const def = (schema as { def?: Def } | undefined)?.def;
  return def?.innerType === undefined ? def : unwrap(def.innerType);
}

function place(misfit: Misfit, document: Document.Parsed, at: At): PolicyProblem {
  const nearest = nearestWord(misfit.found, misfit.words ?? []);
  const offset =
    misfit.key === undefined
      ? nodeAt(document, misfit.path)
      : keyOffset(document, misfit.path, misfit.key);
  return {
    ...at(offset),
    expected: misfit.expected,
    found: misfit.found === '' ? 'nothing' : quoted(misfit.found),
    ...(nearest !== undefined && { nearest }),
  };
}

/** The offset of the value at a path, or of the closest thing around it that is there. */
function nodeAt(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown =
      length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document.Parsed, path: readonly PropertyKey[], key: string): number {
  const map: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  const items = (map as { items?: readonly { key: unknown }[] } | undefined)?.items ?? [];
  for (const item of items) {
    if (isScalar(item.key) && String(item.key.value) === key && item.key.range)
      return item.key.range[0];
  }
  return nodeAt(document, path);
}

function scalarAt(document: Document.Parsed, path: readonly PropertyKey[]): unknown {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isScalar(node) ? node.value : undefined;
}

function describe(document: Document.Parsed, path: readonly PropertyKey[]): string {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (node === undefined || node === null) return 'nothing';
  if (isAlias(node)) return 'an alias';
  if (!isScalar(node)) return 'a list or a mapping';
  return node.value === null ? 'nothing' : quoted(node.source ?? JSON.stringify(node.value));
}

const quoted = (text: string) =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);

const sentence = (text: string) => text.replace(/\s+/g, ' ').slice(0, 160);

export type { PolicyFile };
