/** Text as it would stand in a file of its own, once a wrapping that is only form is taken off. */
export interface PlainForm {
  readonly bytes: Buffer;
  /** For each of its lines the line of the text it was taken from, 1-based. */
  readonly lines: Uint32Array;
}

/** Collects a plain form line by line. */
export interface FormWriter {
  /** Bytes of the line that is open. */
  put(bytes: Buffer, start: number, end: number): void;
  putByte(byte: number): void;
  /** Ends the open line, which was taken from `line` of the text. */
  endLine(line: number): void;
  take(): PlainForm | undefined;
}

const NEWLINE = 10;

/** A writer with room for `most` bytes and a newline a line: no form is longer than its text. */
export function createFormWriter(most: number): FormWriter {
  const out = Buffer.allocUnsafe(most + 1);
  let lines = new Uint32Array(256);
  let size = 0;
  let count = 0;
  return {
    put(bytes, start, end) {
      size += bytes.copy(out, size, start, end);
    },
    putByte(byte) {
      if (size < out.length) out[size++] = byte;
    },
    endLine(line) {
      if (size === out.length) return;
      out[size++] = NEWLINE;
      if (count === lines.length) {
        const more = new Uint32Array(count * 2);
        more.set(lines);
        lines = more;
      }
      lines[count++] = line;
    },
    take: () =>
      count === 0 ? undefined : { bytes: out.subarray(0, size), lines: lines.subarray(0, count) },
  };
}
