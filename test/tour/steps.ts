import { writeGguf, writeSafetensors } from '../support/models.ts';

/** A change to make on a branch of its own, and the push to try. */
export interface Step {
  readonly title: string;
  /** What a person should know before they read the answer. */
  readonly why: string;
  readonly branch: string;
  /** One commit each, oldest first; `null` removes the file. `empty`: the branch has no history. */
  readonly commits: readonly {
    readonly message: string;
    readonly files: Readonly<Record<string, string | Buffer | null>>;
  }[];
  readonly orphan?: boolean;
  readonly push: readonly string[];
  readonly expect: 'goes through' | 'stopped here' | 'refused by the server';
}

export const attention = `"""Attention of the model that nobody outside has seen."""
import math


def attend(query, key, value, scale):
    scores = [sum(q * k for q, k in zip(query, row)) * scale for row in key]
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    return [sum(w * row[i] for w, row in zip(weights, value)) / total for i in range(len(value[0]))]


class DriftWindow:
    """Keeps the keys that still matter, and forgets the others by how far they drifted."""

    def __init__(self, width, decay, floor):
        self.width = width
        self.decay = decay
        self.floor = floor
        self.slots = []

    def push(self, key, value, step):
        drift = 0.0
        for slot in self.slots:
            moved = sum(abs(a - b) for a, b in zip(slot.key, key))
            drift = max(drift, moved * math.pow(self.decay, step - slot.step))
            if moved < self.floor and slot.step + self.width > step:
                slot.value = [a + (b - a) * self.decay for a, b in zip(slot.value, value)]
                slot.step = step
                return drift
        self.slots.append(Slot(key, value, step))
        if len(self.slots) > self.width:
            self.slots.sort(key=lambda slot: slot.step * self.decay - slot.hits)
            del self.slots[0]
        return drift
`;

/** The same code as somebody would disguise it: every name exchanged, the comments gone. */
function disguise(code: string): string {
  const names: Readonly<Record<string, string>> = {
    attend: 'blend',
    query: 'left',
    key: 'right',
    value: 'middle',
    scale: 'factor',
    scores: 'grades',
    score: 'grade',
    top: 'best',
    weights: 'shares',
    total: 'whole',
    row: 'line',
    DriftWindow: 'Buffer',
    width: 'limit',
    decay: 'rate',
    floor: 'least',
    slots: 'items',
    slot: 'item',
    drift: 'change',
    moved: 'gap',
    push: 'insert',
    step: 'tick',
    hits: 'uses',
    Slot: 'Item',
  };
  return code
    .replaceAll(/^ *""".*"""\n/gm, '')
    .replaceAll(/\b[A-Za-z]+\b/g, (word) => names[word] ?? word);
}

/** Looks like a token, and is none: made here at each run, so that no credential stands in the source. */
function madeUpToken(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const random = crypto.getRandomValues(new Uint8Array(34));
  return `hf_${[...random].map((byte) => letters[byte % letters.length]).join('')}`;
}

const tensors = {
  'model.embed_tokens.weight': { dtype: 'F16', shape: [512, 128] },
  'model.layers.0.self_attn.q_proj.weight': { dtype: 'F16', shape: [256, 256] },
} as const;

/** The pushes of the tour, in the order a person should see them. */
export function tourSteps(): Step[] {
  const checkpoint = writeSafetensors({ tensors, metadata: { format: 'pt' }, seed: 7 });
  const quantised = writeGguf({
    tensors: { 'blk.0.attn_q.weight': { shape: [256, 256] } },
    seed: 7,
  });
  return [
    {
      title: 'A clean push',
      why: 'Code, configuration and the policy go to the repository where they belong.',
      branch: 'main',
      commits: [],
      push: ['origin', 'main'],
      expect: 'goes through',
    },
    {
      title: 'A checkpoint renamed to .txt',
      why: 'Weights are known by their content; the name does not matter.',
      branch: 'notes',
      commits: [{ message: 'Add notes', files: { 'notes/meeting.txt': checkpoint } }],
      push: ['origin', 'notes'],
      expect: 'stopped here',
    },
    {
      title: 'An API key in a script',
      why: 'A secret leaves for nowhere, whatever the destination is cleared for.',
      branch: 'upload',
      commits: [
        {
          message: 'Add the upload script',
          files: {
            'tools/upload.py': `from huggingface_hub import HfApi\n\nTOKEN = "${madeUpToken()}"\nHfApi(token=TOKEN).upload_folder(folder_path="out")\n`,
          },
        },
      ],
      push: ['origin', 'upload'],
      expect: 'stopped here',
    },
    {
      title: 'Restricted code to a public remote',
      why: 'The remote `public` is cleared for public content only.',
      branch: 'main',
      commits: [],
      push: ['public', 'main'],
      expect: 'stopped here',
    },
    {
      title: 'Restricted code under another name',
      why: 'Moved to an unmarked name, unchanged, it keeps its label.',
      branch: 'helpers',
      orphan: true,
      commits: [{ message: 'Add helpers', files: { 'docs/helpers.md': attention } }],
      push: ['public', 'helpers'],
      expect: 'stopped here',
    },
    {
      title: 'Restricted code pasted into a tool, every name changed',
      why: 'Its structure is still known: the admin ran `cordon register`, which keeps fingerprints of classified code.',
      branch: 'tools',
      orphan: true,
      commits: [
        {
          message: 'Add a buffer',
          files: {
            'docs/examples/buffer.py': `import sys\n\nprint(sys.argv)\n\n${disguise(attention)}`,
          },
        },
      ],
      push: ['public', 'tools'],
      expect: 'stopped here',
    },
    {
      title: 'Plain code to a remote nobody listed',
      why: 'Plain code is internal here, and an unlisted remote is cleared for public only.',
      branch: 'plain',
      orphan: true,
      commits: [{ message: 'Add a tool', files: { 'tools/clean.py': 'print("cleaned")\n' } }],
      push: ['personal', 'plain'],
      expect: 'stopped here',
    },
    {
      title: 'Weights added in one commit and removed in the next',
      why: 'What is pushed is the history, not the last state.',
      branch: 'oops',
      commits: [
        { message: 'Try the quantised model', files: { 'data/model.gguf': quantised } },
        { message: 'Remove it again', files: { 'data/model.gguf': null } },
      ],
      push: ['origin', 'oops'],
      expect: 'stopped here',
    },
    {
      title: 'Weights to a remote cleared for them',
      why: 'The vault is where they belong, so nothing stands in the way.',
      branch: 'release',
      commits: [
        {
          message: 'Release the checkpoint',
          files: { 'weights/model.safetensors': checkpoint, 'weights/model.gguf': quantised },
        },
      ],
      push: ['vault', 'release'],
      expect: 'goes through',
    },
    {
      title: 'The hook skipped, the wall still there',
      why: 'The same weights to a server with the pre-receive hook, with the local hook switched off.',
      branch: 'release',
      commits: [],
      push: ['--no-verify', 'wall', 'release'],
      expect: 'refused by the server',
    },
  ];
}
