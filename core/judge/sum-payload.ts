import type { Fact } from '../model.ts';

/**
 * Bytes of tensor payload in one source, nothing counted twice: an archive that declares what its
 * members hold and the members themselves are the same bytes, so of each layer counts the larger of
 * what it declares and what its inner layers do; side by side, they add up.
 */
export function sumPayload(facts: readonly Fact[]): number {
  const own = new Map<string, number>([['', 0]]);
  for (const fact of facts) {
    if (fact.kind !== 'weights') continue;
    own.set(fact.at.layer, (own.get(fact.at.layer) ?? 0) + fact.payloadBytes);
  }
  // Deepest first, each handed to the nearest outer layer that has facts, at last to the source itself.
  const depth = (layer: string) => (layer === '' ? 0 : layer.split('!').length);
  const layers = [...own.keys()].sort((a, b) => depth(b) - depth(a));
  const inner = new Map<string, number>();
  const total = (layer: string) => Math.max(own.get(layer) ?? 0, inner.get(layer) ?? 0);
  for (const layer of layers) {
    if (layer === '') continue;
    const parts = layer.split('!');
    let outer = '';
    for (let length = parts.length - 1; length > 0 && outer === ''; length--) {
      const prefix = parts.slice(0, length).join('!');
      if (own.has(prefix)) outer = prefix;
    }
    inner.set(outer, (inner.get(outer) ?? 0) + total(layer));
  }
  return total('');
}
