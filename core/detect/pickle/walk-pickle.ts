/**
 * Walks pickle streams without running them: opcodes over a symbolic stack and memo. It reads on
 * where an unpickler would refuse (underflow, lying FRAME, missing memo), since refusing early is how
 * scanners were dodged; only a byte that is no opcode, or the end, stops it.
 */
import { holds, type Reading, take, type Window } from '../weights/window.ts';
import { act } from './act.ts';
import { actWithArgument } from './act-with-argument.ts';
import { claimsPickle } from './claims-pickle.ts';
import { makeMemo } from './memo.ts';
import { ARGUMENTS, OP } from './opcodes.ts';
import { isPlainName, makeWalk, type PickleWalk } from './pickle-walk.ts';
import { arrayAfterBuild } from './spliced-array.ts';
import { advance, type State } from './state.ts';

const MOST_HANDED_ON = 1000;

export interface WalkOptions {
  /** Streams to walk at most. Default: all that follow one another. */
  readonly streams?: number;
  /** Where to begin. Default 0. */
  readonly from?: number;
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
    splices: 'none',
  };
  const most = options.streams ?? Infinity;
  while (walk.streams < most && state.at < window.size) {
    // A second stream without PROTO could be any bytes: raw storages follow torch's pickles.
    if (walk.streams > 0 && !(yield* beginsStream(window, state.at))) break;
    state.stack = [];
    state.memo = makeMemo();
    state.memoised = 0;
    yield* walkStream(state);
    walk.reached = state.at;
    if (walk.ended !== 'stop') break;
    walk.streams += 1;
    walk.end = state.at;
  }
  return walk;
}

function* beginsStream(window: Window, at: number): Reading<boolean> {
  // The count before a raw storage of 128 elements looks like PROTO: what follows that is no opcode.
  return claimsPickle(yield* take(window, at, 16), window.size - at) === 'magic';
}

function* walkStream(state: State): Reading<void> {
  const { window, walk } = state;
  /** joblib writes a whole pickle in place of an array of objects: STOP then ends only that. */
  const outer: Pick<State, 'stack' | 'memo' | 'memoised'>[] = [];
  for (;;) {
    state.begin = state.at;
    const opcode = yield* byteAt(window, state.at);
    if (opcode === undefined) {
      walk.ended = 'cut';
      return;
    }
    const argument = ARGUMENTS[opcode];
    if (argument === undefined) {
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
      if (opcode === OP.BUILD && state.splices !== 'opcodes') {
        const array = arrayAfterBuild(state.stack.at(-1));
        if (array?.kind === 'pickle' && outer.length < 16) {
          outer.push({ stack: state.stack, memo: state.memo, memoised: state.memoised });
          state.stack = [];
          state.memo = makeMemo();
          state.memoised = 0;
        } else if (array?.kind === 'raw') {
          if (state.splices === 'none') yield* walkAsOpcodes(state);
          state.splices = 'arrays';
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
 * A reader that is not joblib takes the first spliced array, and all after it, for opcodes. Numbers end
 * that at once; opcodes hidden in an array are found, over the stack and memo they would run on.
 */
function* walkAsOpcodes(state: State): Reading<void> {
  const walk = makeWalk(state.at);
  const stack = state.stack.slice(-MOST_HANDED_ON);
  const memo = makeMemo(state.memo);
  yield* walkStream({ ...state, stack, memo, walk, splices: 'opcodes' });
  const ran = walk.ended === 'stop';
  for (const [key, value] of walk.globals) {
    if (!ran && !isPlainName(value)) continue;
    state.walk.globals.set(key, state.walk.globals.get(key) ?? value);
  }
  if (!ran) return;
  for (const what of ['unresolved', 'computed', 'patched'] as const) {
    if (state.walk[what] < 0) state.walk[what] = walk[what];
  }
}

function* byteAt(window: Window, at: number): Reading<number | undefined> {
  if (holds(window, at, 1)) return window.bytes[at - window.start];
  return (yield* take(window, at, 1))[0];
}
