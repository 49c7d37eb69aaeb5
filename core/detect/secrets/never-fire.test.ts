import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawFrom, fillTemplate } from './case-templates.ts';
import { secretsDetector } from './detector.ts';
import { detectAll, layerOf } from './testing.ts';

const folder = join(import.meta.dirname, 'cases', 'never-fire');

async function firesOn(bytes: Buffer, form: 'text' | 'binary' = 'text'): Promise<string[]> {
  const { secrets } = await detectAll(secretsDetector, layerOf(bytes, form));
  return secrets.map((fact) => {
    const at = fact.at.offset ?? 0;
    return `${fact.rule}: ${bytes.toString('latin1', at, at + 60)}`;
  });
}

describe.each(readdirSync(folder))('%s', (name) => {
  // U+2063 keeps `{{ … }}` of other languages from being filled in.
  const template = readFileSync(join(folder, name), 'utf8');
  test('is silent, whatever is drawn', async () => {
    for (let i = 0; i < 40; i++) {
      const { text } = fillTemplate(template, `${name}/${i}`);
      expect(await firesOn(Buffer.from(text.replaceAll('\u2063', '')))).toEqual([]);
    }
  });
});

const draw = drawFrom('never fire');
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

test('random bytes, and random text of any alphabet', async () => {
  expect(await firesOn(draw.bytes(1_000_000), 'binary')).toEqual([]);
  expect(await firesOn(draw.bytes(1_000_000), 'text')).toEqual([]);
  expect(await firesOn(Buffer.from(draw.text(BASE64, 1_000_000)))).toEqual([]);
  expect(await firesOn(Buffer.from(draw.text(BASE64, 1_000_000)), 'binary')).toEqual([]);
  const lines = draw.text(BASE64, 1_000_000).replace(/.{76}/g, '$&\n');
  expect(await firesOn(Buffer.from(lines))).toEqual([]);
  const url = draw.text(`${BASE64.slice(0, 62)}-_`, 2_000_000);
  expect(await firesOn(Buffer.from(url))).toEqual([]);
  expect(await firesOn(Buffer.from(url), 'binary')).toEqual([]);
  expect(await firesOn(Buffer.from(draw.bytes(500_000).toString('hex')))).toEqual([]);
});

test('lists of digests and identifiers, ten thousand of each', async () => {
  const lines: string[] = [];
  for (let i = 0; i < 10_000; i++) {
    const hex = draw.bytes(32).toString('hex');
    lines.push(
      `${hex}  data/shard-${i}.tar`,
      `"token_${i}": "${hex.slice(0, 40)}"`,
      `key${i}=${hex.slice(0, 32)}`,
    );
  }
  expect(await firesOn(Buffer.from(lines.join('\n')))).toEqual([]);
});
