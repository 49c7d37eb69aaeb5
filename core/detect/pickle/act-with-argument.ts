import { holds, type Reading, take } from '../weights/window.ts';
import { type Argument, OP } from './opcodes.ts';
import { advance, call, memoise, named, note, popToMark, push, type State } from './state.ts';
import { unescapeUnicode, unquote } from './text-opcodes.ts';
import { LONGEST_NAME, OTHER, tupleOf, type Value } from './values.ts';

/** Bytes constants from here on are payload rather than fields. */
const LEAST_PAYLOAD = 64;
const MOST_NESTED = 256;

/** Opcodes with an argument. False where the content ends within it. */
export function* actWithArgument(
  state: State,
  opcode: number,
  argument: Exclude<Argument, 'none'>,
): Reading<boolean> {
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
    case 'fixed1':
    case 'fixed2':
    case 'fixed4':
    case 'fixed8':
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
