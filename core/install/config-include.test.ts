import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addInclude, hasInclude, includeIsLast, removeInclude } from './config-include.ts';

const line = fc.oneof(
  fc.constantFrom(
    '[core]',
    '[include]',
    '[Include]',
    '[include "x"]',
    '[remote "o"]',
    '\tpath = other',
    '\thooksPath = .husky/_',
    '# a comment',
    '; cordon/config',
    '\tvalue = "cordon/config"',
    '',
    '\turl = x \\',
    '\r',
  ),
  fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\n', ' ')),
);
const config = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
  .map(([lines, ended]) => lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''))
  .filter((text) => !hasInclude(text));

test('what is added goes again and leaves every other byte, but for a last newline', () => {
  fc.assert(
    fc.property(config, (text) => {
      const added = addInclude(text);
      expect(hasInclude(added)).toBe(true);
      expect(includeIsLast(added)).toBe(true);
      expect(added.startsWith(text)).toBe(true);
      const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
      expect(removeInclude(added)).toBe(ended);
      expect(addInclude(added)).toBe(added);
    }),
    { numRuns: 10_000 },
  );
});

test('git follows the include, whatever it wrote around it since', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-include-'));
  try {
    const file = join(folder, 'config');
    const git = (...args: string[]): string =>
      spawnSync('git', ['config', '--file', file, ...args], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(file, addInclude('[core]\n\tbare = false\n[remote "o"]\n\turl = x\n'));
    git('core.hooksPath', 'mine');
    git('--remove-section', 'remote.o');
    git('branch.main.remote', 'o');
    git('--add', 'include.path', 'theirs');
    expect(git('--get-all', 'include.path')).toBe('cordon/config\ntheirs');
    const text = readFileSync(file, 'utf8');
    expect(includeIsLast(text)).toBe(false);
    writeFileSync(file, removeInclude(text));
    expect(git('--get-all', 'include.path')).toBe('theirs');
    expect(git('core.hooksPath')).toBe('mine');
    expect(git('branch.main.remote')).toBe('o');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a later section that sets core or includes more means ours is not last', () => {
  const added = addInclude('[core]\n');
  expect(includeIsLast(`${added}[remote "x"]\n\turl = y\n`)).toBe(true);
  expect(includeIsLast(`${added}[core]\n\thooksPath = y\n`)).toBe(false);
  expect(includeIsLast(`${added}[includeIf "gitdir:/x"]\n\tpath = y\n`)).toBe(false);
  expect(includeIsLast(`${added}[CORE]hooksPath = y\n`)).toBe(false);
});
