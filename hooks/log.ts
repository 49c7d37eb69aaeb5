import { CordonError } from '../core/error.ts';
import { nearestWord } from '../core/policy/nearest-word.ts';
import type { Command } from './run.ts';

const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  tail: async () => (await import('./log-tail.ts')).logTail,
  verify: async () => (await import('./log-verify.ts')).logVerify,
  export: async () => (await import('./log-export.ts')).logExport,
  ship: async () => (await import('./log-ship.ts')).logShip,
  key: async () => (await import('./log-key.ts')).logKey,
  reveal: async () => (await import('./log-reveal.ts')).logReveal,
};

/** The record: what is kept, whether it holds, and on its way to others. */
export async function log(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === undefined || verb.startsWith('-')) {
    const { logSummary } = await import('./log-summary.ts');
    return logSummary(args);
  }
  const load = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (load === undefined) {
    const nearest = nearestWord(verb, Object.keys(verbs));
    throw new CordonError('usage', {
      problem: 'unknown-command',
      word: `log ${verb}`,
      ...(nearest !== undefined && { nearest: `log ${nearest}` }),
    });
  }
  const command = await load();
  return command(rest);
}
