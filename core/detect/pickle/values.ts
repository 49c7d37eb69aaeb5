/** What the walker knows of a value on the stack: as much as resolving names and sizes needs. */
export type Value =
  | { readonly type: 'mark' }
  | { readonly type: 'other' }
  | { readonly type: 'int'; readonly value: number }
  /** `text` is absent where it is too long to be a name. */
  | { readonly type: 'text'; readonly text: string | undefined; readonly length: number }
  | { readonly type: 'bytes'; readonly length: number }
  | { readonly type: 'tuple'; readonly items: readonly Value[] }
  | { readonly type: 'dict'; entries: Map<string, Value> | undefined }
  | { readonly type: 'global'; readonly module: string; readonly name: string }
  | { readonly type: 'call'; readonly callee: Value; readonly argument: Value };

export const MARK: Value = { type: 'mark' };
export const OTHER: Value = { type: 'other' };
export const EMPTY_TUPLE: Value = { type: 'tuple', items: [] };

/** Longer strings are no names. */
export const LONGEST_NAME = 512;
const MOST_ITEMS = 64;
const MOST_KEYS = 32;

/** A tuple that keeps its items, but not what is inside tuples, so that no chain grows in memory. */
export function tupleOf(items: readonly Value[]): Value {
  if (items.length === 0) return EMPTY_TUPLE;
  return { type: 'tuple', items: items.slice(0, MOST_ITEMS).map(withoutParts) };
}

function withoutParts(value: Value): Value {
  return value.type === 'tuple' || value.type === 'call' || value.type === 'dict' ? OTHER : value;
}

/** The result of a call, which keeps its plain arguments only. */
export function callOf(callee: Value, argument: Value): Value {
  return { type: 'call', callee: withoutParts(callee), argument };
}

/** Remembers `key: value` of a dict, as far as that is useful. */
export function setEntry(dict: Value | undefined, key: Value | undefined, value: Value): void {
  if (dict?.type !== 'dict' || key?.type !== 'text' || key.text === undefined) return;
  const deep = value.type === 'dict' || (value.type === 'call' && value.argument.type === 'dict');
  dict.entries ??= new Map();
  if (dict.entries.size < MOST_KEYS) dict.entries.set(key.text, deep ? OTHER : value);
}

/** Whether a memo entry can matter later: values that name nothing are the same as unknown ones. */
export function isWorthKeeping(value: Value): boolean {
  if (value.type === 'text') return value.text !== undefined && isNameLike(value.text);
  return (
    value.type === 'int' ||
    value.type === 'tuple' ||
    value.type === 'global' ||
    value.type === 'call'
  );
}

function isNameLike(text: string): boolean {
  if (text.length > 160) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const letter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    const digit = code >= 0x30 && code <= 0x39;
    if (!letter && !digit && code !== 0x5f && code !== 0x2e) return false;
  }
  return true;
}

export function isGlobal(value: Value | undefined, module: string, name: string): boolean {
  return value?.type === 'global' && value.module === module && value.name === name;
}
