import { CordonError } from '../error.ts';

/** A small generator with a seed, so that a failure can be seen again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Bytes that mean something to the formats git writes. */
const telling = Buffer.from([0x0a, 0x20, 0x00, 0x3a, 0x30, 0xff]);

function outcomeOf(act: () => unknown): string {
  try {
    act();
    return 'ok';
  } catch (error) {
    if (error instanceof CordonError) return error.code;
    throw error;
  }
}

/**
 * Gives `count` broken variants of `good` (bytes changed, cut, doubled, moved) to `parse` and counts
 * what came of it: `ok`, or the code of a CordonError. Any other error is thrown on.
 */
export function tallyHostile(
  good: Buffer,
  count: number,
  parse: (bytes: Buffer) => unknown,
): Map<string, number> {
  const tally = new Map<string, number>();
  const random = randomFrom(42);
  for (let round = 0; round < count; round += 1) {
    let bytes = Buffer.from(good);
    for (let changes = 1 + random(4); changes > 0; changes -= 1) {
      const at = random(bytes.length + 1);
      const piece = bytes.subarray(at, at + 1 + random(40));
      switch (random(5)) {
        case 0:
          if (at < bytes.length) bytes[at] = random(256);
          break;
        case 1:
          bytes = bytes.subarray(0, at);
          break;
        case 2:
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + piece.length)]);
          break;
        case 3:
          bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
          break;
        default:
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            telling.subarray(random(telling.length)).subarray(0, 1),
            bytes.subarray(at),
          ]);
      }
    }
    const outcome = outcomeOf(() => parse(Buffer.from(bytes)));
    tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
  }
  return tally;
}
