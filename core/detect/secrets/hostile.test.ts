import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { drawFrom, fillTemplate } from './case-templates.ts';
import { secretsDetector } from './detector.ts';
import { detectAll, layerOf } from './testing.ts';

const folder = join(import.meta.dirname, 'cases');
const seeds = readdirSync(folder)
  .filter((id) => id !== 'never-fire')
  .flatMap((id) => readFileSync(join(folder, id, 'leaks.txt'), 'utf8').split(/^---\n/m))
  .map((template, i) => Buffer.from(fillTemplate(template, `hostile/${i}`).text));

test('10,000 mutated inputs: no error, no place outside, no value shown', async () => {
  const draw = drawFrom('mutate');
  const pick = () => seeds[draw.below(seeds.length)] ?? Buffer.alloc(0);
  const problems: unknown[] = [];
  for (let i = 0; i < 10_000; i++) {
    let bytes = Buffer.from(pick());
    for (let edits = draw.below(4); edits >= 0; edits--) {
      const at = draw.below(Math.max(1, bytes.length));
      switch (draw.below(6)) {
        case 0:
          if (bytes.length > 0) bytes[at] = draw.below(256);
          break;
        case 1:
          bytes = bytes.subarray(0, at);
          break;
        case 2:
          bytes = Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
          break;
        case 3:
          bytes = Buffer.concat([bytes.subarray(0, at), pick(), bytes.subarray(at)]);
          break;
        case 4:
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            draw.bytes(draw.below(9)),
            bytes.subarray(at),
          ]);
          break;
        default:
          bytes = Buffer.concat([bytes, bytes.subarray(at)]);
      }
      if (bytes.length > 20_000) bytes = bytes.subarray(0, 20_000);
    }
    const form = draw.below(2) === 0 ? 'text' : 'binary';
    const whole = await detectAll(secretsDetector, layerOf(bytes, form));
    for (const fact of whole.secrets)
      if ((fact.at.offset ?? -1) >= bytes.length) problems.push(fact);
    const told = JSON.stringify(whole.facts);
    problems.push(...whole.values.filter((value) => value.length >= 8 && told.includes(value)));
    if (i % 20 !== 0) continue;
    const pieces = await detectAll(secretsDetector, layerOf(bytes, form, false));
    if (!isDeepStrictEqual(pieces.facts, whole.facts)) problems.push({ i, whole, pieces });
  }
  expect(problems).toEqual([]);
});

// What an attacker repeats to make one search cost more than its bytes: prefixes, near misses,
// openings that never close. Judged by the steps the detector takes, not by a clock.
test.each([
  'sk-',
  'eyJ',
  '-----BEGIN RSA PRIVATE KEY-----',
  '"private_key": "-----BEGIN PRIVATE KEY-----',
  'api_key = "',
  'password=',
  '://a:b@',
  'AKIAAAAAAAAAAAAAAAAA ',
  'token token token: ',
  'machine a login b password ',
  '\\\\\\\\',
  'T3BlbkFJ',
  'sk-T3BlbkFJ-',
  ':AA',
  'Q~',
  'sig=',
  'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: ',
])('a megabyte of %j is searched to its end', async (piece) => {
  const bytes = Buffer.from(piece.repeat(Math.ceil(1_000_000 / piece.length)));
  for (const form of ['text', 'binary'] as const) {
    const { facts } = await detectAll(secretsDetector, layerOf(bytes, form));
    expect(facts.filter((fact) => fact.kind === 'uninspected')).toEqual([]);
  }
});
