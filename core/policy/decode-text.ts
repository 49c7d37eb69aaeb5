import { isUtf8 } from 'node:buffer';
import type { PolicyProblem } from './problem.ts';
import { shown } from './problem.ts';

/**
 * Characters that make a reviewer read another policy than the one that counts: controls (a lone
 * carriage return among them), line separators YAML does not know, text direction overrides, and
 * signs of no width.
 */
const misleading =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\r(?!\n)/u;

export type Decoded =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly problem: PolicyProblem };

/** Bytes of a policy file as text: UTF-8, with or without a mark at its start, LF or CRLF. */
export function decodeText(bytes: Buffer, file: string): Decoded {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = marked ? bytes.subarray(3) : bytes;
  const text = body.toString('utf8');
  if (!isUtf8(body)) {
    const { bad, before } = firstBadByte(body, text);
    const found = `byte 0x${bad.toString(16).padStart(2, '0')}`;
    return {
      problem: { file, ...placeAt(before), path: '', code: 'encoding', expected: 'UTF-8', found },
    };
  }
  const bad = misleading.exec(text);
  if (bad === null) return { text };
  const code = bad[0].codePointAt(0) ?? 0;
  const found = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const place = placeAt(text.slice(0, bad.index));
  const expected = 'visible text';
  return {
    problem: { file, ...place, path: '', code: 'character', expected, found: shown(found) },
  };
}

/** Where the bytes stop being what they decode to. */
function firstBadByte(body: Buffer, text: string): { bad: number; before: string } {
  const again = Buffer.from(text, 'utf8');
  let at = 0;
  while (at < body.length && body[at] === again[at]) at += 1;
  return { bad: body[at] ?? 0, before: body.subarray(0, at).toString('utf8') };
}

function placeAt(before: string): { line: number; column: number } {
  const start = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: before.length - start + 1 };
}
