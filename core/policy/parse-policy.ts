import { CordonError } from '../error.ts';
import type { Objection } from './check-meaning.ts';
import { checkMeaning } from './check-meaning.ts';
import { checkShape } from './check-shape.ts';
import { decodeText } from './decode-text.ts';
import { fillDefaults } from './fill-defaults.ts';
import type { Policy } from './policy.ts';
import type { PolicyProblem } from './problem.ts';
import { MOST_PROBLEMS, pathText } from './problem.ts';
import type { ValuePath, YamlReading } from './read-yaml.ts';
import { readYaml } from './read-yaml.ts';

/** A policy is written by people. What is larger was made to hurt, or is a list that should be a glob. */
export const MAX_POLICY_BYTES = 1024 * 1024;
const SUPPORTED = 1;

export type PolicyReading =
  | {
      readonly policy: Policy;
      readonly problems: readonly [];
      /** The line of a key or an entry of a list, as deep as the file names it. */
      lineOf(path: ValuePath): number;
    }
  | { readonly policy?: undefined; readonly problems: readonly PolicyProblem[] };

/**
 * Reads a policy file, `file` being its name in messages. Everything wrong with it is found at once,
 * in the order of the file, at most 100 problems; what labels and globs mean once the shape fits.
 *
 * @throws CordonError `policy.too-large` {file, size, limit}, before a byte is looked at;
 *   `policy.newer-version` {file, version, supported}.
 */
export function readPolicy(bytes: Buffer, file: string): PolicyReading {
  if (bytes.length > MAX_POLICY_BYTES) {
    throw new CordonError('policy.too-large', {
      file,
      size: bytes.length,
      limit: MAX_POLICY_BYTES,
    });
  }
  const decoded = decodeText(bytes, file);
  if (decoded.problem !== undefined) return { problems: [decoded.problem] };
  const reading = readYaml(decoded.text, file);
  if (reading.problems.length > 0) return { problems: reading.problems };
  refuseNewer(reading.value, file);
  const { shape, objections } = checkShape(reading.value);
  const all = [...objections, ...(shape === undefined ? [] : checkMeaning(shape))];
  if (all.length > 0 || shape === undefined) {
    return { problems: locate(all, reading, file) };
  }
  return {
    policy: fillDefaults(shape),
    problems: [],
    lineOf: (path) => reading.placeOfKey(path).line,
  };
}

/**
 * The policy that a file's bytes mean, each default filled in.
 *
 * @throws CordonError `policy.invalid` {file, line, column, path, problem, expected, found, nearest,
 *   more} of the first problem, `more` being how many others there are; and as `readPolicy`.
 */
export function parsePolicy(bytes: Buffer, file: string): Policy {
  const { policy, problems } = readPolicy(bytes, file);
  if (policy !== undefined) return policy;
  throw invalid(problems, file);
}

export function invalid(problems: readonly PolicyProblem[], file: string): CordonError {
  const { code, ...first } = problems[0] ?? { code: 'syntax', file };
  return new CordonError('policy.invalid', { ...first, problem: code, more: problems.length - 1 });
}

/** A newer file may hold keys that make it stricter: guessing at the rest would be looser. */
function refuseNewer(value: unknown, file: string): void {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'version')) return;
  const version: unknown = Reflect.get(value, 'version');
  if (typeof version === 'number' && Number.isInteger(version) && version > SUPPORTED) {
    throw new CordonError('policy.newer-version', { file, version, supported: SUPPORTED });
  }
}

function locate(
  objections: readonly Objection[],
  reading: YamlReading,
  file: string,
): PolicyProblem[] {
  return objections
    .slice(0, MOST_PROBLEMS)
    .map(({ at, isKey, found, ...rest }) => ({
      file,
      ...(isKey === true ? reading.placeOfKey(at) : reading.placeOf(at)),
      path: pathText(at),
      ...rest,
      ...(found === undefined ? {} : { found }),
    }))
    .sort(
      (a, b) =>
        a.line - b.line ||
        a.column - b.column ||
        // Of two at one place, the mistyped key explains the missing one.
        Number(a.nearest === undefined) - Number(b.nearest === undefined),
    );
}
