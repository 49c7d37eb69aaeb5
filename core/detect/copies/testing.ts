import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createIndexBuilder } from './indexing/index-builder.ts';
import { lex } from './lexer/lex.ts';
import type { Background, CopyIndex, SourceFile, TokenStream, WordTable } from './types.ts';

export const noBackground: Background = { has: () => false };

/** Every word as rare as one in a thousand. */
export const evenWords: WordTable = { bits: () => 10 };

export const tables = { words: evenWords, background: noBackground };

export const sourceFile = (id: string, text: string, label = 'restricted'): SourceFile => ({
  id,
  path: `src/${id}`,
  label,
  bytes: Buffer.from(text),
});

export function indexOf(...files: SourceFile[]): CopyIndex {
  const builder = createIndexBuilder(tables);
  for (const file of files) builder.add(file);
  return builder.build();
}

/** Source files of this repository, by name, without their tests. */
export function ownSources(folder: string): { name: string; text: string }[] {
  const root = join(import.meta.dirname, '../../..', folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
}

/** What a stream says, token by token: equal for equal tokens of equal kind. */
export const tokensIn = (stream: TokenStream): string[] =>
  Array.from(
    { length: stream.count },
    (_, i) => `${stream.kinds[i]}:${stream.halves[2 * i]}:${stream.halves[2 * i + 1]}`,
  );

export const codeOf = (text: string): string[] => tokensIn(lex(Buffer.from(text)).code);
export const proseOf = (text: string): string[] => tokensIn(lex(Buffer.from(text)).prose);

export const python = `
class Router(Base):
    def forward(self, hidden, mask=None, *, scale=0.125):
        """Sends each token to its experts.

        Keeps the order of the batch.
        """
        # the gate is trained apart
        logits = self.gate(hidden) * scale
        if mask is not None and len(mask) > 0:
            logits = logits.masked_fill(mask == 0, -1e9)
        weight, chosen = topk(softmax(logits, -1), k=self.width)
        output = zeros_like(hidden)
        for place, expert in enumerate(self.experts):
            rows, columns = where(chosen == place)
            output[rows] += weight[rows, columns, None] * expert(hidden[rows])
        raise_for(output, 'router.%s failed' % self.name, {"tokens": hidden.shape[0]})
        return output / weight.sum(-1, keepdim=True)
`;
