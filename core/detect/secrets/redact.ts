import type { Rule } from './rule.ts';

/** What may be told of a value: its public prefix, and what is left after it. */
export function publicPrefix(rule: Rule, value: string): string {
  if (rule.prefix === undefined) return '';
  const found = rule.prefix.exec(value);
  return found !== null && found.index === 0 ? found[0] : '';
}

/**
 * The form of a secret that may be shown: the public prefix and at most three last characters, or
 * the rule's name alone where the secret part is under 20.
 */
export function redact(rule: Rule, value: string): string {
  const prefix = publicPrefix(rule, value);
  const rest = value.length - prefix.length;
  if (rest < 20) return prefix === '' ? `<${rule.id}>` : `${prefix}…`;
  return `${prefix}…${value.slice(-3)}`;
}
