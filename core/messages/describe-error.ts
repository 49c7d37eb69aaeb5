import { CordonError } from '../error.ts';
import type { ErrorData } from '../error.ts';
import { en } from './en.ts';
import type { Messages } from './en.ts';
import { plainText } from './plain-text.ts';

/** Git's own words can be pages long, and can quote a name chosen by whoever made the repository. */
const LONGEST_VALUE = 400;

function plainData(data: ErrorData): ErrorData {
  const plain: Record<string, ErrorData[string]> = {};
  for (const [key, value] of Object.entries(data)) {
    const shown = typeof value === 'string' ? plainText(value.trim()) : value;
    plain[key] =
      typeof shown === 'string' && shown.length > LONGEST_VALUE
        ? `${shown.slice(0, LONGEST_VALUE)}...`
        : shown;
  }
  return plain;
}

/** One paragraph for people: what happened, where, and one thing to do. Free of control characters. */
export function describeError(error: unknown, messages: Messages = en): string {
  if (error instanceof CordonError) return messages.errors[error.code](plainData(error.data));
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return messages.internalError(plainText(detail.slice(0, LONGEST_VALUE)));
}
