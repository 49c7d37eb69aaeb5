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
    return readable(() => logSummary(args));
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
  return readable(() => command(rest));
}

/**
 * What stands where the record should, and is no folder or not this user's to read, is nothing wrong
 * with Cordon: it is said as the system said it.
 */
async function readable(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const { code, path } = (error ?? {}) as { readonly code?: unknown; readonly path?: unknown };
    const isOfPlace =
      typeof code === 'string' && /^(?:ENOTDIR|EACCES|EPERM|ELOOP|EIO|ENAMETOOLONG)$/.test(code);
    if (error instanceof CordonError || !isOfPlace || typeof path !== 'string') throw error;
    throw new CordonError('source.unreadable', { path, why: code }, error);
  }
}
