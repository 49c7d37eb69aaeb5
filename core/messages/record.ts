import { bytes, whole } from './quantity.ts';

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;

/** What is wrong with a line or a segment, as `verify` says it. A kind it does not know is shown as it is. */
const problems: Readonly<Record<string, string>> = {
  changed: 'its bytes are not those that were written',
  missing: 'lines before it are gone',
  reordered: 'it stands where another line stood',
  cut: 'the segment ends too early',
  removed: 'it is gone, or checkpoints of it are',
  unnamed: 'a later segment that named it is gone',
  'forged-head': 'rewritten: it is not the history that was vouched for',
  'forged-checkpoint': "a checkpoint is not signed by this host's key, or does not fit",
  'forged-genesis': 'it does not begin as a segment of this host does',
  'after-seal': 'lines stand behind its seal',
  clock: 'its time goes back and no line says so',
  stranger: 'it is no segment of the record, or cannot be read',
};

const witnesses: Readonly<Record<string, string>> = {
  chain: 'the chain',
  seal: "the segment's seal",
  checkpoint: 'a signed checkpoint',
  segment: 'a later segment',
  head: 'a head kept elsewhere',
};

const alarms: Readonly<Record<string, string>> = {
  rejected: 'the receiver holds other lines of this segment',
  chain: 'this line does not follow from the one before',
  shorter: 'fewer lines stand here than were shipped',
  gone: 'it was shipped and is not here any more',
  head: 'the receiver did not sign for what it was sent',
};

const remarks: Readonly<Record<string, (count: number) => string>> = {
  torn: (n) => `${plural(n, 'segment')} with an unfinished event: the writer was killed`,
  'torn-checkpoint': (n) => `${plural(n, 'segment')} with an unfinished checkpoint`,
  unsealed: (n) => `${plural(n, 'segment')} being written, or its writer was killed`,
  'clock-back': (n) => `${plural(n, 'line')} written after the clock was set back`,
  'other-host': (n) => `${plural(n, 'segment')} of another host key`,
};

const known = <Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** What `cordon log` says, in English. */
export const record = {
  title: (actor: string) => `What Cordon keeps about ${actor}`,
  tags: {
    where: 'where',
    since: 'since',
    events: 'events',
    names: 'names',
    content: 'content',
    goesTo: 'goes to',
    kept: 'kept',
    others: 'others',
  },
  none: 'nothing yet: no commit, push or scan was recorded here',
  segments: (count: number, volume: number) => `${plural(count, 'segment')}, ${bytes(volume)}`,
  moved: (usual: string) =>
    `The environment leads the record here. Its usual place is ${usual}, and that is recorded too.`,
  counts: (p: { kind: string; count: number; blocked: number }) =>
    `${whole(p.count)} ${p.kind === 'record' ? 'of the record itself' : p.kind}${p.blocked === 0 ? '' : ` (${whole(p.blocked)} blocked)`}`,
  others: (count: number) => `${plural(count, 'event')} about other people or by another name`,
  plain: 'in clear: paths, destinations, branch names, your name on this machine',
  keyed: (id: string, organisation: boolean) =>
    `keyed (${id}): paths, destinations, branch names and your name stand as pseudonyms; ${
      organisation
        ? "only the holder of the organisation's private key can name them again"
        : 'only this machine can name them again'
    }`,
  never: 'never: no content, no secret, no keystroke is recorded',
  goesNowhere: 'nobody: it stays on this machine',
  goesLater: (url: string) =>
    `nobody: only this checkout's own policy names ${url}, and that does not count before it is on home's default branch`,
  goesTo: (url: string, left: { segments: number; bytes: number }) =>
    `${url}, by cordon log ship (${
      left.segments === 0
        ? 'all of it is there'
        : `not yet there: ${bytes(left.bytes)} of ${plural(left.segments, 'segment')}`
    })`,
  unknownPolicy: 'no repository here, so no policy says',
  forever: 'until you delete the folder; Cordon deletes nothing',
  seeAll: 'See every event about you: cordon log tail --mine -n all',

  /** Words of the record about itself, in place of a path. */
  own: {
    genesis: 'a writer begins',
    seal: 'a writer ends',
    inHome: (home: string) => `in ${home}`,
    orphan: (writer: string) => `a writer was killed: ${writer}`,
    moved: 'the environment leads the record elsewhere',
    summary: (count: number) => `${plural(count, 'read')}, summed up`,
  },

  verifying: (done: number, of: number) => `verifying, ${bytes(done)} of ${bytes(of)}`,
  holds: (p: { segments: number; events: number; checkpoints: number; bytes: number }) =>
    `The record holds: ${plural(p.events, 'event')} in ${plural(p.segments, 'segment')} (${bytes(p.bytes)}), ${plural(p.checkpoints, 'signed checkpoint')}.`,
  linesHold: (p: { checked: number; lines: number; writers: number; whole: number }) =>
    `${p.checked === p.lines ? plural(p.lines, 'line') : `${whole(p.checked)} of ${plural(p.lines, 'line')}`} as recorded, as far as the file can show: ${plural(p.writers, 'segment')}, ${p.whole === p.writers ? (p.writers === 1 ? 'whole' : 'all whole') : `${whole(p.whole)} of them whole`}.`,
  linesBroken: (count: number) =>
    `This file is NOT as it was recorded: ${plural(count, 'problem')}.`,
  linesUnchecked: (count: number, of: number) =>
    `${whole(count)} of ${plural(of, 'line')} cannot be checked: the line before is not in the file. It was left out by a filter, or taken out.`,
  linesOf: (p: { writer: string; first: number; last: number; unchecked: number }) =>
    `${p.writer} ${whole(p.first)}-${whole(p.last)}: ${whole(p.unchecked)} not checked`,
  linesMore: (count: number) => `${plural(count, 'more segment')}: --format json lists them.`,
  linesAbsent: (count: number) =>
    `${plural(count, 'segment')} that others name ${count === 1 ? 'is' : 'are'} not in the file: left out by a filter, or taken out.`,
  linesShort: (count: number) =>
    `Of ${plural(count, 'segment')} others name later lines than the file has: left out by a filter, written since, or cut off.`,
  noLine: 'it is no line of a record',
  linesNone: 'There is no line in this file, so there is nothing to verify.',
  linesBlind:
    'What no check of the file alone can see: lines cut at the end of a segment, or all lines written anew. Heads that a receiver signed can: --heads FILE',
  empty: 'There is no record here yet, so there is nothing to verify.',
  broken: (count: number) => `The record is BROKEN: ${plural(count, 'problem')}.`,
  at: (line: number, byte: number) => ` line ${whole(line)}, byte ${whole(byte)}`,
  problem: (what: string, by: string) =>
    `${known(problems, what) ?? what} (shown by ${known(witnesses, by) ?? by})`,
  moreProblems: (count: number) => `${plural(count, 'more problem')}: --format json lists them.`,
  remark: (what: string, count: number) =>
    known(remarks, what)?.(count) ?? `${what}: ${whole(count)}`,
  keepIt: 'Keep the folder as it is and tell your security team.',
  blind:
    "What no check on this machine can see: an end that was cut together with its checkpoints, a last segment that was removed, a history written anew with this host's own key.",
  heads: (vouched: number, segments: number) =>
    `Heads that a receiver signed vouch for ${whole(vouched)} of ${plural(segments, 'segment')}.`,
  askServer:
    "Whoever owns this machine could change those heads as well. The receiver's own do not lie here: cordon log verify --heads FILE",

  shipping: (lines: number, volume: number) =>
    `shipping, ${plural(lines, 'line')} (${bytes(volume)}) so far`,
  shipped: (p: { url: string; lines: number; bytes: number }) =>
    p.lines === 0
      ? `${p.url} has all of the record already.`
      : `Shipped ${plural(p.lines, 'line')} (${bytes(p.bytes)}) to ${p.url}.`,
  alarm: (what: string, detail: string | undefined) =>
    `${known(alarms, what) ?? what}${detail === undefined ? '' : ` (${detail})`}`,
  unreachable: (url: string, detail: string) =>
    `${url} did not answer (${detail}); what is left goes with the next: cordon log ship`,
  refused: (url: string, detail: string) =>
    `${url} refused the record (${detail}). Ask whoever runs it whether this host is known there.`,

  keyMade: (file: string, forLaptops: string) =>
    `Made the record's keys. Keep ${file} where only those who may name people can read it. Give laptops ${forLaptops}: cordon log key --import ${forLaptops}`,
  keyImported: (id: string) =>
    `Names in the record are keyed under ${id} from now on, and only the holder of its private key can name them again.`,
  keyShown: (id: string, organisation: boolean) =>
    `${id}: ${organisation ? "the organisation's; it names nothing again on this machine" : 'made by this machine, which can name its own record again'}.`,
  noKey: 'There is no key here: the policy does not ask for one, or nothing was recorded under it.',
  notNamed: (count: number) =>
    `${plural(count, 'event')} could not be named again: other keys were used for them.`,
};
