/** The policy file: read, made ready, chosen, compared. */
export { choosePolicies } from './choose-policies.ts';
export type { ChosenPolicies, PolicyBytes, PolicySources } from './choose-policies.ts';
export { initialPolicy } from './initial-policy.ts';
export { MAX_POLICY_BYTES, parsePolicy } from './parse-policy.ts';
export type { AllowLine, CompiledPolicy, Loosening, Policy } from './policy.ts';
