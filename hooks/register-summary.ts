import { type Messages, plainText } from '../core/messages/index.ts';
import { INSTALLED_RULE, type RegisteredHere } from '../core/pipeline/index.ts';
import { isGlobSafe, yamlWord } from '../core/report/paste.ts';

/** Registered files that are shown of those that installed code has stretches of; the JSON form has all. */
const MOST_FILES = 3;

/** What a registration did, on some fifteen lines. */
export function summaryOf(messages: Messages, registered: RegisteredHere): string[] {
  const texts = messages.copies.register;
  const { outcome, background, calibration, thresholds } = registered;
  const {
    files,
    textFiles: text,
    sourceBytes,
    indexBytes,
    folder,
    anew,
    keyMade,
    unread,
  } = outcome;
  // All of them are new then, which says nothing.
  const isAnew = keyMade || anew !== undefined;
  const [first] = unread;
  return [
    files === 0 ? texts.nothing : texts.registered({ files, text, size: sourceBytes }),
    ...(isAnew || (files === 0 && outcome.removed === 0) ? [] : [`  ${texts.changes(outcome)}`]),
    ...(anew === undefined ? [] : [`  ${texts.anew[anew]}`]),
    texts.index({ size: indexBytes, folder: plainText(folder) }),
    ...(keyMade ? [`  ${texts.key}`] : []),
    ...(text === 0
      ? []
      : [
          `  ${texts.background(background)}`,
          ...(background.notTaken.length === 0
            ? []
            : [`  ${texts.notTaken(background.notTaken.length)}`]),
          ...(isAnew ? [`  ${texts.thresholds(thresholds.block)}`] : []),
          ...(calibration === undefined ? [] : [`  ${texts.calibrated(calibration)}`]),
        ]),
    ...(first === undefined
      ? []
      : [
          texts.unread({
            count: unread.length,
            first: plainText(first.path),
            reason: first.reason,
          }),
        ]),
    ...installedToo(messages, outcome.overlaps),
    ...(outcome.complete ? [] : [texts.incomplete]),
  ];
}

/** One line a file, however many stretches of it installed code has, the most lines first. */
function installedToo(
  messages: Messages,
  overlaps: RegisteredHere['outcome']['overlaps'],
): string[] {
  const texts = messages.copies.register;
  const byFile = new Map<string, Set<number>>();
  for (const { path, lines } of overlaps) {
    const covered = byFile.get(path) ?? new Set();
    byFile.set(path, covered);
    for (let line = lines.first; line <= lines.last; line++) covered.add(line);
  }
  const files = [...byFile]
    .map(([path, { size }]) => ({ path, lines: size }))
    .sort((a, b) => b.lines - a.lines || (a.path < b.path ? -1 : 1));
  const [largest] = files;
  if (largest === undefined) return [];
  const more = files.length - MOST_FILES;
  return [
    texts.installedToo(files.length),
    ...files
      .slice(0, MOST_FILES)
      .map(({ path, lines }) => `  ${texts.installedLines({ path: plainText(path), lines })}`),
    ...(more > 0 ? [`  ${texts.moreFiles(more)}`] : []),
    texts.installedAction,
    // One that would match other files too is named by nobody but its author.
    `  - {kind: copy, rule: ${INSTALLED_RULE},`,
    `     paths: [${yamlWord(isGlobSafe(largest.path, false) ? largest.path : 'PATH')}],`,
    `     reason: ${yamlWord(messages.report.reason)}}`,
  ];
}
