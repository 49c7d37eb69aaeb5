import type { Window } from '../weights/window.ts';
import type { Memo } from './memo.ts';
import type { PickleWalk } from './pickle-walk.ts';
import { callOf, isWorthKeeping, MARK, OTHER, type Value } from './values.ts';

/** The stack holds no more; what is beyond is unknown, and unknown is never clean. */
const MOST_VALUES = 250_000;
const MOST_GLOBALS = 10_000;

/** The symbolic machine: stack, memo, and where it stands. */
export interface State {
  readonly window: Window;
  at: number;
  /** The opcode under way. */
  begin: number;
  stack: Value[];
  memo: Memo;
  /** Entries the unpickler's memo has, of which `memo` keeps those that can matter. */
  memoised: number;
  readonly walk: PickleWalk;
  /** What bytes spliced in are taken for, once some have been seen. */
  splices: 'none' | 'arrays' | 'opcodes';
}

/** Moves on; false, and `cut`, where the content ends before. */
export function advance(state: State, bytes: number): boolean {
  if (state.at + bytes <= state.window.size) {
    state.at += bytes;
    return true;
  }
  state.at = state.window.size;
  state.walk.ended = 'cut';
  return false;
}

export function push(state: State, value: Value): void {
  if (state.stack.length < MOST_VALUES) state.stack.push(value);
  else note(state, 'unresolved');
}

export function pop(state: State): Value {
  const value = state.stack.pop();
  if (value === undefined) state.walk.underflows += 1;
  return value ?? OTHER;
}

export function popToMark(state: State): Value[] {
  const mark = state.stack.lastIndexOf(MARK);
  if (mark < 0) state.walk.underflows += 1;
  const items = state.stack.splice(mark + 1);
  if (mark >= 0) state.stack.pop();
  return items;
}

export function memoise(state: State, index: number): void {
  const value = state.stack.at(-1) ?? OTHER;
  state.memoised += 1;
  state.memo.set(index, isWorthKeeping(value) ? value : OTHER);
}

/** `unresolved`, `computed` and `patched` keep the first place. */
export function note(state: State, what: 'unresolved' | 'computed' | 'patched'): void {
  if (state.walk[what] < 0) state.walk[what] = state.begin;
}

export function named(state: State, module: Value, name: Value): Value {
  if (
    module.type !== 'text' ||
    name.type !== 'text' ||
    module.text === undefined ||
    name.text === undefined ||
    state.walk.globals.size >= MOST_GLOBALS
  ) {
    note(state, 'unresolved');
    return OTHER;
  }
  const key = `${module.text} ${name.text}`;
  if (!state.walk.globals.has(key)) {
    const { text } = module;
    state.walk.globals.set(key, {
      module: text,
      name: name.text,
      offset: state.begin,
      called: false,
    });
  }
  return { type: 'global', module: module.text, name: name.text };
}

export function call(state: State, callee: Value, argument: Value): void {
  if (callee.type === 'global') {
    const known = state.walk.globals.get(`${callee.module} ${callee.name}`);
    if (known !== undefined) known.called = true;
    if (callee.name === 'encode' && callee.module === '_codecs' && argument.type === 'tuple') {
      const [text] = argument.items;
      if (text?.type === 'text') state.walk.encodedBytes += text.length;
    }
  } else {
    note(state, 'computed');
  }
  push(state, callOf(callee, argument.type === 'tuple' ? argument : OTHER));
}
