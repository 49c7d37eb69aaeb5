import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fillTemplate } from './case-templates.ts';
import { rules } from './rules/index.ts';

/** The most a group may repeat text that itself repeats: above it, an expression may go astray. */
const MOST_STEPS = 64;

/** Upper bound of the quantifier at `at`, and where it ends. 1 where there is none. */
function quantifierAt(source: string, at: number): { most: number; end: number } {
  const found = /^(?:[*+]|\?|\{(\d+)(?:,(\d*))?\})\??/.exec(source.slice(at));
  if (found === null) return { most: 1, end: at };
  const [text, low, high] = found;
  const end = at + text.length;
  if (text.startsWith('?')) return { most: 1, end };
  if (!text.startsWith('{')) return { most: Infinity, end };
  return { most: high === undefined ? Number(low) : high === '' ? Infinity : Number(high), end };
}

/** Groups whose repetition multiplies a repetition inside, beyond what is harmless. */
function nestedQuantifiers(source: string): string[] {
  const problems: string[] = [];
  const stack: { start: number; inner: number }[] = [];
  const note = (most: number) => {
    const top = stack.at(-1);
    if (top !== undefined) top.inner = Math.max(top.inner, most);
  };
  for (let i = 0; i < source.length;) {
    const character = source[i];
    if (character === '(') {
      stack.push({ start: i, inner: 1 });
      i++;
      continue;
    }
    let end = i + 1;
    let inner = 1;
    if (character === '\\') end = i + 2;
    else if (character === '[') {
      while (source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
      end++;
    } else if (character === ')') {
      const group = stack.pop();
      inner = group?.inner ?? 1;
    }
    const { most, end: after } = quantifierAt(source, end);
    if (inner > 1 && most > 1 && inner * most > MOST_STEPS) problems.push(source.slice(i, after));
    note(Math.max(most, inner * most));
    i = after;
  }
  return problems;
}

test('the check itself knows a runaway expression', () => {
  expect(nestedQuantifiers('(?:a+)+b')).toHaveLength(1);
  expect(nestedQuantifiers('(?:[a)]{1,40}x){0,9}')).toHaveLength(1);
  expect(nestedQuantifiers('(?:-[0-9]{4}){3}a+(?:b+)?')).toEqual([]);
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('is named in kebab case and documented by its provider', () => {
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(new URL(rule.page).protocol).toBe('https:');
    expect(rule.keywords.length).toBeGreaterThan(0);
  });

  test('has a pattern that cannot run away', () => {
    expect(nestedQuantifiers(rule.pattern.source)).toEqual([]);
    expect(nestedQuantifiers(rule.pair?.pattern.source ?? '')).toEqual([]);
  });

  test('fits its window', () => {
    expect(rule.min).toBeLessThanOrEqual(rule.max);
    expect(rule.max).toBeLessThanOrEqual(rule.before + rule.after);
    // Longer keywords would widen what each lane of the prefilter reads twice.
    for (const keyword of rule.keywords) expect(keyword.length).toBeLessThanOrEqual(32);
  });

  test('has a keyword in each of its leaks', () => {
    const leaks = readFileSync(join(import.meta.dirname, 'cases', id, 'leaks.txt'), 'utf8');
    for (const [i, template] of leaks.split(/^---\n/m).entries()) {
      const text = fillTemplate(template, `${id}/${i}`).text.toLowerCase();
      expect(rule.keywords.some((keyword) => text.includes(keyword.toLowerCase()))).toBe(true);
    }
  });
});

test('ids are unique', () => {
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
});
