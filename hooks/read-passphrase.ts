import { CordonError } from '../core/error.ts';
import type { Messages } from '../core/messages/index.ts';
import { readSmallFile } from './read-small-file.ts';

const MOST_BYTES = 4096;

/**
 * A passphrase from a file (its last newline is none of it), or typed at a terminal, unseen. Never from
 * an argument: every user of the machine sees those. Undefined where nobody can be asked.
 */
export async function readPassphrase(
  file: string | undefined,
  { twice, messages }: { readonly twice: boolean; readonly messages: Messages },
): Promise<string | undefined> {
  if (file !== undefined) {
    return readSmallFile(file, MOST_BYTES)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const texts = messages.copies.register;
  const typed = await ask(texts.passphrase);
  if (twice && (await ask(texts.passphraseAgain)) !== typed) {
    throw new CordonError('usage', { problem: 'other', detail: texts.passphrasesDiffer });
  }
  return typed;
}

const BACKSPACE = new Set(['\u007f', '\b']);

function ask(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const end = (finish: () => void) => {
      stdin.off('data', take).setRawMode(false).pause();
      stderr.write('\n');
      finish();
    };
    const take = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(typed.join('')));
        // In raw mode the terminal sends no signal for Ctrl-C.
        if (character === '\u0003') return end(() => reject(new CordonError('interrupted')));
        if (BACKSPACE.has(character)) typed = typed.slice(0, -1);
        else if (character >= ' ') typed.push(character);
      }
      return undefined;
    };
    stdin.setRawMode(true).setEncoding('utf8').on('data', take).resume();
  });
}
