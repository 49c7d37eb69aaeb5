import { describeError, plainAscii } from '../messages/index.ts';
import type { Messages } from '../messages/index.ts';
import { wrap } from './layout.ts';

/** `remote: ` takes eight of a terminal's 80 columns. */
const REMOTE_COLUMNS = 72;

/**
 * An error as one sentence that says who speaks: it stands amid git's own lines. In the `remote`
 * style plain ASCII, in lines of at most 72 columns.
 */
export function renderError(
  error: unknown,
  style: 'terminal' | 'remote',
  messages: Messages,
): string {
  const text = `cordon: ${describeError(error, messages)}`;
  return style === 'terminal' ? text : wrap(plainAscii(text), REMOTE_COLUMNS).join('\n');
}
