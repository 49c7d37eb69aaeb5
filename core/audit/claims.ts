import type { Witness } from './verify-report.ts';

/** Somebody vouches for a segment: that it exists, how far it had come, and with what head. */
export interface Claim {
  readonly writer: string;
  /** Lines; 0 where only its existence is vouched for. */
  readonly size: number;
  readonly head: string;
  /** Lines that its last checkpoint covered then. */
  readonly signed: number;
  readonly by: Witness;
  /** The segment that says so. */
  readonly from: string;
}

type Data = Readonly<Record<string, unknown>>;

/** What a genesis, an orphan or a seal says of other segments. */
export function claimsOf(from: string, kind: string, data: Data): Claim[] {
  const { continues, previous, next, writer, size, head, signed } = data;
  const vouch = { by: 'segment', from } as const;
  const exists = (one: unknown): Claim[] =>
    typeof one === 'string' ? [{ ...vouch, writer: one, size: 0, head: '', signed: 0 }] : [];
  switch (kind) {
    case 'genesis':
      return [...exists(continues), ...previousOf(previous).map((one) => ({ ...one, ...vouch }))];
    case 'seal':
      return exists(next);
    case 'orphan':
      if (typeof writer !== 'string' || typeof head !== 'string') return [];
      return [{ ...vouch, writer, size: count(size), head, signed: count(signed) }];
    default:
      return [];
  }
}

/** `WRITER SIZE HEAD SIGNED`, commas between: an event's data holds no lists. */
export function formatPrevious(named: readonly Omit<Claim, 'by' | 'from'>[]): string {
  return named
    .map(({ writer, size, head, signed }) => `${writer} ${size} ${head} ${signed}`)
    .join(',');
}

function previousOf(text: unknown): Omit<Claim, 'by' | 'from'>[] {
  if (typeof text !== 'string' || text === '') return [];
  return text.split(',').map((one) => {
    const [writer = '', size, head = '', signed] = one.split(' ');
    return { writer, size: count(Number(size)), head, signed: count(Number(signed)) };
  });
}

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
