/** What stands between a name and its value in source, configuration, shells and JSON in JSON. */
const BETWEEN = '[ \\t"\'`=:>(,\\[{\\\\\\])|]{1,24}';
/** A second name: `Client(api_key=`, `["wandb"]["key"] =`, `key: str =`. */
const SECOND =
  '(?:-{0,2}(?:set|api|access|auth|secret|str|string|optional|key|token|password|(?:re)?login)[\\w.-]{0,30}' +
  `${BETWEEN})?`;

/**
 * The rest of a name. A dotted part is one of a setting or a call, not a file's suffix: lists of
 * files and their digests look like assignments too.
 */
const TAIL =
  '[\\w-]{0,40}(?:\\.[\\w-]{0,20}(?:key|token|secret)|\\.[\\w-]{1,40}(?=[ \\t]{0,4}[=(:]))?';

/**
 * `NAME… = "value"`, anchored at the name, for credentials that only their name tells. `name` and
 * `value` are sources of regular expressions; the value becomes the group `value`.
 */
export function assigned(name: string, value: string): RegExp {
  return new RegExp(`(?:${name})${TAIL}${BETWEEN}${SECOND}${SECOND}(?<value>${value})`, 'i');
}
