/** What stands between a name and its value in source, configuration, shells and JSON in JSON. */
const BETWEEN = '[ \\t"\'`=:>(,\\[{\\\\\\])|]{1,24}';
/** A second name: `Client(api_key=`, `["wandb"]["key"] =`, `key: str =`. */
const SECOND =
  '(?:(?:set|api|access|auth|secret|str|string|optional|key|token|password|login)[\\w.-]{0,30}' +
  `${BETWEEN})?`;

/**
 * `NAME… = "value"`, anchored at the name, for credentials that only their name tells. `name` and
 * `value` are sources of regular expressions; the value becomes the group `value`.
 */
export function assigned(name: string, value: string): RegExp {
  return new RegExp(`(?:${name})[\\w.-]{0,40}${BETWEEN}${SECOND}${SECOND}(?<value>${value})`, 'i');
}
