import { CordonError } from '../core/error.ts';
import { messagesFor } from '../core/messages/index.ts';
import { exitCodeOfError, renderError } from '../core/report/index.ts';
import { nearestWord } from '../core/policy/nearest-word.ts';
import { exitOnInterrupt } from './interrupts.ts';
import { guardStreams } from './write-output.ts';

/** One verb of the command. `input` is what standard input already gave, where main read it. */
export type Command = (args: readonly string[], input?: Buffer) => Promise<number>;

const commands: Record<string, () => Promise<Command>> = {
  init: async () => (await import('./init.ts')).init,
  uninstall: async () => (await import('./uninstall.ts')).uninstall,
  scan: async () => (await import('./scan.ts')).scan,
  explain: async () => (await import('./explain.ts')).explain,
  register: async () => (await import('./register.ts')).register,
  log: async () => (await import('./log.ts')).log,
  hook: async () => (await import('./hook.ts')).hook,
  help: async () => (await import('./help.ts')).help,
  version: async () => (await import('./help.ts')).version,
};

const aliases: Record<string, string> = { '--help': 'help', '-h': 'help', '--version': 'version' };

/** Runs one command line and gives its exit code. Never throws: an error becomes one sentence. */
export async function run(args: readonly string[], input?: Buffer): Promise<number> {
  guardStreams();
  exitOnInterrupt();
  const [word = 'help', ...rest] = args;
  const name = Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
  try {
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (load === undefined) {
      const nearest = nearestWord(word, Object.keys(commands));
      throw new CordonError('usage', { problem: 'unknown-command', word, nearest });
    }
    if (rest.includes('--help') || rest.includes('-h')) {
      const { help } = await import('./help.ts');
      return await help([name]);
    }
    const command = await load();
    return await command(rest, input);
  } catch (error) {
    const messages = messagesFor(localeOf(rest));
    const style = name === 'hook' && rest[0] === 'pre-receive' ? 'remote' : 'terminal';
    process.stderr.write(`${renderError(error, style, messages)}\n`);
    if (process.env['CORDON_DEBUG'] && error instanceof Error) {
      process.stderr.write(`${error.stack ?? ''}\n`);
    }
    return exitCodeOfError(error);
  }
}

function localeOf(args: readonly string[]): string | undefined {
  const at = args.indexOf('--locale');
  return at === -1 ? undefined : args[at + 1];
}
