/**
 * The commented policy that `cordon init` writes. Plain code goes where it already went, each push URL
 * the clone has now being cleared for `internal`; weights and secrets go nowhere until someone says
 * where.
 *
 * @param salt random text; see `secrets.salt`.
 */
export function initialPolicy(options: {
  readonly destinations: readonly string[];
  readonly salt: string;
}): string {
  const urls = [...new Set(options.destinations)];
  const destinations =
    urls.length === 0
      ? ['destinations: []']
      : [
          'destinations:',
          ...urls.map((url) => `  - {url: ${JSON.stringify(url)}, clearance: internal}`),
        ];
  return `${[
    '# yaml-language-server: $schema=./policy.schema.json',
    '# What is classified here, and where it may go. Reviewed like code.',
    'version: 1',
    '',
    '# observe: everything is judged and told, nothing is blocked.',
    'mode: enforce',
    '',
    '# How sensitive content is, lowest first.',
    'labels: [public, internal, confidential, restricted]',
    '',
    '# Of paths that nothing below marks.',
    'defaultLabel: internal',
    '',
    '# Globs that give paths a label; the highest match wins. For example:',
    "#   - {paths: ['src/model/**', 'configs/train/**'], label: restricted}",
    "#   - {paths: ['docs/**'], label: public}",
    'markings: []',
    '',
    '# Content recognised as weights, whatever its name, carries this label.',
    'weights:',
    '  label: restricted',
    '',
    '# Keys the fingerprints of secrets, so that they mean nothing in another repository.',
    'secrets:',
    `  salt: ${JSON.stringify(options.salt)}`,
    '',
    '# Where content may go: these are the push URLs of the clone in which this was written. Raise a',
    '# clearance, or strike a line. A remote that is not listed is cleared for the lowest label only.',
    ...destinations,
    '',
    '# What is let through all the same, with a reason. For example:',
    "#   - {kind: weights, paths: ['test/fixtures/**'], maxBytes: 1048576, reason: 'toy models'}",
    'allow: []',
  ].join('\n')}\n`;
}
