import { CordonError } from '../core/error.ts';
import { explainPath, type Session } from '../core/pipeline/index.ts';
import { renderExplanation, renderExplanationJson } from '../core/report/index.ts';
import { choice, readArguments } from './arguments.ts';
import { colorOf, messagesOf } from './output.ts';
import { recordGaps } from './record-gaps.ts';
import { sessionFor } from './session.ts';

const BUDGET_MS = 120_000;

/** Tells the label of a path, what gave it, and where it may go. */
export async function explain(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, {});
  const [path, ...more] = parsed.positionals;
  if (path === undefined || more.length > 0) {
    throw new CordonError('usage', {
      problem: 'missing-argument',
      word: 'explain',
      expected: 'PATH',
    });
  }
  const format = choice(parsed, 'format', ['text', 'json'] as const, 'text');
  let chosen: Parameters<Session['onChosen']>[0] | undefined;
  const onChosen: Session['onChosen'] = (given) => (chosen = given);
  const session = await sessionFor(parsed, BUDGET_MS, () => undefined, onChosen);
  const explanation = await explainPath(session, path);
  await recordGaps(session, chosen);
  const { columns } = process.stdout;
  process.stdout.write(
    format === 'json'
      ? renderExplanationJson(explanation)
      : `${renderExplanation(explanation, {
          color: colorOf(parsed, process.stdout),
          ...(columns !== undefined && { columns }),
          messages: messagesOf(parsed),
        })}\n`,
  );
  return 0;
}
