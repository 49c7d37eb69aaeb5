import { initialPolicy } from '../../core/policy/index.ts';
import { policyJsonSchema } from '../../core/policy/schema.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: string | number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

/** docs/policy.md, made from the schema that validates the file, so that the two cannot differ. */
export function policyPage(): string {
  const schema = JSON.parse(policyJsonSchema()) as Node;
  return `${[
    '# The policy file',
    '',
    '<!-- Made by `npm run docs` from core/policy/schema.ts. Edit it there. -->',
    '',
    'One file, `.cordon/policy.yaml`, reviewed like code. Every key but `version` may be left out. An unknown',
    'key is an error with its line, its column and the nearest valid word; a file that says a newer `version`',
    'is refused by name. Anchors and aliases are not taken: a policy should read as it is.',
    '',
    '`cordon init` writes `.cordon/policy.schema.json` beside it, and the first line of the file names it, so',
    'that editors complete the keys.',
    '',
    '## Keys',
    '',
    ...rows(schema, ''),
    '',
    '## How paths match',
    '',
    'Globs are those of minimatch, always with `dot`, `nocase`, `nonegate` and `nocomment`, on paths in Unicode',
    'normal form C: `**/*.ckpt` also matches `.M.CKPT`. The highest label of all markings that match wins, and',
    'content recognised as weights carries `weights.label` whatever its path. Marked content that moves to an',
    'unmarked name, unchanged, keeps its label.',
    '',
    '## How destinations match',
    '',
    'A remote is matched by the URL that git will really use: `insteadOf` and `pushInsteadOf` applied, an ssh',
    'alias replaced by the host that `ssh -G` gives, without connecting. `git@host:a/b.git`, `ssh://host/a/b` and',
    '`https://host/a/b` are one place. `*` stays within one part of the path, `**` crosses parts, and the host',
    'matches as a whole. Of several lines that match, the highest clearance counts.',
    '',
    '## Which policy counts',
    '',
    "1. The organisation's, where an administrator put one at `/etc/cordon/policy.yaml`.",
    "2. Home's: the one on the default branch of the repository's own remote, as far as this clone knows it. If it",
    '   does not parse, its last version that does counts, so that it can be mended.',
    '3. The one in what is pushed, where the push changes it, or where home has none yet.',
    '',
    'Each is judged alone and the severest verdict wins; they are never merged. So a push can make the rules',
    'stricter for itself, not looser, and a push that loosens them is itself a finding.',
    '',
    '## What is blocked where',
    '',
    '| finding | commit | push to home | push elsewhere, receive | who may let it through |',
    '| --- | --- | --- | --- | --- |',
    '| secret | block | block | block | to home: an inline marker or an `allow` line in the push itself, with a reason; elsewhere: policies 1 and 2 |',
    '| weights | warn; block if no destination at all is cleared for them | by clearance | by clearance | policies 1 and 2 |',
    '| label | – | by clearance | by clearance | policies 1 and 2 |',
    '| model that runs code | warn | block | block | policies 1 and 2 |',
    '| loosened policy | – | warn | block (on a server: where home’s own branch is moved) | review |',
    '| not inspected | warn | block | block | policies 1 and 2 |',
    '',
    'The inline marker is `cordon:allow RULE reason`, on the line or the one above. A value that the destination',
    'already has is reported, never blocked.',
    '',
    '## The file that init writes',
    '',
    '```yaml',
    initialPolicy({
      destinations: ['git@git.lab.example:acme/models.git'],
      salt: '(random)',
    }).trimEnd(),
    '```',
  ].join('\n')}\n`;
}

function rows(node: Node, prefix: string): string[] {
  const lines: string[] = [];
  if (prefix === '') lines.push('| key | takes | meaning |', '| --- | --- | --- |');
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const isNeeded = node.required?.includes(name) === true;
    lines.push(
      `| \`${key}\`${isNeeded ? ' (needed)' : ''} | ${takes(child)} | ${child.description ?? ''} |`,
    );
    if (child.properties !== undefined) lines.push(...rows(child, key));
    if (child.items?.properties !== undefined) lines.push(...rows(child.items, `${key}[]`));
  }
  return lines;
}

function takes(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(', ');
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.type === 'array')
    return `list of ${node.items === undefined ? 'anything' : takes(node.items)}`;
  if (node.type === 'object' && typeof node.additionalProperties === 'object') {
    return `label: ${takes(node.additionalProperties)}`;
  }
  return node.type === 'object' ? 'keys below' : (node.type ?? 'text');
}
