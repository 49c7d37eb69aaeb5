import {
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostOf } from '../../core/audit/host-key.ts';
import { followsFrom, NO_HEAD, readOpening, statedHead } from '../../core/audit/line.ts';
import { formatNote, keyIdOf } from '../../core/audit/note.ts';
import { headText, type ReceiverKey } from '../../core/audit/ship-head.ts';
import type { Head } from '../../core/audit/stored-event.ts';

/** What goes wrong with one request: `lost` once it was stored, `dropped` before. */
export type Fault = 'busy' | 'dropped' | 'lost' | 'slow';

interface Kept {
  readonly lines: Buffer[];
  head: string;
  checkpoints: Buffer;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly key: ReceiverKey;
  readonly segments: ReadonlyMap<string, Kept>;
  readonly heads: () => Head[];
  readonly counts: { requests: number; replays: number; rejected: number; faults: number };
  /** Lines of all segments. */
  readonly lines: () => string[];
}

export interface ReceiverOptions {
  readonly fault?: () => Fault | undefined;
  /** How long a slow answer takes. */
  readonly slowMs?: number;
  /** Refuses what the writer's own host did not sign. */
  readonly signedOnly?: boolean;
  /** Bodies above this are refused with 413. Default 200 kB. */
  readonly limit?: number;
}

/** The receiver's side of the shipping protocol, for tests: keeps in memory what holds, and each line once. */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const key: ReceiverKey = { name: 'record.lab.example', publicKey: raw };
  const segments = new Map<string, Kept>();
  const counts = { requests: 0, replays: 0, rejected: 0, faults: 0 };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    counts.requests += 1;
    const body = await readBody(request);
    const fault = options.fault?.();
    if (fault !== undefined) counts.faults += 1;
    if (fault === 'busy') return void response.writeHead(503).end();
    if (fault === 'dropped') return void request.socket.destroy();
    if (options.signedOnly === true && !isSigned(request, body)) {
      return void response.writeHead(403).end();
    }
    const { status, answer } = take(new URL(request.url ?? '/', 'http://x'), body);
    if (fault === 'lost') return void request.socket.destroy();
    if (fault === 'slow') await new Promise((done) => setTimeout(done, options.slowMs ?? 400));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };

  const take = ({ pathname, searchParams }: URL, body: Buffer) => {
    const writer = searchParams.get('w') ?? '';
    const from = Number(searchParams.get('from'));
    if (body.length > (options.limit ?? 200_000)) return { status: 413, answer: {} };
    const kept = segments.get(writer) ?? { lines: [], head: NO_HEAD, checkpoints: Buffer.alloc(0) };
    segments.set(writer, kept);
    return pathname === '/ingest/checkpoints'
      ? takeCheckpoints(kept, from, body)
      : takeLines(kept, writer, from, body);
  };

  const takeLines = (kept: Kept, writer: string, from: number, body: Buffer) => {
    if (from > kept.lines.length) return { status: 409, answer: { next: kept.lines.length } };
    const fresh: Buffer[] = [];
    let { head } = kept;
    for (const [index, line] of splitLines(body).entries()) {
      const n = from + index;
      const there = kept.lines[n];
      if (there !== undefined) {
        counts.replays += 1;
        if (!there.equals(line)) return reject(`line ${n} is another`);
        continue;
      }
      if (readOpening(line, writer)?.n !== n || !followsFrom(line, head)) {
        return reject(`line ${n} does not follow`);
      }
      head = statedHead(line) ?? head;
      fresh.push(line);
    }
    kept.lines.push(...fresh);
    kept.head = head;
    const next = kept.lines.length;
    return { status: 200, answer: { next, note: noteOf(privateKey, key, headOf(writer, kept)) } };
  };

  const takeCheckpoints = (kept: Kept, from: number, body: Buffer) => {
    const next = kept.checkpoints.length;
    if (from > next) return { status: 409, answer: { next } };
    const overlap = kept.checkpoints.subarray(from, from + body.length);
    if (!body.subarray(0, overlap.length).equals(overlap)) return reject('other checkpoints');
    kept.checkpoints = Buffer.concat([kept.checkpoints, body.subarray(overlap.length)]);
    return { status: 200, answer: { next: kept.checkpoints.length } };
  };

  const reject = (detail: string) => {
    counts.rejected += 1;
    return { status: 422, answer: { detail } };
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key,
    segments,
    counts,
    heads: () => [...segments].map(([writer, kept]) => headOf(writer, kept)),
    lines: () => [...segments.values()].flatMap(({ lines }) => lines.map(String)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** The signature covers where it goes and what it brings; the key is the one that the writer is named by. */
function isSigned({ headers, url = '' }: IncomingMessage, body: Buffer): boolean {
  const key = Buffer.from(String(headers['cordon-key']), 'base64');
  const signature = Buffer.from(String(headers['cordon-signature']), 'base64');
  const writer = new URL(url, 'http://x').searchParams.get('w') ?? '';
  if (key.length !== 32 || !writer.startsWith(`${hostOf(key)}-`)) return false;
  const text = `cordon ship 1\n${url}\n${hash('sha256', body, 'base64')}\n`;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') };
  return verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), signature);
}

const headOf = (writer: string, { lines, head }: Kept): Head => ({
  writer,
  size: lines.length,
  head,
});

function noteOf(privateKey: KeyObject, { name, publicKey }: ReceiverKey, head: Head): string {
  const text = headText(head);
  const signature = sign(null, Buffer.from(text, 'utf8'), privateKey);
  return formatNote({
    text,
    signatures: [{ name, keyId: keyIdOf(name, 1, publicKey), signature }],
  });
}

function splitLines(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(0x0a, at) + 1 || body.length;
    lines.push(body.subarray(at, end));
    at = end;
  }
  return lines;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
