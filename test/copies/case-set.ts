import type { Corpora } from './corpora.ts';
import type { CaseSet, Source } from './make-case.ts';
import type { Printer } from './printer.ts';
import type { CorpusFile } from './read-corpus.ts';

/** What copies are made of: files to take from, and files of 100 to 500 lines to paste into. */
export function caseSet(
  { language }: Pick<Corpora, 'language'>,
  indexed: readonly CorpusFile[],
  carriers: readonly CorpusFile[],
  printer: Printer | undefined,
): CaseSet {
  return {
    language,
    indexed: indexed.map(sourceOf),
    carriers: carriers
      .map(sourceOf)
      .filter(({ lines }) => lines.length >= 100 && lines.length <= 500),
    printer,
  };
}

const sourceOf = ({ path, bytes }: CorpusFile): Source => ({
  path,
  lines: bytes.toString('utf8').replaceAll('\r\n', '\n').split('\n'),
});
