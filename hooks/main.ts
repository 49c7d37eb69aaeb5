#!/usr/bin/env node
import { readInput } from './read-input.ts';

/**
 * The `cordon` command. This file is all that a hook with nothing to judge ever loads: the rest
 * comes by `import()`, so that such a push costs little more than starting node.
 */
const floor = [20, 18] as const;

function olderThanFloor(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < floor[0] || (major === floor[0] && minor < floor[1]);
}

/** True where git tells of no ref that brings anything: nothing pushed, or deletions alone. */
function bringsNothing(input: Buffer): boolean {
  const lines = input.toString('latin1').split('\n');
  // From the right: a local name such as HEAD^{/text with spaces} holds spaces itself.
  return lines.every((line) => line === '' || /^\(delete\) 0+ \S+ [0-9a-f]+$/.test(line));
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
    if (bringsNothing(input)) return 0;
    const { run } = await import('./run.ts');
    return run(args, input);
  }
  const { run } = await import('./run.ts');
  return run(args);
}

process.exitCode = await main(process.argv.slice(2));
