import { SKIP_REGION_BYTES, type Layer, type Region } from './layer.ts';

/** Whether a region lies wholly in a range that a detector has accounted for. */
export function isSkipped(layer: Layer, region: Region): boolean {
  return region.end > region.start && skippedUntil(layer, region.start) >= region.end;
}

/** The end of the range that `at` stands in, or `at` where it stands in none. */
function skippedUntil(layer: Layer, at: number): number {
  for (const { start, end } of layer.skip) {
    if (end - start >= SKIP_REGION_BYTES && start <= at && at < end) return end;
  }
  return at;
}

/** What is left of `0 .. size` without `taken`, in pieces of at least `least` bytes. */
export function gapsBetween(taken: readonly Region[], size: number, least: number): Region[] {
  const gaps: Region[] = [];
  let at = 0;
  for (const { start, end } of [...taken].sort((a, b) => a.start - b.start)) {
    if (start - at >= least) gaps.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (size - at >= least) gaps.push({ start: at, end: size });
  return gaps;
}
