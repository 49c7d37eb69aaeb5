import { setTimeout as wait } from 'node:timers/promises';

export interface ShipRequest {
  readonly what: 'lines' | 'checkpoints';
  readonly writer: string;
  /** Number of the first line of `body`; for checkpoints, the byte it begins at. */
  readonly from: number;
  /** Whole lines, or whole checkpoints. */
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

export interface ShipAnswer {
  readonly status: number;
  /** What the receiver wants next: a line's number, or for checkpoints a byte. */
  readonly next?: number;
  /** The head it signed for, as a signed note. */
  readonly note?: string;
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

/** Carries one request; rejects where no answer came. Core itself opens no connection. */
export type ShipTransport = (request: ShipRequest) => Promise<ShipAnswer>;

export interface SendOptions {
  /** Tries in all before it is given up for this run. Default 6. */
  readonly attempts?: number;
  /** The first wait; doubled each time. Default 500 ms. */
  readonly baseMs?: number;
  /** Default 60 s. */
  readonly longestMs?: number;
  /** How long one answer may take. Default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

export type Sent =
  | { readonly answer: ShipAnswer; readonly retries: number }
  | { readonly unreachable: string; readonly retries: number };

/** Sends until it is answered with something that a second try would not change. */
export async function send(
  transport: ShipTransport,
  request: Omit<ShipRequest, 'signal'>,
  options: SendOptions,
): Promise<Sent> {
  const { attempts = 6, baseMs = 500, longestMs = 60_000, timeoutMs = 30_000 } = options;
  const { random = Math.random, sleep = (ms: number) => wait(ms) } = options;
  let last = '';
  for (let tried = 1; ; tried += 1) {
    const answer = await tryOnce(transport, request, timeoutMs, options.signal);
    options.signal?.throwIfAborted();
    if (typeof answer !== 'string' && !isPassing(answer.status))
      return { answer, retries: tried - 1 };
    last = typeof answer === 'string' ? answer : `${answer.status} ${answer.detail ?? ''}`.trim();
    if (tried >= attempts) return { unreachable: last, retries: tried - 1 };
    const asked = typeof answer === 'string' ? 0 : (answer.retryAfterMs ?? 0);
    // Full jitter: a thousand laptops that lost the same server must not come back at once.
    const backoff = random() * Math.min(longestMs, baseMs * 2 ** (tried - 1));
    await sleep(Math.max(backoff, Math.min(asked, longestMs)));
  }
}

const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408;

async function tryOnce(
  transport: ShipTransport,
  request: Omit<ShipRequest, 'signal'>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<ShipAnswer | string> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await transport({
      ...request,
      signal: signal === undefined ? late : AbortSignal.any([late, signal]),
    });
  } catch (error) {
    if (late.aborted) return `no answer within ${Math.round(timeoutMs / 1000)} s`;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
