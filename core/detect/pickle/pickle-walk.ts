/** What walking a pickle found out. */
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

/** Nothing walked yet. */
export function makeWalk(from: number): PickleWalk {
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

/** Not a name that chance bytes spell. */
export function isPlainName({ module, name }: NamedGlobal): boolean {
  return /^[\w.]+$/.test(module) && /^[\w.]+$/.test(name);
}
