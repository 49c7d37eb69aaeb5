import { walkPickle } from '../pickle/index.ts';
import { capBytes, type Format, type Recognised } from './format.ts';
import { countStorages } from './torch-storages.ts';
import type { Reading, Window } from './window.ts';

/** A pickle of the integer 0x1950a86a20f9469cfc6c, in protocol 2 and with any other's PROTO. */
const MAGIC = Buffer.from('8a0a6cfc9c46f9206aa850192e', 'hex');

/**
 * What torch.save wrote before 1.6 and still does on request: pickles of a magic number, a protocol
 * number, system info, the object, the storage keys; then each storage as u64 count and raw elements.
 */
export const torchLegacy: Format = {
  rule: 'pytorch-legacy',

  claims(head) {
    return head[0] === 0x80 && head.subarray(2, 15).equals(MAGIC);
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const walk = yield* walkPickle(window);
    const declared = countStorages(walk.storages.values());
    // A pickle that was cut or tampered with hides how much follows: all of it counts.
    const present = walk.streams >= 5 ? window.size - walk.end : 0;
    const payload = Math.max(declared.bytes, present - 8 * declared.tensors);
    if (payload <= 0 && walk.binaryBytes === 0) return undefined;
    const start = walk.streams >= 5 ? walk.end : window.size;
    return {
      rule: 'pytorch-legacy',
      payloadBytes: capBytes(Math.max(payload, walk.binaryBytes)),
      tensors: declared.tensors,
      parameters: capBytes(declared.parameters),
      offset: 0,
      payload:
        start < window.size
          ? [{ start, end: Math.min(window.size, start + payload + 8 * declared.tensors) }]
          : [],
      end: window.size,
    };
  },
};
