import { decodeRun } from './decode-run.ts';
import { findRuns, followWraps, joinSegments, LEAST_RUN } from './find-runs.ts';
import type { Region } from './layer.ts';

type Add = (name: string, content: Buffer, start: number) => void;

/** Calls `add` for all base64 and hexadecimal in `bytes` that stands for something. */
export function findEncodedRuns(bytes: Buffer, add: Add): void {
  findRuns(bytes, (start, end) => openRun(bytes, start, end, add));
}

/** The lines of one run: each by itself, with the lines that continue it, or all as narrow wraps. */
function openRun(bytes: Buffer, start: number, end: number, add: Add): number {
  let next = end;
  let covered = start;
  let follows = 0;
  let narrow: Region[] | undefined;
  for (let lineStart = start; lineStart < end;) {
    const lineEnd = lineEndOf(bytes, lineStart, end);
    const width = lineEnd - lineStart;
    if (lineStart >= covered) follows = 0;
    if (width >= LEAST_RUN) {
      // Lines that an earlier one was joined with are not joined again: from each of 10,000 lines that
      // is the whole text 10,000 times. Widths that break the groups of four digits leave a stream
      // that begins in a later line out of step: one beginning for each of the four steps finds it.
      if (lineStart >= covered || (width % 4 !== 0 && follows < 4)) {
        follows += 1;
        covered = Math.max(covered, openLine(bytes, lineStart, lineEnd, add));
        next = Math.max(next, covered);
        if (next > end) return next;
      }
    } else if (lineEnd > lineStart && lineEnd < end) {
      narrow ??= [];
      narrow.push({ start: lineStart, end: lineEnd });
    } else if (narrow !== undefined && lineEnd > lineStart) {
      narrow.push({ start: lineStart, end: lineEnd });
    }
    lineStart = lineEnd + 1;
  }
  if (narrow !== undefined) openNarrow(bytes, narrow, add);
  return next;
}

function lineEndOf(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 10 && bytes[at] !== 13) at += 1;
  return at;
}

function openLine(bytes: Buffer, start: number, end: number, add: Add): number {
  const wrapped = followWraps(bytes, start, end);
  if (wrapped !== undefined) {
    const joined = joinSegments(bytes, wrapped.segments);
    const decoded = decodeRun(joined, 0, joined.length);
    for (const { name, bytes: content } of decoded) add(name, content, start);
    if (decoded.length > 0) return wrapped.end;
  }
  for (const { name, bytes: content, start: at } of decodeRun(bytes, start, end)) {
    add(name, content, at);
  }
  return end;
}

const LEAST_WIDTH = 4;
const LEAST_LINES = 3;

/** Lines of one width below LEAST_RUN, and the last one, as one text. */
function openNarrow(bytes: Buffer, lines: readonly Region[], add: Add): void {
  for (let from = 0; from < lines.length;) {
    const width = widthOf(lines[from]);
    let to = from + 1;
    while (widthOf(lines[to]) === width) to += 1;
    if (width >= LEAST_WIDTH && to - from >= LEAST_LINES - 1) {
      if (widthOf(lines[to]) > 0 && widthOf(lines[to]) < width) to += 1;
      const joined = joinSegments(bytes, lines.slice(from, to));
      if (joined.length >= LEAST_RUN) {
        for (const { name, bytes: content } of decodeRun(joined, 0, joined.length)) {
          add(name, content, lines[from]?.start ?? 0);
        }
      }
    }
    from = to;
  }
}

const widthOf = (line: Region | undefined): number => (line ? line.end - line.start : 0);
