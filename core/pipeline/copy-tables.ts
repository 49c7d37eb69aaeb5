import { shippedBackground, shippedWords } from '../detect/copies/background/shipped.ts';
import type { TextTables } from './register-text.ts';

/** Raised whenever the same files may give another index. */
const TEXT_VERSION = 'text-1';

/** What an index of classified text is made with here. Read from disk when first asked. */
export function copyTables(): TextTables {
  return {
    version: TEXT_VERSION,
    get words() {
      return shippedWords();
    },
    get background() {
      return shippedBackground();
    },
  };
}
