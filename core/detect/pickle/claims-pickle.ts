import { ARGUMENTS, OP } from './opcodes.ts';

/** Bytes that `claimsPickle` looks at. */
const LOOK = 512;

/**
 * Whether bytes can be a pickle at all, at next to no cost for text: PROTO, or a first opcode that
 * pickles without one begin with (protocols 0 and 1, or a stripped PROTO) followed by opcodes as far
 * as a short look goes. Ordinary text fails within a few bytes.
 */
export function claimsPickle(head: Buffer, size: number): 'magic' | 'bare' | undefined {
  const first = head[0];
  if (first === undefined || head.length < 3) return undefined;
  if (first === OP.PROTO) return (head[1] ?? 255) <= 5 && isOpcode(head[2]) ? 'magic' : undefined;
  return canBegin(first) && runsOn(head, size) ? 'bare' : undefined;
}

function isOpcode(byte: number | undefined): boolean {
  return byte !== undefined && ARGUMENTS[byte] !== undefined;
}

/** The first opcode of a stream pushes something, or frames it. */
function canBegin(byte: number): boolean {
  switch (byte) {
    case OP.MARK:
    case OP.GLOBAL:
    case OP.EMPTY_DICT:
    case OP.EMPTY_LIST:
    case OP.EMPTY_TUPLE:
    case OP.EMPTY_SET:
    case OP.FRAME:
    case OP.SHORT_BINUNICODE:
    case OP.BINUNICODE:
    case OP.BINUNICODE8:
    case OP.UNICODE:
    case OP.STRING:
    case OP.BINSTRING:
    case OP.SHORT_BINSTRING:
    case OP.BINBYTES:
    case OP.SHORT_BINBYTES:
    case OP.BINBYTES8:
    case OP.BYTEARRAY8:
    case OP.NONE:
    case OP.NEWTRUE:
    case OP.NEWFALSE:
    case OP.INT:
    case OP.LONG:
    case OP.FLOAT:
    case OP.BININT:
    case OP.BININT1:
    case OP.BININT2:
    case OP.BINFLOAT:
    case OP.LONG1:
    case OP.LONG4:
    case OP.EXT1:
    case OP.EXT2:
    case OP.EXT4:
    case OP.NEXT_BUFFER:
      return true;
    default:
      return false;
  }
}

/** Every byte that should be an opcode within the look is one, with lines that are what they must be. */
function runsOn(head: Buffer, size: number): boolean {
  const limit = Math.min(head.length, LOOK);
  let at = 0;
  while (at < limit) {
    const opcode = head[at] ?? 0;
    if (opcode === OP.STOP) return at > 0;
    const argument = ARGUMENTS[opcode];
    if (argument === undefined) return false;
    at += 1;
    switch (argument) {
      case 'none':
        break;
      case 'line': {
        const end = head.indexOf(0x0a, at);
        if (!isLine(opcode, head.subarray(at, end < 0 ? limit : end), end < 0)) return false;
        if (end < 0) return true;
        at = end + 1;
        break;
      }
      case 'lines':
        for (let i = 0; i < 2; i++) {
          const end = head.indexOf(0x0a, at);
          if (end < 0) return head.length >= LOOK && isName(head.subarray(at, limit));
          if (!isName(head.subarray(at, end))) return false;
          at = end + 1;
        }
        break;
      case 'counted1':
      case 'counted4':
      case 'counted8': {
        const width = Number(argument.slice(7));
        if (at + width > head.length) return true;
        at += width + (width === 8 ? Number(head.readBigUInt64LE(at)) : head.readUIntLE(at, width));
        break;
      }
      case 'fixed1':
      case 'fixed2':
      case 'fixed4':
      case 'fixed8':
        at += Number(argument.slice(5));
    }
  }
  // A count that leads past the end is a word that begins like an opcode.
  return at <= size;
}

/** `module` or `name` of a global: printable, no spaces. */
function isName(line: Buffer): boolean {
  return (
    line.length > 0 && line.length <= 512 && line.every((byte) => byte > 0x20 && byte !== 0x7f)
  );
}

function isLine(opcode: number, line: Buffer, cut: boolean): boolean {
  switch (opcode) {
    case OP.STRING:
      return line[0] === 0x27 || line[0] === 0x22;
    case OP.INT:
    case OP.LONG:
    case OP.GET:
    case OP.PUT:
    case OP.FLOAT:
      return (cut || line.length > 0) && line.every(isNumeric);
    default:
      return true;
  }
}

/** What Python's `int(text, 0)` and `float(text)` take: `0x1f`, `1_000`, `nan`, `-Infinity`, ` 5 `, `5L`. */
function isNumeric(byte: number): boolean {
  return (
    byte !== 0 && '0123456789abcdefABCDEFxXoO_+-. \tLNITYnity\r'.includes(String.fromCharCode(byte))
  );
}
