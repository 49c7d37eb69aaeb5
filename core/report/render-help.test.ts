import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { en } from '../messages/index.ts';
import type { HelpCommand } from '../messages/index.ts';
import { renderHelp } from './index.ts';
import { widthOf } from './layout.ts';

const commands = Object.keys(en.help.commands) as HelpCommand[];
const wordsOf = (text: string) => text.split(/\s+/);

test('the overview names every command', () => {
  expect(commands).toEqual([
    'init',
    'uninstall',
    'scan',
    'explain',
    'register',
    'log',
    'hook',
    'version',
  ]);
  const words = wordsOf(renderHelp(undefined, en));
  for (const command of commands) expect(words).toContain(command);
});

describe.each([undefined, ...commands])('the help of %s', (command) => {
  const words = wordsOf(renderHelp(command, en, 80));
  test('says how it is typed, every option and every exit code', () => {
    expect(words).toContain('Usage:');
    expect(words).toContain('cordon');
    const own = command === undefined ? [] : en.help.commands[command].options;
    for (const [option] of [...own, ...en.help.common]) {
      expect(words).toContain(option.split(' ')[0]);
    }
    for (const code of ['0', '1', '2', '3', '4', '130']) expect(words).toContain(code);
  });
  test('fits one screen', () => {
    const lines = renderHelp(command, en, 80).split('\n');
    expect(lines.length).toBeLessThanOrEqual(36);
    // Each option and each exit code is one line on a usual terminal.
    for (const line of lines) expect(line).not.toMatch(/^ {5,}\S/);
  });
});

test('every option that a usage line names is told', () => {
  const untold = Object.values(en.help.commands).flatMap(({ usage, options }) => {
    const told = ['--version', ...options.map(([option]) => option.split(' ')[0])];
    return (usage.join(' ').match(/--[a-z]+/g) ?? []).filter((option) => !told.includes(option));
  });
  expect(untold).toEqual([]);
});

test('no line is wider than the terminal, whatever its width, and none is wider than 80', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(undefined, ...commands),
      fc.integer({ min: 0, max: 200 }),
      (command, columns) => {
        const most = Math.max(Math.min(columns || 80, 80), 40);
        for (const line of renderHelp(command, en, columns).split('\n')) {
          expect(widthOf(line)).toBeLessThanOrEqual(most);
          expect(line).toBe(line.trimEnd());
        }
      },
    ),
  );
});
