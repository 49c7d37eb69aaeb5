import { mix } from './hash.ts';
import { kind, type TokenStream } from '../types.ts';

/** Where the lexer puts the tokens of one stream. */
export interface Sink {
  put(high: number, low: number, as: number, line: number): void;
  /** Takes back a comma that a closing bracket follows: a trailing one is style. */
  dropComma(): void;
  take(): TokenStream;
}

const comma = mix(0x2c);

/** A sink that starts with room for the tokens of `bytes` bytes of usual text, and grows. */
export function createSink(bytes: number): Sink {
  let room = (bytes >> 2) + 64;
  let halves = new Uint32Array(room * 2);
  let kinds = new Uint8Array(room);
  let lines = new Uint32Array(room);
  let count = 0;
  return { put, dropComma, take };

  function put(high: number, low: number, as: number, line: number): void {
    if (count === room) grow();
    halves[2 * count] = high;
    halves[2 * count + 1] = low;
    kinds[count] = as;
    lines[count] = line;
    count++;
  }

  function grow(): void {
    room *= 2;
    const was = { halves, kinds, lines };
    halves = new Uint32Array(room * 2);
    kinds = new Uint8Array(room);
    lines = new Uint32Array(room);
    halves.set(was.halves);
    kinds.set(was.kinds);
    lines.set(was.lines);
  }

  function dropComma(): void {
    if (count > 0 && kinds[count - 1] === kind.bracket && halves[2 * count - 2] === comma) count--;
  }

  function take(): TokenStream {
    return {
      count,
      halves: halves.subarray(0, 2 * count),
      kinds: kinds.subarray(0, count),
      lines: lines.subarray(0, count),
    };
  }
}
