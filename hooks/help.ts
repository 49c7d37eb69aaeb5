import { messagesFor } from '../core/messages/index.ts';
import { version as thisVersion } from './output.ts';

export function help(args: readonly string[]): Promise<number> {
  const { help: texts } = messagesFor(undefined, process.env);
  const topic = Object.entries(texts).find(([name]) => name === args[0])?.[1];
  process.stdout.write(topic ?? texts.main);
  return Promise.resolve(0);
}

export function version(): Promise<number> {
  process.stdout.write(`${thisVersion}\n`);
  return Promise.resolve(0);
}
