import type { Finding, SecretFact } from '../model.ts';
import type { Messages } from '../messages/index.ts';
import type { Subject } from './judge.ts';

export interface NameKeeper {
  /** Learns from a `name` subject which parts of its paths hold a secret. */
  note(subject: Subject): void;
  withhold(finding: Finding): Finding;
  /** A path, or a path and the way into it joined by `!`. */
  withholdPath(path: string): string;
}

/**
 * Names looked for within sentences. Sentences hold a path only where it was withheld before it
 * was put in; looking again guards against a sentence that forgot, and must not cost the square of
 * ten thousand evil names.
 */
const MOST_LOOKED_FOR = 64;

/** The public beginning of the redacted form, such as `hf_`. */
function publicPrefix(redacted: string): string {
  return /^[A-Za-z0-9_-]*/.exec(redacted)?.[0] ?? '';
}

/**
 * The parts of a path that a secret stands in, as texts to withhold. Where the fact's offset cannot
 * be trusted to be an offset in this very path (the secret was encoded, or only the last part was
 * looked at), every part that is long enough to hold a secret is withheld.
 */
function secretParts(path: string, fact: SecretFact): string[] {
  const parts = path.split('/');
  const prefix = publicPrefix(fact.redacted);
  const offset = fact.at.offset;
  const start =
    fact.at.layer === '' && offset !== undefined && prefix.length >= 3
      ? Buffer.from(path).subarray(0, offset).toString().length
      : -1;
  if (start >= 0 && path.startsWith(prefix, start)) {
    const before = path.slice(0, start).split('/').length - 1;
    return parts.slice(before).filter((part, index) => index === 0 || part.length >= 8);
  }
  return parts.filter((part) => part.length >= 8);
}

/**
 * Keeps a secret that stands in a file's name out of everything that is told: the finding's own
 * path, and the paths in every other finding about the same file or folder.
 */
export function withholdNames(messages: Messages): NameKeeper {
  const whole = new Set<string>();
  const parts = new Set<string>();
  const mark = messages.finding.withheldName;

  const withholdPath = (path: string): string =>
    whole.has(path)
      ? mark
      : path
          .split(/([/!])/)
          .map((part) => (parts.has(part) ? mark : part))
          .join('');

  const withholdText = (text: string): string => {
    if (whole.size + parts.size > MOST_LOOKED_FOR) return text;
    let shown = text;
    for (const name of [...whole, ...parts]) shown = shown.replaceAll(name, mark);
    return shown;
  };

  return {
    note(subject) {
      if (subject.type !== 'name') return;
      for (const fact of subject.facts) {
        if (fact.kind !== 'secret') continue;
        for (const { path } of subject.places) {
          const held = secretParts(path.text, fact);
          if (held.length === 0) whole.add(path.text);
          for (const part of held) parts.add(part);
        }
      }
    },
    withholdPath,
    withhold(finding) {
      if (whole.size === 0 && parts.size === 0) return finding;
      const { path, pathBytes, layer, ref, ...rest } = finding;
      const shown = path === undefined ? undefined : withholdPath(path);
      return {
        ...rest,
        ...(shown === undefined ? {} : { path: shown }),
        // The bytes would tell what the text withholds.
        ...(pathBytes === undefined || shown !== path ? {} : { pathBytes }),
        ...(layer === undefined ? {} : { layer: withholdPath(layer) }),
        ...(ref === undefined ? {} : { ref: withholdPath(ref) }),
        message: withholdText(finding.message),
        action: withholdText(finding.action),
      };
    },
  };
}
