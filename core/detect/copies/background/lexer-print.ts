import { createHash } from 'node:crypto';
import { gramsOf } from '../lexer/grams.ts';
import { lex } from '../lexer/lex.ts';

/**
 * A text that meets every rule of the lexer: keywords, numbers, strings, comments of each kind, import
 * lines, docstrings, ideographs. Written for this.
 */
const probe = Buffer.from(`#!/usr/bin/env python3
# Copyright (c) the authors; see LICENCE. 版权所有，保留所有权利
import numpy as np, os
from torch.nn import (
    Linear,
    Module,
)
#include <vector>
use std::collections::{HashMap, HashSet};
const { join } = require('node:path');
export { a } from "./a.ts";
"""A docstring with 'quotes', a URL https://example.org/a#b and 3.5e-4 numbers."""
class Attention(Module):
    def forward(self, q: 'Tensor', k, v, *, mask=None) -> Tensor:
        '''Scaled: softmax(q @ k.T / sqrt(d)) @ v'''
        scale = 1.0 / np.sqrt(q.shape[-1]); weights = q @ k.swapaxes(-1, -2) * scale
        if mask is not None:
            weights = np.where(mask, weights, -1e9)  # hide the future
        return self.drop(weights / weights.sum(axis=-1, keepdims=True)) @ v, f"{scale:.3f} of {q!r}"
/* A block comment
 * over lines, with #hash and // slashes. */
template <typename T> static inline T *grow(T const &from, size_t n = 0x1Fu) {
  for (size_t i = 0; i < n && from->at[i] != nullptr; ++i) sum += from->at[i] << 2; // tail
  return reinterpret_cast<T *>(malloc(n * sizeof(T)) ? 1'000 : ~0L);
}
#define MAX(a, b) ((a) > (b) ? (a) : (b))
fn main() -> Result<(), Box<dyn Error>> { let x: &'static str = "a\\n\\"b\\""; match x { _ => Ok(()) } }
func (s *Server) Serve(ctx context.Context) error { defer s.mu.Unlock(); return nil }
const text = \`a template \${value} of words\`; let π = λ => λ?.length ?? 42n; async () => await import('x')
<div class="card">text &amp; more</div>
for f in "$@"; do echo "\${f%.*}" | sed -e 's#a#b#g' > /dev/null 2>&1; done
SELECT name, COUNT(*) FROM users WHERE id = 'x' GROUP BY name; -- a comment
変数 = 関数(値, 深さ) + naïve_café(été)
`);

let made: string | undefined;

/**
 * Names what the lexer and the grams of this build make of a text, in 16 hex digits. Data made from grams
 * carries it, and is refused where it differs: it would silently match nothing. Made by running them, so
 * that no one has to remember to raise a number.
 */
export function lexerPrint(): string {
  if (made !== undefined) return made;
  const hash = createHash('sha256');
  const { code, prose } = lex(probe);
  for (const stream of [code, prose]) {
    hash.update(stream.kinds.subarray(0, stream.count));
    hash.update(bytesOf(stream.halves.subarray(0, 2 * stream.count)));
    for (const view of ['text', 'rename'] as const) {
      const { high, low } = gramsOf(stream, view);
      hash.update(bytesOf(high)).update(bytesOf(low));
    }
  }
  made = hash.digest('hex').slice(0, 16);
  return made;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
