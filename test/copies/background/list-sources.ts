/**
 * Writes SOURCES.md: the packages that the shipped data about public code is made from, and their licences.
 *
 *     node test/copies/background/list-sources.ts FOLDER
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, readPackages, type CorpusPackage } from './read-packages.ts';

const root = process.argv[2];
if (root === undefined) throw new Error('usage: list-sources.ts FOLDER');

/** What archives of sources alone do not say. */
const known: Readonly<Record<string, string>> = {
  // A Go module of a service's client; weak copyleft, of which only hashes are taken.
  api: 'MPL-2.0',
  what: 'BSD-3-Clause',
  'netty-common': 'Apache-2.0',
  'spring-core': 'Apache-2.0',
  'spring-web': 'Apache-2.0',
};

const rows = readPackages(root).map((one) => `| ${one.name} | ${licenceOf(one)} |`);
writeFileSync(
  join(import.meta.dirname, '../../../core/detect/copies/background/SOURCES.md'),
  `# What the shipped data about public code is made from

Made by \`test/copies/background/make-background.ts\` from the packages below, fetched by \`test/copies/background/fetch-corpus.sh\`, and
from the boilerplate in \`test/copies/background/boilerplate\`, written for this. No text of theirs is shipped:
\`public-words.bin\` holds hashes of words and how common they are, \`public-grams.bin\` a filter of hashes of
word sequences that stand in several packages, or in a licence text.

| package | licence it declares |
|---|---|
${rows.join('\n')}
`,
);

function licenceOf({ name, folder }: CorpusPackage): string {
  const said = known[/\/(.+)-\d/.exec(name)?.[1] ?? ''];
  if (said !== undefined) return said;
  const named = listFiles(folder)
    .filter((path) => /(?:METADATA|PKG-INFO|package\/package\.json|\/Cargo\.toml)$/.test(path))
    .toSorted((a, b) => a.length - b.length)
    .slice(0, 3);
  for (const path of named) {
    const text = readFileSync(path, 'utf8').slice(0, 20_000);
    const found =
      /^License-Expression: *(\S.*)$/m.exec(text) ??
      /^Classifier: License :: (?:OSI Approved :: )?(.+)$/m.exec(text) ??
      /^License: *(\S.{0,60})$/m.exec(text) ??
      /"license"\s*:\s*"([^"]+)"/.exec(text) ??
      /^license\s*=\s*"([^"]+)"/m.exec(text);
    if (found?.[1] !== undefined) return found[1].trim();
  }
  const file = listFiles(folder)
    .filter((path) => /(?:^|\/)(?:licen[cs]e|copying)[^/]*$/i.test(path))
    .toSorted((a, b) => a.length - b.length)[0];
  if (file === undefined) return 'see its project';
  const text = readFileSync(file, 'utf8').slice(0, 3000);
  if (/Apache License|Apache-2/.test(text)) return 'Apache-2.0';
  if (/Permission is hereby granted, free of charge/.test(text)) return 'MIT';
  if (/Redistribution and use in source and binary forms/.test(text)) return 'BSD';
  return `its ${file.split('/').at(-1)}`;
}
