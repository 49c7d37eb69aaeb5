import { createHash } from 'node:crypto';
import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';

export type ObjectType = 'blob' | 'commit' | 'tag' | 'tree';

export interface ObjectInfo {
  readonly oid: Oid;
  readonly type: ObjectType;
  /** Bytes of content. */
  readonly size: number;
}

/** An object without content we may trust. `mismatch`: the bytes kept under this id are not its own. */
export interface MissingObject {
  readonly oid: Oid;
  readonly missing: 'absent' | 'mismatch';
}

export interface WholeObject extends ObjectInfo {
  readonly bytes: Buffer;
}

const types: readonly string[] = ['blob', 'commit', 'tag', 'tree'];
const LINE_LIMIT = 256;
const LF = 0x0a;

const malformed = (): CordonError => new CordonError('git.protocol', { what: 'cat-file' });

/** One header line of `cat-file --batch` or `--batch-check`, without its LF. */
function parseHeader(line: string): ObjectInfo | MissingObject {
  const [oid = '', type = '', size = '', ...more] = line.split(' ');
  if (type === 'missing' && size === '' && oid !== '')
    return { oid: oid as Oid, missing: 'absent' };
  if (more.length > 0 || !types.includes(type) || !/^[0-9a-f]{40,64}$/.test(oid)) throw malformed();
  if (!/^\d{1,15}$/.test(size)) throw malformed();
  return { oid: oid as Oid, type: type as ObjectType, size: Number(size) };
}

/** A parser of a stream that comes in pieces: what each piece completes, and a check at the end. */
export interface StreamParser<T> {
  push(chunk: Buffer): T[];
  /** Throws `git.protocol` where the stream was cut off. */
  end(): void;
}

/** Lines of text, each ended by LF. A line longer than `limit` bytes is `git.protocol`. */
export function lineParser(limit = LINE_LIMIT): StreamParser<string> {
  let rest = '';
  return {
    push(chunk) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > limit) throw malformed();
      return lines;
    },
    end() {
      if (rest !== '') throw malformed();
    },
  };
}

/** Reads the output of `git cat-file --batch-check`. */
export function batchCheckParser(): StreamParser<ObjectInfo | MissingObject> {
  const lines = lineParser();
  return {
    push: (chunk) => lines.push(chunk).map(parseHeader),
    end: () => lines.end(),
  };
}

/**
 * Whether `bytes` are what the id names. git reads objects without asking; an object file or pack
 * index that was tampered with would show us clean bytes where the push sends others.
 */
function isGenuine({ oid, type, size }: ObjectInfo, bytes: Buffer): boolean {
  const hash = createHash(oid.length === 40 ? 'sha1' : 'sha256');
  return hash.update(`${type} ${size}\0`).update(bytes).digest('hex') === oid;
}

/**
 * Reads the output of `git cat-file --batch`. Objects of more than `maxBytes` are `git.protocol`:
 * nobody asked for them. Bytes within one chunk share its memory.
 */
export function batchParser(maxBytes: number): StreamParser<WholeObject | MissingObject> {
  let header = Buffer.alloc(0);
  let info: ObjectInfo | undefined;
  let bytes: Buffer | undefined;
  let filled = 0;

  return {
    push(chunk) {
      const found: (WholeObject | MissingObject)[] = [];
      let at = 0;
      while (at < chunk.length) {
        if (info === undefined) {
          const lf = chunk.indexOf(LF, at);
          const piece = chunk.subarray(at, lf < 0 ? chunk.length : lf);
          if (header.length + piece.length > LINE_LIMIT) throw malformed();
          if (lf < 0) {
            header = Buffer.concat([header, piece]);
            break;
          }
          const line = header.toString('latin1') + piece.toString('latin1');
          header = Buffer.alloc(0);
          at = lf + 1;
          const parsed = parseHeader(line);
          if ('missing' in parsed) {
            found.push(parsed);
            continue;
          }
          if (parsed.size > maxBytes) throw malformed();
          info = parsed;
          bytes = undefined;
          filled = 0;
          continue;
        }
        const wanted = info.size - filled;
        const available = chunk.length - at;
        if (wanted > 0) {
          if (filled === 0 && wanted < available) {
            bytes = chunk.subarray(at, at + wanted);
            filled = wanted;
            at += wanted;
          } else {
            bytes ??= Buffer.allocUnsafe(info.size);
            const copied = chunk.copy(bytes, filled, at, at + Math.min(wanted, available));
            filled += copied;
            at += copied;
          }
          continue;
        }
        if (chunk[at] !== LF) throw malformed();
        at += 1;
        const whole: WholeObject = { ...info, bytes: bytes ?? Buffer.alloc(0) };
        found.push(
          isGenuine(info, whole.bytes) ? whole : { oid: info.oid, missing: 'mismatch' as const },
        );
        info = undefined;
      }
      return found;
    },
    end() {
      if (info !== undefined || header.length > 0) throw malformed();
    },
  };
}
