import * as z from 'zod/mini';

/**
 * The policy file's shape: what is validated, what editors complete, and what docs/policy.md says are
 * all made from here. `zod/mini`, since the hook loads it at each push; every sentence is ours anyway.
 */

type Described = { description: string };
const say = <T extends z.core.$ZodType>(schema: T, description: string): T => {
  z.globalRegistry.add(schema, { description } satisfies Described);
  return schema;
};

const MOST_LABELS = 32;
const MOST_ENTRIES = 4096;

const text = () => z.string().check(z.minLength(1), z.maxLength(1024));
const list = <Item extends z.ZodMiniType>(item: Item) =>
  z.array(item).check(z.maxLength(MOST_ENTRIES));
const label = (description: string) => say(text(), description);
const globs = (description: string) => say(list(text()).check(z.minLength(1)), description);
const bytes = (description: string) => say(z.int().check(z.nonnegative()), description);

export const allowKinds = [
  'weights',
  'secret',
  'label',
  'copy',
  'executable-model',
  'uninspected',
] as const;

export const signingRequirements = [
  'signed',
  'allowed-signer',
  'hardware-key',
  'touch',
  'pin',
] as const;

const marking = z.strictObject({
  paths: globs('Globs of paths from the top of the repository. Case never matters.'),
  label: label('The label these paths get. It may also be lower than the default.'),
});

const destination = z.strictObject({
  url: say(
    text(),
    'A remote by its URL, as a glob. scp form, ssh:// and https:// of one place are one; `*` stays within one part of the path, `**` crosses parts.',
  ),
  clearance: label('The highest label that may go there.'),
});

const allowLine = z.strictObject({
  kind: say(z.enum(allowKinds), 'What kind of finding is let through.'),
  paths: z.optional(globs('Only at these paths.')),
  rule: z.optional(say(text(), 'Only findings of this rule.')),
  fingerprint: z.optional(
    say(text(), 'Only the finding with this fingerprint, as the report shows it.'),
  ),
  maxBytes: z.optional(bytes('Only up to this many bytes of payload. It only narrows.')),
  reason: say(text(), 'Why. Who decided it is in the history of this file.'),
});

const signing = z.strictObject({
  label: label('For changes that touch content of at least this label.'),
  require: say(
    z.array(z.enum(signingRequirements)).check(z.minLength(1)),
    'What every such commit must carry.',
  ),
});

export const policySchema = say(
  z.strictObject({
    version: say(z.literal(1), 'The version of this format.'),
    mode: z.optional(
      say(
        z.enum(['enforce', 'observe']),
        '`observe`: everything is judged, told and recorded, and nothing is blocked. Default: `enforce`.',
      ),
    ),
    labels: z.optional(
      say(
        z.array(text()).check(z.minLength(2), z.maxLength(MOST_LABELS)),
        'How sensitive content is: names, the lowest first. Default: public, internal, confidential, restricted.',
      ),
    ),
    defaultLabel: z.optional(
      label('The label of paths that no marking matches. Default: the lowest label.'),
    ),
    markings: z.optional(
      say(list(marking), 'Globs that give paths a label. The highest match wins.'),
    ),
    weights: z.optional(
      say(
        z.strictObject({
          label: z.optional(
            label('The label of content recognised as weights. Default: the highest label.'),
          ),
          minBytes: z.optional(
            bytes(
              'Tensor payload, summed over the push, under which it only warns. Default: 65536.',
            ),
          ),
        }),
        'Parameters of a trained model, recognised by content.',
      ),
    ),
    secrets: z.optional(
      say(
        z.strictObject({
          salt: z.optional(
            say(
              z.string(),
              'Random text, written by `cordon init`, that keys the fingerprints of secrets. Changing it makes every `fingerprint` in `allow` lines of kind `secret` void. Default: empty.',
            ),
          ),
        }),
        'Credentials. They leave for nowhere, whatever the label around them.',
      ),
    ),
    copies: z.optional(
      say(
        z.strictObject({
          from: z.optional(
            label(
              'Content at or above this label is looked for elsewhere. Default: confidential, or the second highest label.',
            ),
          ),
        }),
        'Content that is, in part, classified content standing elsewhere.',
      ),
    ),
    destinations: z.optional(
      say(
        list(destination),
        'Where content may go. A remote that is not listed is cleared for the lowest label only.',
      ),
    ),
    isolated: z.optional(
      say(
        z.boolean(),
        'true: a destination not listed is refused whatever the label. Default: false.',
      ),
    ),
    contactDestinations: z.optional(
      say(
        z.boolean(),
        'false: Cordon opens no connection of its own, and a block that one could have lifted stands. Default: true.',
      ),
    ),
    allow: z.optional(
      say(
        list(allowLine),
        'What is let through all the same. Each line needs at least one of paths, fingerprint and rule.',
      ),
    ),
    copying: z.optional(
      say(
        z.record(text(), z.enum(['allow', 'warn', 'block'])),
        'What the editor does when content of a label heads for a place that git does not track, by label. Default: block at the highest label, warn at the one below; a label is never treated more leniently than a lower one that is named.',
      ),
    ),
    signing: z.optional(say(list(signing), 'What a change that touches such content must carry.')),
    signers: z.optional(
      say(
        text(),
        "The file of allowed signers, in OpenSSH's own format. Default: .cordon/allowed_signers.",
      ),
    ),
    record: z.optional(
      say(
        z.strictObject({
          reads: z.optional(
            label(
              'Opening content at or above this label is an event. Default: confidential, or the second highest label.',
            ),
          ),
          privacy: z.optional(
            say(
              z.enum(['plain', 'keyed']),
              '`keyed`: paths and remotes as keyed hashes. Default: `plain`.',
            ),
          ),
          require: z.optional(
            label(
              'An act on content at or above this label is blocked while the record cannot be written (a full disk, a read-only home). Default: the highest label.',
            ),
          ),
          ship: z.optional(say(text(), 'Where the record is also kept: an https URL.')),
        }),
        'What is recorded, and how.',
      ),
    ),
  }),
  'A Cordon policy: what is classified, and where it may go. It stands in .cordon/policy.yaml and is reviewed like code.',
);

export type PolicyFile = z.infer<typeof policySchema>;

/** The JSON Schema of the policy file, as text, for editors to complete it by. */
export function policyJsonSchema(): string {
  const schema = z.toJSONSchema(policySchema) as Record<string, unknown>;
  return `${JSON.stringify({ title: 'Cordon policy', ...schema }, undefined, 2)}\n`;
}
