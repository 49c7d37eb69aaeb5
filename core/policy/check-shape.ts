import type { Objection } from './check-meaning.ts';
import { nearestWord } from './nearest-word.ts';
import type { ValuePath } from './read-yaml.ts';
import type { PolicyFile } from './schema.ts';
import { policySchema } from './schema.ts';
import { MOST_PROBLEMS, quoted } from './problem.ts';

type Issue = NonNullable<ReturnType<typeof policySchema.safeParse>['error']>['issues'][number];

/** Holds a value against the schema. `shape` is set only where it fits. */
export function checkShape(value: unknown): {
  readonly shape?: PolicyFile;
  readonly objections: readonly Objection[];
} {
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return { shape: parsed.data, objections: [] };
  const told = new Set<string>();
  const objections = parsed.error.issues.flatMap((issue) => {
    // A value of the wrong type fails its other checks too: the first says what to mend.
    const key = JSON.stringify(issue.path);
    if (told.has(key) && issue.code !== 'unrecognized_keys') return [];
    told.add(key);
    return objectionsOf(issue, value);
  });
  return { objections };
}

function objectionsOf(issue: Issue, root: unknown): Objection[] {
  const at = issue.path;
  const value = valueAt(root, at);
  const found = typeName(value);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MOST_PROBLEMS).map((key) => unknownKey(at, key));
    case 'invalid_value':
      return [unknownWord(at, value, issue.values)];
    case 'invalid_type':
      if (at.length === 0) return [{ at, code: 'wrong-type', expected: 'version: 1', found }];
      if (value === undefined) {
        return [{ at, code: 'missing-key', expected: keyName(at), found, isKey: true }];
      }
      return [
        { at, code: 'wrong-type', expected: typeNames[issue.expected] ?? issue.expected, found },
      ];
    case 'too_small':
      return [tooFew(at, issue.origin, Number(issue.minimum), value)];
    case 'too_big':
      return [
        { at, code: 'out-of-range', expected: `at most ${issue.maximum}`, found: sizeOf(value) },
      ];
    case 'invalid_key':
      return [
        { at, isKey: true, code: 'unknown-label', expected: 'a label', found: quoted(keyName(at)) },
      ];
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_union':
    case 'not_multiple_of':
      return [{ at, code: 'bad-value', expected: 'another value', found }];
  }
}

const typeNames: Partial<Readonly<Record<string, string>>> = {
  array: 'list',
  object: 'keys and values',
  record: 'keys and values',
  string: 'text',
  int: 'whole number',
  number: 'whole number',
  boolean: 'true | false',
};

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'keys and values';
  return typeof value === 'string' ? quoted(value) : String(value as number | boolean);
}

const keyName = (at: ValuePath) => String(at.at(-1) ?? 'version');

function unknownKey(at: ValuePath, key: string): Objection {
  const valid = keysAt(at);
  const nearest = nearestWord(key, valid);
  return {
    at: [...at, key],
    isKey: true,
    code: 'unknown-key',
    expected: valid.join(' | '),
    found: quoted(key),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function unknownWord(at: ValuePath, value: unknown, values: readonly unknown[]): Objection {
  const words = values.map(String);
  if (value === undefined) {
    return {
      at,
      isKey: true,
      code: 'missing-key',
      expected: `${keyName(at)}: ${words.join(' | ')}`,
      found: 'nothing',
    };
  }
  const isWord = typeof value === 'string' && typeof values[0] === 'string';
  const nearest = isWord ? nearestWord(value, words) : undefined;
  return {
    at,
    code: isWord ? 'unknown-word' : 'wrong-type',
    expected: words.join(' | '),
    found: typeName(value),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function tooFew(at: ValuePath, origin: string, least: number, value: unknown): Objection {
  const expected =
    origin === 'string' ? 'text' : origin === 'array' ? `at least ${least}` : `${least} or more`;
  return { at, code: 'out-of-range', expected, found: sizeOf(value) };
}

function sizeOf(value: unknown): string {
  if (Array.isArray(value)) return `${value.length}`;
  if (typeof value === 'string') return value === '' ? 'nothing' : `${value.length} characters`;
  return typeName(value);
}

function valueAt(root: unknown, at: ValuePath): unknown {
  let value = root;
  for (const part of at) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** The keys that the schema knows at a place. */
function keysAt(at: ValuePath): string[] {
  let schema: unknown = policySchema;
  for (const part of at) {
    schema = typeof part === 'number' ? childOf(schema, 'element') : shapeOf(schema)[String(part)];
  }
  return Object.keys(shapeOf(schema));
}

interface Definition {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly innerType?: unknown;
}

/** The definition that zod keeps, inside `optional`. Source: zod's documentation for library authors. */
function definitionOf(schema: unknown): Definition {
  const definition = (schema as { readonly _zod?: { readonly def: Definition } })._zod?.def ?? {};
  return definition.innerType === undefined ? definition : definitionOf(definition.innerType);
}

const shapeOf = (schema: unknown) => definitionOf(schema).shape ?? {};
const childOf = (schema: unknown, key: 'element') => definitionOf(schema)[key];
