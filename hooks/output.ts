import type { Verdict } from '../core/model.ts';
import { messagesFor } from '../core/messages/index.ts';
import {
  createProgress,
  renderJson,
  renderSarif,
  renderVerdict,
  useColor,
  type ReportContext,
} from '../core/report/index.ts';
import { choice, type Parsed } from './arguments.ts';
import { writeOutput } from './write-output.ts';

declare const CORDON_VERSION: string;

/** This build's version; `0.0.0` where the sources run unbuilt. */
export const version = typeof CORDON_VERSION === 'string' ? CORDON_VERSION : '0.0.0';

export function messagesOf(parsed: Parsed) {
  const locale = parsed.values['locale'];
  return messagesFor(typeof locale === 'string' ? locale : undefined, process.env);
}

/** Whether to colour what goes to a stream. Throws CordonError `usage` for another word. */
export function colorOf(parsed: Parsed, stream: { readonly isTTY?: boolean }): boolean {
  const flag = choice(parsed, 'color', ['always', 'never', 'auto'] as const, 'auto');
  return useColor({ flag, env: process.env, isTTY: stream.isTTY === true });
}

/** Shows a verdict: text on standard error for a hook, else on standard output; JSON and SARIF always there. */
export function showVerdict(
  parsed: Parsed,
  verdict: Verdict,
  context: ReportContext,
  place: { readonly stream: 'stdout' | 'stderr'; readonly style: 'terminal' | 'remote' },
): void {
  const format = choice(parsed, 'format', ['text', 'json', 'sarif'] as const, 'text');
  const stream = process[place.stream];
  const text =
    format === 'json'
      ? renderJson(verdict)
      : format === 'sarif'
        ? renderSarif(verdict, { version })
        : renderVerdict(
            verdict,
            context,
            {
              style: place.style,
              color: colorOf(parsed, stream),
              ...(stream.columns !== undefined && { columns: stream.columns }),
            },
            messagesOf(parsed),
          );
  // JSON and SARIF end in a newline of their own.
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  const output = parsed.values['output'];
  if (typeof output === 'string') writeOutput(output, ended);
  else (format === 'text' ? stream : process.stdout).write(ended);
}

/** Progress on standard error, for an act that may take long. */
export function showProgress(parsed: Parsed) {
  const progress = createProgress({
    stream: process.stderr,
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns,
    messages: messagesOf(parsed),
  });
  return { onProgress: progress.update, stop: progress.done };
}
