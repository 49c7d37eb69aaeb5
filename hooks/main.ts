#!/usr/bin/env node
import { readInput } from './read-input.ts';

/**
 * The `cordon` command. This file is all that a hook with nothing to judge ever loads: the rest
 * comes by `import()`, so that such a push costs little more than starting node.
 */
const floor = [20, 18] as const;
const NEWLINE = 10;

function olderThanFloor(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < floor[0] || (major === floor[0] && minor < floor[1]);
}

/** True where git tells of no ref at all: everything is there already. A deletion is an act, and recorded. */
function tellsNothing(input: Buffer): boolean {
  return input.every((byte) => byte === NEWLINE);
}

async function main(args: readonly string[]): Promise<number> {
  if (olderThanFloor(process.versions.node)) {
    process.stderr.write(
      `cordon: this is Node ${process.versions.node}, and Cordon needs ${floor.join('.')} or newer: install it, then run cordon init again.\n`,
    );
    return 3;
  }
  if (args[0] === 'hook' && args[1] === 'pre-push' && !process.stdin.isTTY) {
    const input = readInput();
    if (tellsNothing(input)) return 0;
    const { run } = await import('./run.ts');
    return run(args, input);
  }
  const { run } = await import('./run.ts');
  return run(args);
}

process.exitCode = await main(process.argv.slice(2));
