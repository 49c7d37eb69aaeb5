/**
 * The opcodes of pickle protocols 0 to 5 and how their arguments are written (CPython's
 * `pickletools` documents them).
 */

/** How an opcode's argument is written. */
export type Argument =
  | 'none'
  | 'fixed1'
  | 'fixed2'
  | 'fixed4'
  | 'fixed8'
  | 'counted1'
  | 'counted4'
  | 'counted8'
  | 'line'
  | 'lines';

export const OP = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  FLOAT: 0x46,
  BINFLOAT: 0x47,
  INT: 0x49,
  BININT: 0x4a,
  BININT1: 0x4b,
  LONG: 0x4c,
  BININT2: 0x4d,
  NONE: 0x4e,
  PERSID: 0x50,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  APPENDS: 0x65,
  GET: 0x67,
  BINGET: 0x68,
  INST: 0x69,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  OBJ: 0x6f,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  EXT1: 0x82,
  EXT2: 0x83,
  EXT4: 0x84,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
  BYTEARRAY8: 0x96,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98,
} as const;

const WRITTEN: Readonly<Partial<Record<keyof typeof OP, Argument>>> = {
  BINBYTES: 'counted4',
  SHORT_BINBYTES: 'counted1',
  FLOAT: 'line',
  BINFLOAT: 'fixed8',
  INT: 'line',
  BININT: 'fixed4',
  BININT1: 'fixed1',
  LONG: 'line',
  BININT2: 'fixed2',
  PERSID: 'line',
  STRING: 'line',
  BINSTRING: 'counted4',
  SHORT_BINSTRING: 'counted1',
  UNICODE: 'line',
  BINUNICODE: 'counted4',
  GLOBAL: 'lines',
  GET: 'line',
  BINGET: 'fixed1',
  INST: 'lines',
  LONG_BINGET: 'fixed4',
  PUT: 'line',
  BINPUT: 'fixed1',
  LONG_BINPUT: 'fixed4',
  PROTO: 'fixed1',
  EXT1: 'fixed1',
  EXT2: 'fixed2',
  EXT4: 'fixed4',
  LONG1: 'counted1',
  LONG4: 'counted4',
  SHORT_BINUNICODE: 'counted1',
  BINUNICODE8: 'counted8',
  BINBYTES8: 'counted8',
  FRAME: 'fixed8',
  BYTEARRAY8: 'counted8',
};

/** The argument of each opcode by its byte; undefined where the byte is no opcode. */
export const ARGUMENTS: readonly (Argument | undefined)[] = (() => {
  const table = Array.from<Argument | undefined>({ length: 256 });
  for (const [name, byte] of Object.entries(OP)) {
    table[byte] = WRITTEN[name as keyof typeof OP] ?? 'none';
  }
  return table;
})();
