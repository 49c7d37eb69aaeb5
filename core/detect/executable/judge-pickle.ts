import { claimsPickle, isPlainName, type PickleWalk, walkPickle } from '../pickle/index.ts';
import { type Reading, readWithin, take, type Window } from '../weights/window.ts';
import { gradeGlobal } from './grade-global.ts';

export interface Suspicion {
  readonly rule:
    | 'pickle-global'
    | 'pickle-unresolved'
    | 'pickle-computed-call'
    | 'pickle-patched-class'
    | 'pickle-malformed'
    | 'pickle-unseen'
    | 'keras-lambda';
  readonly grade: 'danger' | 'unknown';
  readonly detail: string;
  readonly offset: number;
}

/** Pickles inside pickles are opened so deep, and so many of them. */
const DEEPEST = 3;
const MOST_NESTED = 256;
/** Streams without PROTO that follow one another. */
const MOST_BARE = 64;

/**
 * What in the pickles that begin at byte 0 is not proven harmless; undefined where it is no pickle.
 * Without PROTO the stream must reach STOP and call something, since text can look like opcodes.
 */
export function* judgePickle(window: Window): Reading<Suspicion[] | undefined> {
  const head = yield* take(window, 0, 4096);
  const claim = claimsPickle(head, window.size);
  if (claim === undefined) return undefined;
  const walk = yield* walkPickle(window);
  if (claim === 'bare' && !isPickle(walk)) return undefined;
  if (walk.streams === 0 && walk.globals.size === 0) return undefined;
  const found = suspicions(walk, claim === 'magic');
  found.push(...(yield* judgeNested(window, walk, { left: MOST_NESTED, depth: 0 })));
  found.push(...(yield* judgeFollowing(window, walk)));
  return found;
}

/** Whether opcodes without PROTO are meant as such: they end in STOP, and call something by name. */
function isPickle(walk: PickleWalk): boolean {
  if (walk.streams === 0) return false;
  if ([...walk.globals.values()].some((one) => one.called && isPlainName(one))) return true;
  return walk.underflows === 0 && (walk.unresolved >= 0 || walk.computed >= 0);
}

function suspicions(walk: PickleWalk, certain: boolean): Suspicion[] {
  const found: Suspicion[] = [];
  for (const { module, name, offset } of walk.globals.values()) {
    const grade = gradeGlobal(module, name);
    if (grade === 'clean') continue;
    found.push({ rule: 'pickle-global', grade, detail: printable(`${module}.${name}`), offset });
  }
  const danger = (rule: Suspicion['rule'], detail: string, offset: number) => {
    if (offset >= 0) found.push({ rule, grade: 'danger', detail, offset });
  };
  danger('pickle-unresolved', 'a name that is computed', walk.unresolved);
  danger('pickle-computed-call', 'a call of a computed value', walk.computed);
  danger('pickle-patched-class', 'state set on a class', walk.patched);
  // What an unpickler does past a broken opcode is not known here, so what is left is not proven.
  const broken = certain && walk.ended === 'malformed' && walk.globals.size > 0;
  if (broken && walk.reached > walk.end) danger('pickle-malformed', 'broken opcodes', walk.reached);
  return found;
}

/** Bytes inside that are pickles themselves: someone is meant to load them. */
function* judgeNested(
  window: Window,
  walk: PickleWalk,
  budget: { left: number; readonly depth: number },
): Reading<Suspicion[]> {
  const found: Suspicion[] = [];
  for (const region of walk.nested) {
    if (budget.left <= 0) break;
    budget.left -= 1;
    const inner = yield* readWithin(window, region, (part) => walkPickle(part));
    if (inner.streams > 0) found.push(...moveBy(suspicions(inner, false), region.start));
    if (budget.depth + 1 >= DEEPEST || inner.nested.length === 0) continue;
    const deeper = { left: budget.left, depth: budget.depth + 1 };
    const below = yield* readWithin(window, region, (part) => judgeNested(part, inner, deeper));
    budget.left = deeper.left;
    found.push(...moveBy(below, region.start));
  }
  const loads = walk.globals.get('torch.storage _load_from_bytes');
  // Bytes spelt as text (protocols 0 to 2) are not opened here.
  if (loads?.called && walk.nested.length === 0) {
    const detail = 'a model inside, loaded from text';
    found.push({ rule: 'pickle-unseen', grade: 'unknown', detail, offset: loads.offset });
  }
  return found;
}

/** Streams without PROTO behind the last one: a reader that loads twice would run them. */
function* judgeFollowing(window: Window, walk: PickleWalk): Reading<Suspicion[]> {
  const found: Suspicion[] = [];
  let { end } = walk;
  if (walk.ended !== 'stop') return found;
  for (let i = 0; i < MOST_BARE && end < window.size; i++) {
    const head = yield* take(window, end, 512);
    if (claimsPickle(head, window.size - end) === undefined) break;
    const next = yield* walkPickle(window, { from: end, streams: 1 });
    if (next.streams === 0) break;
    if (isPickle(next)) found.push(...suspicions(next, false));
    ({ end } = next);
  }
  return found;
}

function moveBy(found: readonly Suspicion[], by: number): Suspicion[] {
  return found.map((one) => ({ ...one, offset: one.offset + by }));
}

/** Names come from the attacker: no control characters, no length to flood a terminal with. */
function printable(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  return short.replaceAll(/[^\x20-\x7e]/g, '?');
}
