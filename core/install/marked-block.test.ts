import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addBlock, hasBlock, removeBlock } from './marked-block.ts';

const script = fc
  .tuple(
    fc.constantFrom('', '#!/bin/sh\n', '#!/usr/bin/env sh\r\n', '#!/bin/sh'),
    fc.array(fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('npm test', '\r', '# >>> x')), {
      maxLength: 6,
    }),
  )
  .map(([start, lines]) => start + lines.join('\n'));

test('a block goes in and comes out again, and is put in once', () => {
  fc.assert(
    fc.property(script, (text) => {
      const added = addBlock(text, ['true', '# why']);
      expect(hasBlock(added)).toBe(true);
      expect(addBlock(added, ['true', '# why'])).toBe(added);
      // A lone shebang without an end of line gets one.
      const ended = /^#![^\n]*$/.test(text) ? `${text}\n` : text;
      expect(removeBlock(added)).toBe(ended);
    }),
    { numRuns: 10_000 },
  );
});

test('the shebang stays first', () => {
  expect(addBlock('#!/bin/sh\nnpm test\n', ['true']).split('\n')[0]).toBe('#!/bin/sh');
});

test('a block in a file with carriage returns is a script that runs', () => {
  const added = addBlock('#!/bin/sh\r\necho rest #\r\n', [
    '# why',
    'if true; then',
    '  echo block',
    'fi',
  ]);
  expect(added).not.toMatch(/[^\r]\n/);
  expect(spawnSync('/bin/sh', ['-e'], { input: added, encoding: 'utf8' }).stdout).toBe(
    'block\nrest\n',
  );
});
