/**
 * Walks pickle streams without running them: opcodes over a symbolic stack and memo. It reads on
 * where an unpickler would refuse (underflow, lying FRAME, missing memo), since refusing early is how
 * scanners were dodged; only a byte that is no opcode, or the end, stops it.
 */
import { holds, type Reading, take, type Window } from '../weights/window.ts';
import { claimsPickle } from './claims-pickle.ts';
import { ARGUMENTS, OP } from './opcodes.ts';
import { makeMemo, type Memo } from './memo.ts';
import { arrayAfterBuild } from './spliced-array.ts';
import {
  callOf,
  EMPTY_TUPLE,
  isWorthKeeping,
  LONGEST_NAME,
  MARK,
  OTHER,
  setEntry,
  tupleOf,
  type Value,
} from './values.ts';

/** Stack and memo hold no more; what is beyond is unknown, and unknown is never clean. */
const MOST_VALUES = 1_000_000;
const MOST_GLOBALS = 10_000;
const MOST_STORAGES = 200_000;
const MOST_NESTED = 256;
const MOST_HANDED_ON = 1000;
const MOST_ALTERNATIVE = 1_000_000;
/** Bytes constants from here on are payload rather than fields. */
const LEAST_PAYLOAD = 64;

export interface NamedGlobal {
  readonly module: string;
  readonly name: string;
  /** Offset of the opcode that first named it. */
  readonly offset: number;
  /** It was called or instantiated, not only named. */
  called: boolean;
}

export interface Storage {
  /** `FloatStorage`, `HalfStorage`, … */
  readonly type: string;
  readonly elements: number;
}

export interface PickleWalk {
  /** Streams that reached STOP. */
  streams: number;
  /** How the last stream ended: at STOP, at the end of the content, or at a byte that is no opcode. */
  ended: 'stop' | 'cut' | 'malformed';
  /** Offset after the last STOP. */
  end: number;
  /** Offset at which the walk gave up: equals `end` where the last stream reached STOP. */
  reached: number;
  opcodes: number;
  readonly globals: Map<string, NamedGlobal>;
  /** Names the walker could not resolve, extension codes among them. First offset, or -1. */
  unresolved: number;
  /** Calls of something that is no plain name. First offset, or -1. */
  computed: number;
  /** State was set on a module's own attribute rather than on an instance. First offset, or -1. */
  patched: number;
  /** Opcodes that found the stack empty: honest streams have none. */
  underflows: number;
  /** Sum of bytes constants of at least 64 bytes. */
  binaryBytes: number;
  /** Sum of strings that `_codecs.encode` turns back into bytes (protocols 0 to 2 under Python 3). */
  encodedBytes: number;
  /** Sum of raw arrays that joblib splices into the stream. */
  splicedBytes: number;
  /** PyTorch storages by key, from persistent ids. */
  readonly storages: Map<string, Storage>;
  /** Bytes constants that begin like a pickle themselves. */
  readonly nested: { readonly start: number; readonly end: number }[];
}

export interface WalkOptions {
  /** Streams to walk at most. Default: all that follow one another. */
  readonly streams?: number;
  /** Where to begin. Default 0. */
  readonly from?: number;
}

interface State {
  readonly window: Window;
  at: number;
  /** The opcode under way. */
  begin: number;
  stack: Value[];
  memo: Memo;
  /** Entries the unpickler's memo has, of which `memo` keeps those that can matter. */
  memoised: number;
  readonly walk: PickleWalk;
  /** Inside `walkSpliced`: it does not fork again. */
  readonly alternative: boolean;
}

/** Walks the streams that begin at `from` and follow one another. Never throws on hostile bytes. */
export function* walkPickle(window: Window, options: WalkOptions = {}): Reading<PickleWalk> {
  const from = options.from ?? 0;
  const walk = makeWalk(from);
  const state: State = {
    window,
    at: from,
    begin: from,
    stack: [],
    memo: makeMemo(),
    memoised: 0,
    walk,
    alternative: false,
  };
  const most = options.streams ?? Infinity;
  while (walk.streams < most && state.at < window.size) {
    // A second stream without PROTO could be any bytes: raw storages follow torch's pickles.
    if (walk.streams > 0 && !(yield* beginsStream(window, state.at))) break;
    state.stack = [];
    state.memo = makeMemo();
    state.memoised = 0;
    yield* walkStream(state, Infinity);
    walk.reached = state.at;
    if (walk.ended !== 'stop') break;
    walk.streams += 1;
    walk.end = state.at;
  }
  return walk;
}

/** Nothing walked yet. */
function makeWalk(from: number): PickleWalk {
  return {
    streams: 0,
    ended: 'cut',
    end: from,
    reached: from,
    opcodes: 0,
    globals: new Map(),
    unresolved: -1,
    computed: -1,
    patched: -1,
    underflows: 0,
    binaryBytes: 0,
    encodedBytes: 0,
    splicedBytes: 0,
    storages: new Map(),
    nested: [],
  };
}

function* beginsStream(window: Window, at: number): Reading<boolean> {
  // The count before a raw storage of 128 elements looks like PROTO: what follows that is no opcode.
  return claimsPickle(yield* take(window, at, 16), window.size - at) === 'magic';
}

function* walkStream(state: State, mostOpcodes: number): Reading<void> {
  const { window, walk } = state;
  /** joblib writes a whole pickle in place of an array of objects: STOP then ends only that. */
  const outer: { stack: Value[]; memo: Memo; memoised: number }[] = [];
  for (;;) {
    state.begin = state.at;
    const opcode = yield* byteAt(window, state.at);
    if (opcode === undefined) {
      walk.ended = 'cut';
      return;
    }
    const argument = ARGUMENTS[opcode];
    if (argument === undefined || walk.opcodes >= mostOpcodes) {
      walk.ended = 'malformed';
      return;
    }
    state.at += 1;
    walk.opcodes += 1;
    if (argument === 'none') {
      if (opcode === OP.STOP) {
        const back = outer.pop();
        if (back === undefined) {
          walk.ended = 'stop';
          return;
        }
        state.stack = back.stack;
        state.memo = back.memo;
        state.memoised = back.memoised;
        continue;
      }
      act(state, opcode);
      if (opcode === OP.BUILD) {
        const array = arrayAfterBuild(state.stack.at(-1));
        if (array?.kind === 'pickle' && outer.length < 16) {
          outer.push({ stack: state.stack, memo: state.memo, memoised: state.memoised });
          state.stack = [];
          state.memo = makeMemo();
          state.memoised = 0;
        } else if (array?.kind === 'raw') {
          yield* walkSpliced(state);
          const padding = array.padded ? 1 + ((yield* byteAt(window, state.at)) ?? 0) : 0;
          walk.splicedBytes += array.bytes;
          if (!advance(state, padding + array.bytes)) return;
        }
      }
    } else {
      const whole = yield* actWithArgument(state, opcode, argument);
      if (!whole) return;
    }
  }
}

/**
 * A reader that is not joblib takes a spliced array for opcodes. Numbers end that at once; opcodes
 * hidden in the array are found, over the stack and memo they would run on.
 */
function* walkSpliced(state: State): Reading<void> {
  if (state.alternative) return;
  const walk = makeWalk(state.at);
  const stack = state.stack.slice(-MOST_HANDED_ON);
  const alternative: State = {
    ...state,
    stack,
    memo: makeMemo(state.memo),
    walk,
    alternative: true,
  };
  yield* walkStream(alternative, MOST_ALTERNATIVE);
  const ran = walk.ended === 'stop';
  for (const [key, value] of walk.globals) {
    if (ran || isPlainName(value))
      state.walk.globals.set(key, state.walk.globals.get(key) ?? value);
  }
  if (!ran) return;
  for (const what of ['unresolved', 'computed', 'patched'] as const) {
    if (state.walk[what] < 0) state.walk[what] = walk[what];
  }
}

/** Not a name that chance bytes spell. */
export function isPlainName({ module, name }: NamedGlobal): boolean {
  return /^[\w.]+$/.test(module) && /^[\w.]+$/.test(name);
}

function* byteAt(window: Window, at: number): Reading<number | undefined> {
  if (holds(window, at, 1)) return window.bytes[at - window.start];
  return (yield* take(window, at, 1))[0];
}

/** Moves on; false, and `cut`, where the content ends before. */
function advance(state: State, bytes: number): boolean {
  if (state.at + bytes <= state.window.size) {
    state.at += bytes;
    return true;
  }
  state.at = state.window.size;
  state.walk.ended = 'cut';
  return false;
}

function push(state: State, value: Value): void {
  if (state.stack.length < MOST_VALUES) state.stack.push(value);
  else note(state, 'unresolved');
}

function pop(state: State): Value {
  const value = state.stack.pop();
  if (value === undefined) state.walk.underflows += 1;
  return value ?? OTHER;
}

function popToMark(state: State): Value[] {
  const mark = state.stack.lastIndexOf(MARK);
  if (mark < 0) state.walk.underflows += 1;
  const items = state.stack.splice(mark + 1);
  if (mark >= 0) state.stack.pop();
  return items;
}

function memoise(state: State, index: number): void {
  const value = state.stack.at(-1) ?? OTHER;
  state.memoised += 1;
  state.memo.set(index, isWorthKeeping(value) ? value : OTHER);
}

/** `unresolved`, `computed` and `patched` keep the first place. */
function note(state: State, what: 'unresolved' | 'computed' | 'patched'): void {
  if (state.walk[what] < 0) state.walk[what] = state.begin;
}

function named(state: State, module: Value, name: Value): Value {
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

function call(state: State, callee: Value, argument: Value): void {
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

function act(state: State, opcode: number): void {
  const { stack } = state;
  switch (opcode) {
    case OP.MARK:
      push(state, MARK);
      return;
    case OP.POP:
      pop(state);
      return;
    case OP.POP_MARK:
      popToMark(state);
      return;
    case OP.DUP:
      push(state, stack.at(-1) ?? OTHER);
      return;
    case OP.EMPTY_TUPLE:
      push(state, EMPTY_TUPLE);
      return;
    case OP.TUPLE:
      push(state, tupleOf(popToMark(state)));
      return;
    case OP.TUPLE1:
      push(state, tupleOf(stack.splice(-1)));
      return;
    case OP.TUPLE2:
      push(state, tupleOf(stack.splice(-2)));
      return;
    case OP.TUPLE3:
      push(state, tupleOf(stack.splice(-3)));
      return;
    case OP.EMPTY_DICT:
      push(state, { type: 'dict', entries: undefined });
      return;
    case OP.DICT:
      fill(state, { type: 'dict', entries: undefined }, true);
      return;
    case OP.SETITEM: {
      const value = pop(state);
      setEntry(stack.at(-2), pop(state), value);
      return;
    }
    case OP.SETITEMS:
      fill(state, undefined, false);
      return;
    case OP.APPEND:
      pop(state);
      return;
    case OP.APPENDS:
    case OP.ADDITEMS:
      popToMark(state);
      return;
    case OP.LIST:
    case OP.FROZENSET:
      popToMark(state);
      push(state, OTHER);
      return;
    case OP.REDUCE:
    case OP.NEWOBJ: {
      const argument = pop(state);
      call(state, pop(state), argument);
      return;
    }
    case OP.NEWOBJ_EX: {
      pop(state);
      const argument = pop(state);
      call(state, pop(state), argument);
      return;
    }
    case OP.OBJ: {
      const items = popToMark(state);
      call(state, items[0] ?? OTHER, tupleOf(items.slice(1)));
      return;
    }
    case OP.BUILD: {
      const given = pop(state);
      const target = stack.at(-1);
      if (target?.type === 'global') note(state, 'patched');
      if (target?.type === 'call' && given.type === 'dict') {
        stack[stack.length - 1] = callOf(target.callee, given);
      }
      return;
    }
    case OP.BINPERSID:
      push(state, loadPersistent(state, pop(state)));
      return;
    case OP.STACK_GLOBAL: {
      const name = pop(state);
      push(state, named(state, pop(state), name));
      return;
    }
    case OP.MEMOIZE:
      memoise(state, state.memoised);
      return;
    case OP.READONLY_BUFFER:
      return;
    default:
      // NONE, NEWTRUE, NEWFALSE, EMPTY_LIST, EMPTY_SET, NEXT_BUFFER: one value that names nothing.
      push(state, OTHER);
  }
}

function fill(state: State, made: Value | undefined, pushes: boolean): void {
  const items = popToMark(state);
  const dict = made ?? state.stack.at(-1);
  for (let i = 0; i + 1 < items.length; i += 2) setEntry(dict, items[i], items[i + 1] ?? OTHER);
  if (pushes && made !== undefined) push(state, made);
}

/**
 * torch's persistent ids: `('storage', <class>, key, location, elements)`, and in the legacy format
 * `('module', <class>, source file, source)`, which stands for the class itself.
 */
function loadPersistent(state: State, id: Value): Value {
  if (id.type !== 'tuple') return OTHER;
  const [tag, type, key, , elements] = id.items;
  if (tag?.type !== 'text' || type?.type !== 'global') return OTHER;
  if (tag.text === 'module') return type;
  if (tag.text !== 'storage' || state.walk.storages.size >= MOST_STORAGES) return OTHER;
  if (key?.type === 'text' && key.text !== undefined && elements?.type === 'int') {
    state.walk.storages.set(key.text, { type: type.name, elements: Math.max(0, elements.value) });
  }
  return OTHER;
}

function* actWithArgument(state: State, opcode: number, argument: string): Reading<boolean> {
  switch (argument) {
    case 'line':
      return yield* actOnLine(state, opcode);
    case 'lines': {
      const module = yield* readLine(state);
      const name = yield* readLine(state);
      if (module === undefined || name === undefined) return false;
      const found = named(state, module, name);
      if (opcode === OP.INST) call(state, found, tupleOf(popToMark(state)));
      else push(state, found);
      return true;
    }
    case 'counted1':
    case 'counted4':
    case 'counted8':
      return yield* actOnCounted(state, opcode, Number(argument.slice(7)));
    default:
      return yield* actOnFixed(state, opcode, Number(argument.slice(5)));
  }
}

function* actOnFixed(state: State, opcode: number, length: number): Reading<boolean> {
  const bytes = yield* take(state.window, state.at, length);
  if (!advance(state, length)) return false;
  switch (opcode) {
    case OP.PROTO:
    case OP.FRAME:
      return true;
    case OP.BININT:
      push(state, { type: 'int', value: bytes.readInt32LE(0) });
      return true;
    case OP.BININT1:
    case OP.BININT2:
      push(state, { type: 'int', value: bytes.readUIntLE(0, length) });
      return true;
    case OP.BINGET:
    case OP.LONG_BINGET:
      push(state, state.memo.get(bytes.readUIntLE(0, length)));
      return true;
    case OP.BINPUT:
    case OP.LONG_BINPUT:
      memoise(state, bytes.readUIntLE(0, length));
      return true;
    case OP.EXT1:
    case OP.EXT2:
    case OP.EXT4:
      // An extension code names something in a registry that only the reader's process knows.
      note(state, 'unresolved');
      push(state, OTHER);
      return true;
    default:
      push(state, OTHER);
      return true;
  }
}

function* actOnCounted(state: State, opcode: number, width: number): Reading<boolean> {
  const prefix = yield* take(state.window, state.at, width);
  if (!advance(state, width)) return false;
  const length = width === 8 ? Number(prefix.readBigUInt64LE(0)) : prefix.readUIntLE(0, width);
  const start = state.at;
  const kept = yield* take(state.window, start, Math.min(length, LONGEST_NAME));
  const value = counted(state, opcode, kept, length);
  if (!advance(state, length)) return false;
  if (value.type === 'bytes') {
    if (length >= LEAST_PAYLOAD) state.walk.binaryBytes += length;
    if (beginsLikePickle(kept) && state.walk.nested.length < MOST_NESTED) {
      state.walk.nested.push({ start, end: start + length });
    }
  }
  push(state, value);
  return true;
}

function counted(state: State, opcode: number, kept: Buffer, length: number): Value {
  switch (opcode) {
    case OP.LONG1:
    case OP.LONG4:
      return length > 0 && length <= 6
        ? { type: 'int', value: kept.readIntLE(0, Math.max(1, Math.min(length, kept.length))) }
        : OTHER;
    case OP.BINBYTES:
    case OP.SHORT_BINBYTES:
    case OP.BINBYTES8:
    case OP.BYTEARRAY8:
      return { type: 'bytes', length };
    case OP.BINSTRING:
    case OP.SHORT_BINSTRING:
      // Python 2's str: names and payload both. As a name it counts like any text.
      if (length > LONGEST_NAME) return { type: 'bytes', length };
      if (length >= LEAST_PAYLOAD) state.walk.binaryBytes += length;
      return { type: 'text', text: kept.toString('utf8'), length };
    default:
      return {
        type: 'text',
        text: length > LONGEST_NAME ? undefined : kept.toString('utf8'),
        length,
      };
  }
}

function beginsLikePickle(bytes: Buffer): boolean {
  const version = bytes[1] ?? 255;
  return bytes[0] === OP.PROTO && version <= 5 && bytes.length > 3;
}

function* actOnLine(state: State, opcode: number): Reading<boolean> {
  const line = yield* readLine(state);
  if (line === undefined) return false;
  const text = line.text ?? '';
  switch (opcode) {
    case OP.INT:
    case OP.LONG: {
      const value = Number(text.endsWith('L') ? text.slice(0, -1) : text);
      push(state, Number.isFinite(value) ? { type: 'int', value } : OTHER);
      return true;
    }
    case OP.GET:
      push(state, state.memo.get(Number(text)));
      return true;
    case OP.PUT:
      memoise(state, Number(text));
      return true;
    case OP.STRING:
      if (line.length > LONGEST_NAME) state.walk.binaryBytes += line.length;
      push(state, { ...line, text: line.text === undefined ? undefined : unquote(line.text) });
      return true;
    case OP.UNICODE:
      push(state, {
        ...line,
        text: line.text === undefined ? undefined : unescapeUnicode(line.text),
      });
      return true;
    default:
      // FLOAT and PERSID.
      push(state, OTHER);
      return true;
  }
}

/** Up to the next line feed. Its text only where it is short enough to be a name. */
function* readLine(
  state: State,
): Reading<{ type: 'text'; text: string | undefined; length: number } | undefined> {
  const { window } = state;
  const start = state.at;
  let text: string | undefined;
  for (;;) {
    const held = holds(window, state.at, 1)
      ? window.bytes.subarray(state.at - window.start)
      : yield* take(window, state.at, 4096);
    const feed = held.indexOf(0x0a);
    if (feed < 0) {
      if (!advance(state, Math.max(1, held.length))) return undefined;
      continue;
    }
    if (state.at === start && feed <= LONGEST_NAME) {
      // A carriage return before the feed is part of what Python strips from names.
      text = held.toString('utf8', 0, feed > 0 && held[feed - 1] === 0x0d ? feed - 1 : feed);
    }
    const length = state.at + feed - start;
    state.at += feed + 1;
    if (text === undefined && length <= LONGEST_NAME) {
      text = (yield* take(window, start, length)).toString('utf8');
    }
    return { type: 'text', text, length };
  }
}

function unquote(text: string): string {
  const quote = text[0];
  const inner = (quote === "'" || quote === '"') && text.endsWith(quote) ? text.slice(1, -1) : text;
  return inner.includes('\\') ? unescapePython(inner) : inner;
}

function unescapeUnicode(text: string): string {
  return text.includes('\\u') || text.includes('\\U') ? unescapePython(text) : text;
}

/** `\x63`, `\143`, `\u0063`, `\n`: names can be spelt with escapes. */
function unescapePython(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))/g,
    (whole, x?: string, u?: string, U?: string, octal?: string, plain?: string) => {
      const code = x ?? u ?? U;
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      }
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return plain ?? whole;
    },
  );
}
