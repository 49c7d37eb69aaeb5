import type { ShipTransport } from '../core/audit/ship-send.ts';

const ANSWER_BYTES = 64 * 1024;

export interface Signer {
  /** Base64 of this host's public key. */
  readonly publicKey: string;
  readonly sign: (text: string) => Buffer;
}

/**
 * Carries the record over https: `POST BASE/ingest?w=WRITER&from=N`. Each request is signed with the host's
 * key, so that nobody else can put lines under its name.
 */
export function httpTransport(base: string, signer?: Signer): ShipTransport {
  const root = base.replace(/\/+$/, '');
  return async ({ what, writer, from, body, signal }) => {
    const path = what === 'lines' ? '/ingest' : '/ingest/checkpoints';
    const query = `w=${encodeURIComponent(writer)}&from=${from}`;
    const response = await fetch(`${root}${path}?${query}`, {
      method: 'POST',
      body,
      signal,
      // A redirect could take the record, and the signature over it, to another place.
      redirect: 'error',
      headers: {
        'content-type': 'application/x-ndjson',
        ...(signer !== undefined && (await headersOf(signer, `${path}?${query}`, body))),
      },
    });
    const answer = await readAnswer(response);
    const retryAfter = Number(response.headers.get('retry-after'));
    return {
      status: response.status,
      ...answer,
      ...(retryAfter > 0 && { retryAfterMs: retryAfter * 1000 }),
    };
  };
}

async function headersOf(signer: Signer, target: string, body: Buffer) {
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256').update(body).digest('base64');
  const signature = signer.sign(`cordon ship 1\n${target}\n${digest}\n`);
  return { 'cordon-key': signer.publicKey, 'cordon-signature': signature.toString('base64') };
}

/** A receiver is not believed to answer briefly, nor in JSON. */
async function readAnswer(
  response: Response,
): Promise<{ next?: number; note?: string; detail?: string }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body = (response.body ?? []) as AsyncIterable<Uint8Array> | [];
  for await (const part of body) {
    length += part.length;
    if (length > ANSWER_BYTES) return {};
    parts.push(part);
  }
  try {
    const value = JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>;
    const { next, note, detail } = value ?? {};
    return {
      ...(typeof next === 'number' && { next }),
      ...(typeof note === 'string' && { note }),
      ...(typeof detail === 'string' && { detail: detail.slice(0, 200) }),
    };
  } catch {
    // A proxy's page: the status alone counts.
    return {};
  }
}
