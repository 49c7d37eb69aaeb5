import { makeLayer } from '../content/make-layer.ts';

/**
 * The text of a file for the text index, line for line where it stood; undefined for what is none.
 */
export function textOfFile(path: string, bytes: Buffer): Buffer | undefined {
  const text = decodeWide(bytes);
  if (makeLayer({ name: '', content: text }).form !== 'text') return undefined;
  return /\.ipynb$/i.test(path) ? cellsOf(text) : text;
}

/** UTF-16 by its mark; what is asked about is decoded in the same way. */
function decodeWide(bytes: Buffer): Buffer {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark === 0xfffe) return Buffer.from(bytes.toString('utf16le', 2));
  if (mark !== 0xfeff) return bytes;
  const even = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
  return Buffer.from(even.swap16().toString('utf16le'));
}

/**
 * A notebook as Jupyter writes it has one line of source in a line, as a JSON string. Their contents
 * are what is pasted elsewhere; quotes and `\n` between them would break every run of words.
 */
function cellsOf(notebook: Buffer): Buffer {
  const lines = notebook.toString('utf8').split('\n');
  const cells = lines.map((line) => {
    const literal = /^\s*("(?:[^"\\]|\\.)*"),?\s*$/.exec(line)?.[1];
    return literal === undefined ? '' : lineOf(literal);
  });
  // On one line, as some tools write it: then as it stands.
  return cells.some((line) => line !== '') ? Buffer.from(cells.join('\n')) : notebook;
}

function lineOf(literal: string): string {
  try {
    return String(JSON.parse(literal)).replace(/\n$/, '').replaceAll('\n', ' ');
  } catch {
    return '';
  }
}
