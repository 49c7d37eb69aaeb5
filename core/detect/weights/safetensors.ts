import { capBytes, type Format, readU64, type Recognised } from './format.ts';
import { makeHeaderScan } from './safetensors-header.ts';
import { MOST_AT_ONCE, type Reading, take, type Window } from './window.ts';

/** The reference implementation refuses longer headers. */
const LONGEST_HEADER = 100_000_000;
/** So much of a header is enough, where the payload it tells of is there. */
const ENOUGH_HEADER = MOST_AT_ONCE - 64 * 1024;
const CHUNK = 64 * 1024;
const ENTRY_BYTES = 1024;

/**
 * safetensors: u64le N, N bytes of JSON `{name: {dtype, shape, data_offsets}}`, payload.
 * A file cut short is reported by what its header declares, a cut header by the entries it still has.
 */
export const safetensors: Format = {
  rule: 'safetensors',

  claims(head, size) {
    // Below the limit the four high bytes of N are zero.
    if (size < 16 || head.readUInt32LE(4) !== 0) return false;
    const first = head[8];
    return (first === 0x7b || first === 0x20) && head.readUInt32LE(0) <= LONGEST_HEADER;
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const headerBytes = readU64(yield* take(window, 0, 8), 0);
    const bodyStart = 8 + headerBytes;
    const present = Math.max(0, window.size - bodyStart);
    const scan = makeHeaderScan();
    for (let at = 8; at < Math.min(bodyStart, window.size) && !scan.broken && !scan.closed;) {
      const chunk = yield* take(window, at, Math.min(CHUNK, bodyStart - at));
      scan.push(chunk);
      at += chunk.length;
      // An honest file's payload fills the rest: no need of the whole header to know its size.
      const settled = at - 8 >= ENOUGH_HEADER && scan.tensors > 0 && scan.end <= present;
      if (settled) return result(window, bodyStart, { payload: present, whole: true });
    }
    if (scan.tensors === 0) return undefined;
    // A header far larger than its entries need carries something itself.
    const excess = Math.min(bodyStart, window.size) - ENTRY_BYTES * scan.tensors - ENOUGH_HEADER;
    return result(window, bodyStart, {
      payload: scan.payload,
      excess: Math.max(0, excess),
      tensors: scan.tensors,
      parameters: scan.parameters,
      whole: scan.contiguous(),
    });
  },
};

function result(
  window: Window,
  bodyStart: number,
  found: {
    payload: number;
    excess?: number;
    tensors?: number;
    parameters?: number;
    whole: boolean;
  },
): Recognised {
  const end = Math.min(window.size, bodyStart + found.payload);
  return {
    rule: 'safetensors',
    payloadBytes: capBytes(found.payload + (found.excess ?? 0)),
    ...(found.tensors === undefined ? {} : { tensors: found.tensors }),
    ...(found.parameters === undefined ? {} : { parameters: capBytes(found.parameters) }),
    offset: 0,
    // Offsets that leave gaps could hide something between tensors: such a file is searched whole.
    payload: found.whole && end > bodyStart ? [{ start: bodyStart, end }] : [],
    end: Math.min(end, window.size),
  };
}
