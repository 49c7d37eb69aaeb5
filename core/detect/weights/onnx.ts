import { capBytes, type Format, type Recognised, understood } from './format.ts';
import { type Field, readField } from './protobuf.ts';
import { type Reading, take, type Window } from './window.ts';

/** Wire type of each field of the messages (onnx.proto); others make it no ONNX. */
const MODEL: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
};
const GRAPH: Readonly<Record<number, number>> = {
  1: 2,
  2: 2,
  5: 2,
  10: 2,
  11: 2,
  12: 2,
  13: 2,
  14: 2,
  15: 2,
  16: 2,
};
const IR_VERSION = 1;
const MODEL_GRAPH = 7;
const NODE = 1;
const INITIALIZER = 5;
const SPARSE_INITIALIZER = 15;
const NODE_OP_TYPE = 4;
/** Fields of TensorProto that hold elements: float, int32, int64, raw, double, uint64. */
const ELEMENTS: ReadonlySet<number> = new Set([4, 5, 7, 9, 10, 11]);
const NEWEST_IR = 64;
/** A node of more bytes than this carries constants, or a subgraph with weights. */
const PLAIN_NODE = 512;
/** Constants of fewer bytes are shapes and scalars. */
const LEAST_PAYLOAD = 1024;
const MOST_FIELDS = 2_000_000;
const MOST_MODEL_FIELDS = 10_000;

/**
 * ONNX has no magic: a ModelProto whose every field is one the format has, with a graph whose nodes
 * name operators or that has initializers. Weights may sit in Constant nodes and subgraphs as well.
 */
export const onnx: Format = {
  rule: 'onnx',

  claims(head, size) {
    const tag = head[0] ?? 0;
    return size >= 32 && tag < 0x80 && MODEL[tag >> 3] === (tag & 7);
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const sum = { payload: 0, tensors: 0, nodes: 0, graphs: 0, strange: 0 };
    let ir: number | undefined;
    let at = 0;
    for (let i = 0; at < window.size; i++) {
      const field = yield* readField(window, at);
      if (field === undefined || i > MOST_MODEL_FIELDS) return undefined;
      // Readers skip fields they do not know, so a few of those do not make it another format.
      if ((MODEL[field.number] ?? field.wire) !== field.wire) return undefined;
      if (MODEL[field.number] === undefined) sum.strange += 1;
      if (field.number === IR_VERSION) ir = field.value;
      if (field.number === MODEL_GRAPH) {
        sum.graphs += 1;
        if (!(yield* readGraph(window, field, sum))) return undefined;
      } else if (field.end > window.size) {
        return undefined;
      }
      at = field.end;
    }
    const sane = ir !== undefined && ir >= 1 && ir <= NEWEST_IR && sum.graphs === 1;
    if (!sane || sum.nodes + sum.tensors <= sum.strange) return undefined;
    if (sum.payload < LEAST_PAYLOAD) return understood('onnx');
    return {
      rule: 'onnx',
      payloadBytes: capBytes(sum.payload),
      tensors: sum.tensors,
      offset: 0,
      payload: [],
      end: window.size,
    };
  },
};

function* readGraph(
  window: Window,
  graph: Field,
  sum: { payload: number; tensors: number; nodes: number; strange: number },
): Reading<boolean> {
  let at = graph.start;
  const end = Math.min(graph.end, window.size);
  for (let i = 0; at < end; i++) {
    const field = yield* readField(window, at);
    if (field === undefined || i > MOST_FIELDS) return false;
    if ((GRAPH[field.number] ?? field.wire) !== field.wire || field.end > graph.end) return false;
    if (GRAPH[field.number] === undefined) sum.strange += 1;
    if (field.number === NODE) {
      if (!(yield* namesOperator(window, field))) return false;
      sum.nodes += 1;
      sum.payload += Math.max(0, field.end - field.start - PLAIN_NODE);
    } else if (field.number === INITIALIZER) {
      sum.payload += yield* countElements(window, field);
      sum.tensors += 1;
    } else if (field.number === SPARSE_INITIALIZER) {
      sum.payload += field.end - field.start;
      sum.tensors += 1;
    }
    at = field.end;
  }
  return true;
}

/** Bytes of elements in a TensorProto. Those kept in another file are counted there. */
function* countElements(window: Window, tensor: Field): Reading<number> {
  let bytes = 0;
  for (let at = tensor.start, i = 0; at < Math.min(tensor.end, window.size) && i < 65536; i++) {
    const field = yield* readField(window, at);
    if (field === undefined) break;
    if (ELEMENTS.has(field.number)) bytes += Math.min(field.end, tensor.end) - field.start;
    at = field.end;
  }
  return Math.max(0, bytes);
}

/** Whether the node has an `op_type` that can be one; a node cut by the end of the file may lack it. */
function* namesOperator(window: Window, node: Field): Reading<boolean> {
  for (let at = node.start, i = 0; at < node.end && i < 65536; i++) {
    if (at >= window.size) return true;
    const field = yield* readField(window, at);
    if (field === undefined || field.end > node.end) return false;
    if (field.number === NODE_OP_TYPE && field.wire === 2) {
      const name = yield* take(window, field.start, Math.min(64, field.end - field.start));
      return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name.toString('latin1'));
    }
    at = field.end;
  }
  return false;
}
