import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fillTemplate } from './case-templates.ts';
import { secretsDetector } from './detector.ts';
import { rules } from './rules/index.ts';
import { detectAll, layerOf } from './testing.ts';

const folder = join(import.meta.dirname, 'cases');

/** Cases of one file stand between lines of `---`. */
function casesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split(/^---\n/m);
}

describe.each(rules.map((rule) => [rule.id] as const))('%s', (id) => {
  const leaks = casesOf(join(folder, id, 'leaks.txt'));
  test.each(leaks.map((template, i) => [i + 1, template] as const))(
    'leak %i',
    async (i, template) => {
      const { text, expected } = fillTemplate(template, `${id}/${i}`);
      expect(expected.length).toBeGreaterThan(0);
      const { secrets } = await detectAll(secretsDetector, layerOf(Buffer.from(text)));
      const found = secrets.map((fact) => ({
        rule: fact.rule,
        start: fact.at.offset,
        severity: fact.severity,
      }));
      expect({ text, found }).toEqual({
        text,
        found: expected.map((one) => ({ rule: id, ...one })),
      });
    },
  );
  const clean = join(folder, id, 'ok-look-alikes.txt');
  test('has look-alikes', () => expect(existsSync(clean)).toBe(true));
  test.each(casesOf(clean).map((template, i) => [i + 1, template] as const))(
    'look-alike %i',
    async (i, template) => {
      const { text } = fillTemplate(template, `${id}/ok/${i}`);
      const { secrets } = await detectAll(secretsDetector, layerOf(Buffer.from(text)));
      const found = secrets.map(
        (fact) => `${fact.rule} ${fact.redacted} ${fact.at.line}:${fact.at.column}`,
      );
      expect({ text, found }).toEqual({ text, found: [] });
    },
  );
});

test('no folder of cases is left without its rule', () => {
  expect(readdirSync(folder).sort()).toEqual(
    [...rules.map((rule) => rule.id), 'never-fire'].sort(),
  );
});
