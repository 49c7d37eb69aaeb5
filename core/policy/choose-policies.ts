import { CordonError } from '../error.ts';
import { compareLooser } from './compare-policies.ts';
import { builtInPolicy, compilePolicy } from './compile-policy.ts';
import { parsePolicy } from './parse-policy.ts';
import type { CompiledPolicy, Loosening } from './policy.ts';

/** A policy file as it was found. */
export interface PolicyBytes {
  readonly bytes: Buffer;
  /** As named to people: `.cordon/policy.yaml in origin/main`. */
  readonly file: string;
  /** `sha256:` and the digest of the bytes. */
  readonly hash: string;
}

/** Where the policies that may count are read from. */
export interface PolicySources {
  /** Given by hand, with --policy: then it alone is home's. */
  readonly explicit?: PolicyBytes;
  organisation(): Promise<PolicyBytes | undefined>;
  home(): Promise<PolicyBytes | undefined>;
  /** Home's earlier versions of the file, the newest first. */
  homeAncestors(): AsyncIterable<PolicyBytes>;
  /**
   * The file in the tips of what the act brings, each once, where the act changes it or where home has none; `base` is
   * what the change started from. `deleted`: the act takes the file away.
   */
  tips(): Promise<
    readonly { readonly tip: PolicyBytes | 'deleted'; readonly base?: PolicyBytes }[]
  >;
}

export interface ChosenPolicies {
  readonly policies: readonly CompiledPolicy[];
  readonly loosened: readonly Loosening[];
  /** A tip's policy that does not parse: it blocks. */
  readonly brokenTip?: CordonError;
  /** Home's policy does not parse, and this is the file that counts in its place. */
  readonly homeFallback?: { readonly broken: CordonError; readonly file: string };
}

/**
 * Which policies count, up to three, each judged alone and never merged: the organisation's, home's
 * (its last version that parses), and the tip's where the push changes it or home has none. None at
 * all: the built-in one. An organisation's policy that does not parse is thrown: its administrator
 * must know at once.
 */
export async function choosePolicies(sources: PolicySources): Promise<ChosenPolicies> {
  const policies: CompiledPolicy[] = [];
  const organisation = await sources.organisation();
  if (organisation !== undefined) policies.push(compile(organisation, 'organisation'));

  const home = sources.explicit
    ? { policy: compile(sources.explicit, 'file') }
    : await chooseHome(sources);
  if (home.policy !== undefined) policies.push(home.policy);

  const loosened: Loosening[] = [];
  let brokenTip: CordonError | undefined;
  for (const { tip, base } of await sources.tips()) {
    const before = comparable(base) ?? home.policy;
    if (tip === 'deleted') {
      if (before !== undefined)
        loosened.push({ rule: 'policy', detail: 'the policy is taken away' });
      continue;
    }
    try {
      const compiled = compile(tip, 'tip');
      policies.push(compiled);
      if (before !== undefined) loosened.push(...compareLooser(before.policy, compiled.policy));
    } catch (error) {
      if (!(error instanceof CordonError)) throw error;
      brokenTip ??= error;
    }
  }
  if (policies.length === 0) policies.push(builtInPolicy());
  return {
    policies,
    loosened,
    ...(brokenTip !== undefined && { brokenTip }),
    ...('fallback' in home && home.fallback !== undefined && { homeFallback: home.fallback }),
  };
}

function compile(file: PolicyBytes, source: CompiledPolicy['source']): CompiledPolicy {
  return compilePolicy(parsePolicy(file.bytes, file.file), source, file.hash);
}

function comparable(file: PolicyBytes | undefined): CompiledPolicy | undefined {
  if (file === undefined) return undefined;
  try {
    return compile(file, 'tip');
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    // What the change started from is broken: home's counts as the measure, and is stricter than none.
    return undefined;
  }
}

async function chooseHome(sources: PolicySources): Promise<{
  readonly policy?: CompiledPolicy;
  readonly fallback?: { readonly broken: CordonError; readonly file: string };
}> {
  const home = await sources.home();
  if (home === undefined) return {};
  let broken: CordonError;
  try {
    return { policy: compile(home, 'home') };
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    // Not broken but newer: an earlier one would be judged by rules the team has since replaced.
    if (error.code === 'policy.newer-version') throw error;
    broken = error;
  }
  // So that it can be mended: a broken file on the default branch must not stop the push that mends it.
  for await (const earlier of sources.homeAncestors()) {
    try {
      return { policy: compile(earlier, 'home'), fallback: { broken, file: earlier.file } };
    } catch (error) {
      if (!(error instanceof CordonError)) throw error;
    }
  }
  throw broken;
}
