import { createHmac, scryptSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprintSecret, strengthBits } from './fingerprint.ts';
import { drawFrom } from './case-templates.ts';

const strong = Buffer.from(drawFrom('strong').text('abcdefghijklmnopqrstuvwxyz0123456789', 40));

test('is of one form, and the same for the same salt, rule and value', () => {
  const one = fingerprintSecret('salt', 'rule', strong);
  expect(one).toMatch(/^c1:[a-z2-7]{32}$/);
  expect(fingerprintSecret('salt', 'rule', Buffer.from(strong))).toBe(one);
});

test('changes with the salt, the rule and the value, and cannot be shifted between them', () => {
  const all = [
    fingerprintSecret('salt', 'rule', strong),
    fingerprintSecret('salt2', 'rule', strong),
    fingerprintSecret('salt', 'rule2', strong),
    fingerprintSecret('salt', 'rule', strong.subarray(1)),
    fingerprintSecret('salt', 'rule\0fast', strong),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('a value that can be guessed goes through the slow hash, a strong one does not', () => {
  const weak = Buffer.from('hunter2!');
  expect(strengthBits(weak)).toBeLessThan(60);
  expect(strengthBits(strong)).toBeGreaterThan(60);
  const hmac = (material: Buffer, how: string) =>
    createHmac('sha256', 'salt')
      .update(`cordon-secret-1\0rule\0${how}\0`)
      .update(material)
      .digest();
  const slow = scryptSync(weak, 'cordon:salt', 32, { N: 16384, r: 8, p: 1 });
  const first = (digest: Buffer) => (digest[0] ?? 0) >> 3;
  const letter = (bits: number) => 'abcdefghijklmnopqrstuvwxyz234567'[bits];
  expect(fingerprintSecret('salt', 'rule', weak)[3]).toBe(letter(first(hmac(slow, 'slow'))));
  expect(fingerprintSecret('salt', 'rule', strong)[3]).toBe(letter(first(hmac(strong, 'fast'))));
});

test('values do not meet', () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 60 }), (bytes) => {
      const value = Buffer.from(bytes);
      if (strengthBits(value) < 60) return;
      const name = fingerprintSecret('salt', 'rule', value);
      const hex = value.toString('hex');
      expect(seen.get(name) ?? hex).toBe(hex);
      seen.set(name, hex);
    }),
  );
});
