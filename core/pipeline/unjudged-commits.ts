import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Session } from './session.ts';

/** A commit that this work tree's HEAD reached without a verdict of its hook. */
export interface UnjudgedCommit {
  readonly object: string;
  /** git's own word for how it came about: `commit`, `commit (amend)`, `merge`. */
  readonly how: string;
}

/** How far HEAD's log was read: bytes, and a hash of the last of them, since git may rewrite it. */
interface Place {
  readonly size: number;
  readonly tail: string;
}

/** Read at once; whoever committed more than that since the last hook is told of the first ones. */
const MOST_BYTES = 1024 * 1024;
const TAIL_BYTES = 256;
/** Longer than any line of a log: the subject of a commit stands in it. */
const LINE_BYTES = 128 * 1024;
const MOST_NOTES_BYTES = 256 * 1024;

/** What runs pre-commit or pre-merge-commit whenever git itself does it, and nothing else. */
const judged =
  /^(commit(?: \((?:initial|amend|merge)\))?(?=: )|(?:merge|pull)(?= .*: Merge made by |: Merge made by ))/;

type Where = Pick<Session, 'repo' | 'stateDir'>;

/** Notes that a commit on top of HEAD as it is now was judged and let through. Throws the system's error. */
export function noteJudgedCommit(where: Where): void {
  const file = fileOf(where, 'judged');
  const { text } = lastBytes(logOf(where), LINE_BYTES);
  const line = `${tipOf(text)}\n`;
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MOST_NOTES_BYTES) {
    writeFileSync(file, readFileSync(file, 'latin1').slice(-MOST_NOTES_BYTES / 2), { mode: 0o600 });
  }
  appendFileSync(file, line, { mode: 0o600 });
}

/**
 * The commits since the last `keepPlace` that HEAD's log shows and no hook judged. The first time tells
 * none: what was before Cordon is nobody's evasion. A log that git rewrote (expired, repaired) is begun
 * anew. `keepPlace` is for whoever recorded them: what could not be recorded is found again. It throws
 * the system's error.
 */
export function findUnjudgedCommits(where: Where): {
  readonly commits: readonly UnjudgedCommit[];
  readonly keepPlace: () => void;
} {
  const file = fileOf(where, 'place');
  const log = logOf(where);
  const before = readPlace(file);
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (before?.size === size) return { commits: [], keepPlace: () => undefined };
  const fresh = before === undefined ? undefined : readFrom(log, before, size);
  const place = { size, tail: hashOf(lastBytes(log, TAIL_BYTES, size).bytes) };
  const keepPlace = () => writePlace(file, place);
  if (fresh === undefined) return { commits: [], keepPlace };
  const known = new Set(readOr(fileOf(where, 'judged')).split('\n'));
  let tip = tipOf(lastBytes(log, LINE_BYTES, before?.size).text);
  const commits = fresh.split('\n').flatMap((line, index): UnjudgedCommit[] => {
    const [, old = '', object = '', said = ''] =
      /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) .*?> \d+ [+-]\d{4}\t(.*)$/.exec(line) ?? [];
    const how = judged.exec(said)?.[1];
    // A first commit, of an orphan branch too, has nothing under it: the hook saw what the log ended with. And
    // it saw an empty log where git expired all of it.
    const isFirst = index === 0 && before?.size === 0;
    const under = isFirst || /^0+$/.test(old) ? tip : old;
    if (object !== '') tip = object;
    return how === undefined || known.has(under) ? [] : [{ object, how }];
  });
  return { commits, keepPlace };
}

const logOf = ({ repo }: Where): string => join(repo.gitDir, 'logs', 'HEAD');

/** One of each for a work tree: hooks of two of them run side by side. */
function fileOf({ repo, stateDir }: Where, name: string): string {
  const folder = join(stateDir, 'seen');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // By its way from the shared folder: a container may see the whole under another path.
  const tree = repo.gitDir === repo.commonDir ? '' : repo.gitDir.slice(repo.commonDir.length);
  return join(folder, `${name}-${hashOf(Buffer.from(tree)).slice(0, 8)}`);
}

/** What the notes say where HEAD has no log yet. */
const ROOT = 'root';

/** The tip as HEAD's log has it. */
const tipOf = (text: string): string =>
  /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) /.exec(text.trimEnd().split('\n').at(-1) ?? '')?.[1] ?? ROOT;

function readFrom(log: string, before: Place, size: number): string | undefined {
  if (size < before.size) return undefined;
  const tail = lastBytes(log, TAIL_BYTES, before.size).bytes;
  if (hashOf(tail) !== before.tail) return undefined;
  const end = Math.min(size, before.size + MOST_BYTES);
  return lastBytes(log, end - before.size, end).text;
}

function lastBytes(path: string, count: number, end?: number): { bytes: Buffer; text: string } {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return { bytes: Buffer.alloc(0), text: '' };
  }
  try {
    const to = end ?? statSync(path).size;
    const from = Math.max(0, to - count);
    const bytes = Buffer.alloc(to - from);
    const read = readSync(fd, bytes, 0, bytes.length, from);
    return { bytes: bytes.subarray(0, read), text: bytes.toString('latin1', 0, read) };
  } finally {
    closeSync(fd);
  }
}

function readPlace(file: string): Place | undefined {
  const [, size, tail] = /^(\d+) ([0-9a-f]+)\n$/.exec(readOr(file)) ?? [];
  return size === undefined || tail === undefined ? undefined : { size: Number(size), tail };
}

function writePlace(file: string, { size, tail }: Place): void {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `${size} ${tail}\n`, { mode: 0o600 });
  renameSync(beside, file);
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

const hashOf = (bytes: Buffer): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 32);
