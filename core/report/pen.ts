import { plainAscii, plainText } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { painter } from './color.ts';
import type { Paint } from './color.ts';
import type { TextOptions } from './context.ts';

/** How one report writes: its width, its signs, its colours. */
export interface Pen {
  readonly columns: number;
  readonly isAscii: boolean;
  readonly ellipsis: string;
  readonly paint: Paint;
  readonly messages: Messages;
  clean(text: string): string;
}

const MOST_COLUMNS = 80;
/** `remote: ` takes eight of a terminal's eighty. */
const REMOTE_COLUMNS = 72;
const FEWEST_COLUMNS = 40;

export function penOf(options: TextOptions, messages: Messages): Pen {
  const isAscii = options.style === 'remote';
  const most = isAscii ? REMOTE_COLUMNS : MOST_COLUMNS;
  const asked = options.columns ?? most;
  return {
    columns: Math.max(Math.min(asked > 0 ? asked : most, most), FEWEST_COLUMNS),
    isAscii,
    ellipsis: isAscii ? '...' : '…',
    paint: painter(options.color === true && !isAscii),
    messages,
    clean: isAscii
      ? (text) => plainAscii(text.replaceAll('…', '...').replaceAll('•', '*'))
      : plainText,
  };
}
