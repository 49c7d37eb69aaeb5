import { OP } from './opcodes.ts';
import { call, memoise, named, note, pop, popToMark, push, type State } from './state.ts';
import { callOf, EMPTY_TUPLE, MARK, OTHER, setEntry, tupleOf, type Value } from './values.ts';

const MOST_STORAGES = 200_000;
/** Deeper in the stack the entries of dicts are not kept: honest tools do not nest so. */
const DEEP = 10_000;

/** Opcodes without an argument. STOP is the walker's. */
export function act(state: State, opcode: number): void {
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
      push(state, stack.length > DEEP ? OTHER : { type: 'dict', entries: undefined });
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
