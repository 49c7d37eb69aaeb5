import { messagesFor, type HelpCommand } from '../core/messages/index.ts';
import { renderHelp } from '../core/report/index.ts';
import { version as thisVersion } from './output.ts';

export function help(args: readonly string[]): Promise<number> {
  const messages = messagesFor(undefined, process.env);
  const [topic = ''] = args;
  const isCommand = (word: string): word is HelpCommand =>
    Object.hasOwn(messages.help.commands, word);
  process.stdout.write(
    renderHelp(isCommand(topic) ? topic : undefined, messages, process.stdout.columns),
  );
  return Promise.resolve(0);
}

export function version(): Promise<number> {
  process.stdout.write(`${thisVersion}\n`);
  return Promise.resolve(0);
}
