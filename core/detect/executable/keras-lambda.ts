import type { Suspicion } from './judge-pickle.ts';
import { type Reading, take, type Window } from '../weights/window.ts';

const HDF5 = Buffer.from('894844460d0a1a0a', 'hex');
/** Keras writes its configuration first, or as an attribute near the start. */
const SEARCHED = 1024 * 1024;
const KEY = '"class_name"';
/** Both hold Python bytecode that Keras unmarshals and runs. */
const CLASSES = ['"Lambda"', '"__lambda__"'];
const MOST_SPACE = 64;

/** Whether bytes begin like what Keras keeps its configuration in: JSON, or HDF5. */
export function claimsKeras(head: Buffer): boolean {
  let at = 0;
  while (at < 32 && isSpace(head[at])) at += 1;
  return head[at] === 0x7b || head.subarray(0, 8).equals(HDF5);
}

/** Lambda layers in a Keras configuration: code that runs when the model is loaded. */
export function* findLambdas(window: Window): Reading<Suspicion[]> {
  const bytes = yield* take(window, 0, Math.min(window.size, SEARCHED));
  if (!bytes.includes(KEY)) return [];
  for (const name of CLASSES) {
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
      if (!followsKey(bytes, at)) continue;
      const detail = `a Keras layer ${name}`;
      return [{ rule: 'keras-lambda', grade: 'danger', detail, offset: at }];
    }
  }
  return [];
}

/** Whether `"class_name":` stands before, with or without spaces. */
function followsKey(bytes: Buffer, at: number): boolean {
  const before = bytes.toString('latin1', Math.max(0, at - MOST_SPACE), at).trimEnd();
  return before.endsWith(':') && before.slice(0, -1).trimEnd().endsWith(KEY);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
