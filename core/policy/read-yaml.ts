import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, ErrorCode, Node, ParsedNode, YAMLMap } from 'yaml';
import { guardYaml } from './guard-yaml.ts';
import type { PolicyProblem, PolicyProblemCode } from './problem.ts';
import { MOST_PROBLEMS, pathText, shown } from './problem.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

export type ValuePath = readonly PropertyKey[];

export interface YamlReading {
  /** Objects without a prototype, arrays and scalars; undefined where there are problems. */
  readonly value?: unknown;
  readonly problems: readonly PolicyProblem[];
  /** Where a value stands, or the nearest part of the way to it that does. */
  placeOf(path: ValuePath): Place;
  /** Where its key stands. */
  placeOfKey(path: ValuePath): Place;
}

const expectations: Partial<Readonly<Record<ErrorCode, string>>> = {
  BAD_DQ_ESCAPE: 'an escape that YAML knows, or single quotes',
  BAD_INDENT: 'the indentation of the lines around it',
  BAD_SCALAR_START: 'quotes around a value that starts so',
  BLOCK_AS_IMPLICIT_KEY: 'one key a line, or quotes around a value with a colon',
  BLOCK_IN_FLOW: 'values inside brackets only',
  KEY_OVER_1024_CHARS: 'a key of at most 1024 characters',
  MISSING_CHAR: 'a closing quote or bracket, a comma, or a space after a colon',
  MULTILINE_IMPLICIT_KEY: 'a key on one line',
  TAB_AS_INDENT: 'spaces, not a tab',
  UNEXPECTED_TOKEN: 'key: value',
};

/** Reads YAML 1.2 without aliases, tags and directives, and remembers where each value stands. */
export function readYaml(text: string, file: string): YamlReading {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const objection = guardYaml(text);
  if (objection !== undefined) {
    countLines(text, lines);
    const { offset, found, ...rest } = objection;
    return failed([{ file, ...place(offset), path: '', ...rest, found: shown(found) }]);
  }
  const document = withoutStacks(() =>
    // The library compares each key with each other one; ours are compared below, in linear time.
    parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false }),
  );
  if (document.errors.length > 0) {
    return failed(
      document.errors.slice(0, MOST_PROBLEMS).map(({ code, pos }) => ({
        file,
        ...place(Math.min(pos[0], text.length)),
        path: '',
        code: code === 'MULTIPLE_DOCS' ? 'several-documents' : 'syntax',
        expected: code === 'MULTIPLE_DOCS' ? 'one document' : (expectations[code] ?? 'valid YAML'),
        ...snippet(text, pos[0]),
      })),
    );
  }
  return convert(document, file, place);
}

function failed(problems: readonly PolicyProblem[]): YamlReading {
  const start = { line: 1, column: 1 };
  return { problems, placeOf: () => start, placeOfKey: () => start };
}

/** A quarter of a million errors, each with its stack, would be seconds and gigabytes. */
function withoutStacks<Result>(work: () => Result): Result {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

function countLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1);
  }
}

function snippet(text: string, offset: number): { found: string } | undefined {
  const end = text.indexOf('\n', offset);
  const found = shown(text.slice(offset, end === -1 ? offset + 200 : Math.min(end, offset + 200)));
  return found === '' ? undefined : { found };
}

function convert(
  document: Document.Parsed,
  file: string,
  place: (offset: number) => Place,
): YamlReading {
  const problems: PolicyProblem[] = [];
  const startOf = (node: unknown): Place => place((node as Node | null)?.range?.[0] ?? 0);
  const report = (
    node: unknown,
    path: ValuePath,
    code: PolicyProblemCode,
    expected: string,
    found: string,
  ) => {
    if (problems.length >= MOST_PROBLEMS) return;
    problems.push({ file, ...startOf(node), path: pathText(path), code, expected, found });
  };
  const valueOf = (node: unknown, path: ValuePath): unknown => {
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, index) => valueOf(item, [...path, index]));
    if (isMap(node)) return objectOf(node, path);
    return null;
  };
  const objectOf = (map: YAMLMap, path: ValuePath): object => {
    // Without a prototype, so that a key named __proto__ is a key like any other.
    const object = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of map.items) {
      if (!isScalar(key) || typeof key.value !== 'string') {
        report(key, path, 'wrong-type', 'a word as key', shown(String(key)));
        continue;
      }
      const name = key.value;
      if (Object.hasOwn(object, name)) {
        report(key, [...path, name], 'duplicate-key', 'each key once', shown(name));
      }
      object[name] = valueOf(value, [...path, name]);
    }
    return object;
  };
  const value = valueOf(document.contents, []);
  const placeOf = (path: ValuePath) => startOf(nodeAt(document.contents, path, 'value'));
  const placeOfKey = (path: ValuePath) => startOf(nodeAt(document.contents, path, 'key'));
  return problems.length > 0
    ? { problems, placeOf, placeOfKey }
    : { value, problems, placeOf, placeOfKey };
}

function nodeAt(root: ParsedNode | null, path: ValuePath, wanted: 'key' | 'value'): unknown {
  let node: unknown = root;
  for (const [depth, part] of path.entries()) {
    if (isSeq(node)) {
      const item = node.items[Number(part)];
      if (item === undefined) return node;
      node = item;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) return node;
      const isLast = depth === path.length - 1;
      // A key with nothing behind it: the key is the place to mend.
      node = (isLast && wanted === 'key') || isNothing(pair.value) ? pair.key : pair.value;
    } else {
      return node;
    }
  }
  return node;
}

const isNothing = (node: unknown) => node === null || (isScalar(node) && node.source === '');
