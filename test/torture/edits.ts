import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import {
  listSegments,
  loadHostKey,
  openRecord,
  readRecord,
  verifyRecord,
} from '../../core/audit/index.ts';
import type { Head, SegmentFile } from '../../core/audit/index.ts';
import { checkpointLeaf, originOf, signCheckpoint } from '../../core/audit/checkpoint.ts';
import { checkpointsPath, monthName, segmentName } from '../../core/audit/list-segments.ts';
import { buildLine, NO_HEAD, statedHead } from '../../core/audit/line.ts';
import { rootOver } from '../../core/audit/merkle.ts';
import { formatNote, parseNote } from '../../core/audit/note.ts';
import type { Random } from './random.ts';

/** Who finds an edit: the record itself, or only a head that was kept elsewhere. */
export type FoundBy = 'locally' | 'by heads';

interface Attack {
  readonly name: string;
  readonly found: FoundBy;
  readonly act: (victim: Victim) => void;
}

interface Victim {
  readonly folder: string;
  /** Named by a later segment. */
  readonly named: SegmentFile;
  /** The last one: nobody names it. */
  readonly last: SegmentFile;
  readonly random: Random;
}

export interface Edits {
  readonly edits: number;
  readonly locally: number;
  readonly byHeads: number;
  /** Found by other means than stated, or not at all. */
  readonly wrong: readonly string[];
}

/** One of each attack on each of `records` fresh records. */
export async function editRecords(
  scratch: string,
  records: number,
  random: Random,
): Promise<Edits> {
  const wrong: string[] = [];
  const count = { locally: 0, 'by heads': 0 };
  for (let record = 0; record < records; record += 1) {
    const place = mkdtempSync(join(scratch, 'edit-'));
    const original = join(place, 'original');
    writeSegments(original, random);
    const heads = await headsOf(original);
    const clean = await verifyRecord(original, { heads });
    if (!clean.ok) wrong.push(`untouched: ${JSON.stringify(clean.problems)}`);
    for (const { name, found, act } of attacks) {
      const folder = join(place, name.replaceAll(' ', '-'));
      cpSync(original, folder, { recursive: true });
      const segments = listSegments(folder);
      const [, named, last] = [segments[0], segments[1], segments.at(-1)];
      if (named === undefined || last === undefined) throw new Error('too few segments');
      act({ folder, named, last, random });
      const alone = await verifyRecord(folder);
      const withHeads = await verifyRecord(folder, { heads });
      const by = !alone.ok ? 'locally' : !withHeads.ok ? 'by heads' : 'never';
      if (by === found) count[found] += 1;
      else wrong.push(`${name}: found ${by}, not ${found}`);
    }
    rmSync(place, { recursive: true });
  }
  const edits = records * attacks.length;
  return { edits, locally: count.locally, byHeads: count['by heads'], wrong };
}

function writeSegments(folder: string, random: Random): void {
  // Seconds apart: names sort by the time they were begun.
  let clock = Date.now() - 100_000;
  // Several checkpoints in as few lines.
  const limits = { checkpointEvents: 4 };
  for (let segment = 0; segment < 4; segment += 1) {
    const now = () => (clock += 10);
    const record = openRecord({ folder, identity: { actor: 'a', version: '0' }, now, limits });
    const events = 8 + random(20);
    for (let number = 0; number < events; number += 1) {
      record.append({ kind: 'copy', path: `src/${segment}/${number}`, label: 'restricted' });
    }
    record.close();
    clock += 1000;
    for (const { path } of listSegments(folder)) {
      const file = checkpointsOf(path);
      // As if they had been there for a while: only then does the next segment vouch for them.
      utimesSync(file, new Date(Date.now() - 600_000), new Date(Date.now() - 600_000));
    }
  }
}

async function headsOf(folder: string): Promise<Head[]> {
  const heads = new Map<string, Head>();
  for await (const { w, n, h } of readRecord(folder)) {
    heads.set(w, { writer: w, size: n + 1, head: h });
  }
  return [...heads.values()];
}

const checkpointsOf = (path: string): string =>
  checkpointsPath({ path, writer: basename(path).replace(/\..*/, '') });

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split(/(?<=\n)/);
const write = (path: string, lines: readonly string[]): void => writeFileSync(path, lines.join(''));

/** Changes the lines of a segment. */
const edit = (path: string, change: (lines: string[]) => string[]): void =>
  write(path, change(linesOf(path)));

/** A line inside: never the genesis, never the seal. */
const inside = (lines: readonly string[], random: Random): number => 1 + random(lines.length - 3);

/** The same events with a chain of their own. */
function chainAnew(lines: readonly string[]): string[] {
  let head = NO_HEAD;
  return lines.map((line, n) => {
    const body = line.slice(0, line.lastIndexOf(',"h":"')).replace(/"n":\d+/, `"n":${n}`);
    const built = buildLine(head, body);
    head = built.head;
    return built.bytes.toString('utf8');
  });
}

/** The seal and its checkpoint anew, with this host's own key: the owner of the machine has it. */
function signAnew(folder: string, { path, writer }: SegmentFile): void {
  rmSync(checkpointsOf(path), { force: true });
  const lines = linesOf(path).filter((line) => !line.includes('"kind":"seal"'));
  const head = statedHead(Buffer.from(lines.at(-1) ?? '')) ?? '';
  const covers = { lines: lines.length, head };
  const root = rootOver([checkpointLeaf(covers)]);
  const text = { origin: originOf(writer), size: 1, root, ...covers };
  const checkpoint = signCheckpoint(text, loadHostKey(folder));
  const body = (lines.at(-1) ?? '')
    .replace(/"n":\d+/, `"n":${lines.length}`)
    .replace(/"kind":.*(?=,"host")/, () => {
      return `"kind":"seal","data":${JSON.stringify({ reason: 'close', size: lines.length + 1, checkpoint })}`;
    });
  const seal = buildLine(head, body.slice(0, body.lastIndexOf(',"h":"')));
  write(path, [...lines, seal.bytes.toString('utf8')]);
}

/** Puts the segment before the last back to where it stood before the last one named it. */
function unname(folder: string): void {
  const { path, writer, start } = listSegments(folder).at(-1) ?? {};
  if (path === undefined || writer === undefined || start === undefined) throw new Error('none');
  renameSync(path, join(folder, monthName(start), segmentName(writer, 'done')));
}

const falsify = (lines: readonly string[], random: Random): string[] => {
  const at = inside(lines, random);
  return lines.map((line, n) => (n === at ? line.replace('restricted', 'public') : line));
};

const attacks: readonly Attack[] = [
  {
    name: 'a byte changed',
    found: 'locally',
    act: ({ named, random }) => edit(named.path, (lines) => falsify(lines, random)),
  },
  {
    name: 'a line deleted',
    found: 'locally',
    act: ({ last, random }) =>
      edit(last.path, (lines) => lines.toSpliced(inside(lines, random), 1)),
  },
  {
    name: 'two lines swapped',
    found: 'locally',
    act: ({ last, random }) =>
      edit(last.path, (lines) => {
        const at = 1 + random(lines.length - 4);
        return lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? '');
      }),
  },
  {
    name: 'a line doubled',
    found: 'locally',
    act: ({ last, random }) =>
      edit(last.path, (lines) => {
        const at = inside(lines, random);
        return lines.toSpliced(at, 0, lines[at] ?? '');
      }),
  },
  {
    name: 'a line behind the seal',
    found: 'locally',
    act: ({ last }) => edit(last.path, (lines) => chainAnew([...lines, lines[1] ?? ''])),
  },
  {
    name: 'the end cut, checkpoints left',
    found: 'locally',
    act: ({ last, random }) => edit(last.path, (lines) => lines.slice(0, -1 - random(4))),
  },
  {
    name: 'the end of a named one cut, checkpoints signed anew',
    found: 'locally',
    act: ({ folder, named, random }) => {
      edit(named.path, (lines) => lines.slice(0, -1 - random(4)));
      signAnew(folder, named);
    },
  },
  {
    name: 'the end of the last one cut, checkpoints signed anew',
    found: 'by heads',
    act: ({ folder, last, random }) => {
      edit(last.path, (lines) => lines.slice(0, -1 - random(4)));
      signAnew(folder, last);
    },
  },
  {
    name: 'a named one deleted',
    found: 'locally',
    act: ({ named }) => {
      rmSync(named.path);
      rmSync(checkpointsOf(named.path));
    },
  },
  {
    name: 'the last one deleted',
    found: 'locally',
    act: ({ last }) => {
      rmSync(last.path);
      rmSync(checkpointsOf(last.path));
    },
  },
  {
    name: 'the last one deleted, those it named under their old names',
    found: 'by heads',
    act: ({ folder, last }) => {
      rmSync(last.path);
      rmSync(checkpointsOf(last.path));
      unname(folder);
    },
  },
  {
    name: 'a fresh chain, checkpoints left',
    found: 'locally',
    act: ({ last, random }) => edit(last.path, (lines) => chainAnew(falsify(lines, random))),
  },
  {
    name: 'a fresh chain in a named one, checkpoints signed anew',
    found: 'locally',
    act: ({ folder, named, random }) => {
      edit(named.path, (lines) => chainAnew(falsify(lines, random)));
      signAnew(folder, named);
    },
  },
  {
    name: 'a fresh chain in the last one, checkpoints signed anew',
    found: 'by heads',
    act: ({ folder, last, random }) => {
      edit(last.path, (lines) => chainAnew(falsify(lines, random)));
      signAnew(folder, last);
    },
  },
  {
    name: 'one event left out of the last one, all anew',
    found: 'by heads',
    act: ({ folder, last, random }) => {
      edit(last.path, (lines) => chainAnew(lines.toSpliced(inside(lines, random), 1)));
      signAnew(folder, last);
    },
  },
  {
    name: 'everything removed and a new record begun',
    found: 'by heads',
    act: ({ folder }) => {
      for (const { path } of listSegments(folder)) {
        rmSync(path);
        rmSync(checkpointsOf(path), { force: true });
      }
      const record = openRecord({ folder, identity: { actor: 'a', version: '0' } });
      record.append({ kind: 'commit' });
      record.close();
    },
  },
  {
    name: 'checkpoints of a named one removed',
    found: 'locally',
    act: ({ named }) => rmSync(checkpointsOf(named.path)),
  },
  {
    name: 'a checkpoint of another key',
    found: 'locally',
    act: ({ folder, last }) => {
      const other = loadHostKey(join(folder, 'other'));
      const path = checkpointsOf(last.path);
      const note = parseNote(readFileSync(path, 'utf8').slice(0, -1));
      const [line] = note?.signatures ?? [];
      if (note === undefined || line === undefined) throw new Error('no checkpoint');
      const signature = other.sign(note.text);
      const text = formatNote({ text: note.text, signatures: [{ ...line, signature }] });
      writeFileSync(path, `${text}\n`);
      rmSync(join(folder, 'other'), { recursive: true });
    },
  },
  {
    name: 'two segments under each other’s name',
    found: 'locally',
    act: ({ named, last }) => {
      const aside = `${named.path}.aside`;
      renameSync(named.path, aside);
      renameSync(last.path, named.path);
      renameSync(aside, last.path);
    },
  },
  {
    name: 'a link in place of a named one',
    found: 'locally',
    act: ({ named, folder }) => {
      const elsewhere = join(folder, 'elsewhere');
      renameSync(named.path, elsewhere);
      symlinkSync(elsewhere, named.path);
    },
  },
  {
    name: 'an older copy of a named one put back',
    found: 'locally',
    act: ({ named }) => {
      edit(named.path, (lines) => lines.slice(0, 3));
      if (existsSync(checkpointsOf(named.path))) rmSync(checkpointsOf(named.path));
    },
  },
];
