import { expect, test } from 'vitest';
import { redact } from './redact.ts';
import { rules } from './rules/index.ts';

const rule = (id: string) => {
  const found = rules.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

test('shows the public prefix and three last characters', () => {
  expect(redact(rule('huggingface-token'), `hf_${'q'.repeat(31)}xyz`)).toBe('hf_…xyz');
});

test('shows no end of a short secret, and only the rule where nothing is public', () => {
  expect(redact(rule('aws-access-key'), `AKIA${'Q'.repeat(16)}`)).toBe('AKIA…');
  expect(redact(rule('url-password'), 'Xk93kfi2')).toBe('<url-password>');
});
