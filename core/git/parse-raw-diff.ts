import { CordonError } from '../error.ts';
import type { Oid, PathName } from '../model.ts';
import type { StreamParser } from './parse-batch.ts';
import { isZeroOid, toOid } from './parse-push.ts';
import { toPathName } from './path-name.ts';

/** What a commit, a tree or the index puts at a path. */
export interface PathEntry {
  /** Undefined for the index and for a tree that a tag names. */
  readonly commit?: Oid;
  /** All zeros where the path is deleted. */
  readonly oid: Oid;
  /** Six octal digits: `100644`, `100755`, `120000` a symlink, `160000` a submodule's commit. */
  readonly mode: string;
  readonly path: PathName;
  /** What stood at this path in the parents (none for a new path). */
  readonly oldOids: readonly Oid[];
  readonly deleted?: true;
  /** The index holds a conflict here. */
  readonly unmerged?: true;
}

const TOKEN_LIMIT = 1024 * 1024;
const COLON = 0x3a;

const malformed = (): CordonError => new CordonError('git.protocol', { what: 'raw diff' });

type Header = Omit<PathEntry, 'path' | 'commit'>;

/** `:MODE MODE OID OID STATUS`, or with one more colon, mode and id for each further parent. */
function parseHeader(token: string): Header {
  let parents = 0;
  while (token.codePointAt(parents) === COLON) parents += 1;
  const fields = token.slice(parents).split(' ');
  const status = fields.at(-1) ?? '';
  if (fields.length !== 2 * parents + 3) throw malformed();
  const mode = fields[parents] ?? '';
  if (!/^[0-7]{6}$/.test(mode) || !/^[A-Z]+\d*$/.test(status)) throw malformed();
  const oids = fields.slice(parents + 1, -1).map(toOid);
  const oid = oids.pop();
  if (oid === undefined) throw malformed();
  return {
    oid,
    mode,
    oldOids: [...new Set(oids.filter((old) => !isZeroOid(old)))],
    ...(mode === '000000' && status !== 'U' && { deleted: true as const }),
    ...(status === 'U' && { unmerged: true as const }),
  };
}

/**
 * Reads the `-z` output of diff-tree (`--stdin -r -c`) and diff-index, without renames. Fields are
 * read in pairs: a path that starts with a colon looks like a header, and one of 40 digits like the
 * id of a commit.
 */
export function rawDiffParser(): StreamParser<PathEntry> {
  let rest = Buffer.alloc(0);
  let commit: Oid | undefined;
  let header: Header | undefined;

  function take(token: Buffer): PathEntry | undefined {
    if (header !== undefined) {
      if (token.length === 0) throw malformed();
      const entry: PathEntry = {
        ...(commit !== undefined && { commit }),
        ...header,
        path: toPathName(token),
      };
      header = undefined;
      return entry;
    }
    const text = token.toString('latin1');
    if (token[0] === COLON) header = parseHeader(text);
    else commit = toOid(text);
    return undefined;
  }

  return {
    push(chunk) {
      const found: PathEntry[] = [];
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (let nul = data.indexOf(0); nul >= 0; nul = data.indexOf(0, at)) {
        const entry = take(data.subarray(at, nul));
        if (entry !== undefined) found.push(entry);
        at = nul + 1;
      }
      rest = Buffer.from(data.subarray(at));
      if (rest.length > TOKEN_LIMIT) throw malformed();
      return found;
    },
    end() {
      if (rest.length > 0 || header !== undefined) throw malformed();
    },
  };
}
