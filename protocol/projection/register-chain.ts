import type { Origin, Seq } from '../event/index.ts';
import { type ProjectionContext, readRow } from './context.ts';
import { paddedNumber, rowPrefix } from './keys.ts';
import type { ChainEnd, ChainLink, EventRow } from './rows.ts';

/** One log's writes to one register. */
export interface RegisterChain {
  readonly entityId: string;
  readonly field: string;
  readonly origin: Origin;
  readonly end: ChainEnd;
}

/**
 * Adds a log's next write to its chain of writes to one register. Beside its predecessor a link keeps a jump further
 * back, chosen by the skew-binary rule (Myers, 1983), so that any earlier write is found in logarithmic time.
 */
export const extendChain = (
  end: ChainEnd | undefined,
  seq: Seq,
): { readonly link: ChainLink; readonly end: ChainEnd } => {
  if (end === undefined) return { link: [0, 0], end: [1, seq] };
  const [length, last] = end;
  // The new link jumps over the jumps of the last two when these are of one length, and to the one before otherwise.
  const jumps = end.slice(jumpLength(length + 1) === 1 ? 1 : 3);
  return { link: [last, jumps[0] ?? 0], end: [length + 1, seq, ...jumps] };
};

/**
 * How far the jump of a link leads back: the least of the numbers 2^k - 1 of which its depth is the sum, each of them
 * the largest that fits into what those before it leave.
 */
const jumpLength = (depth: number): number => {
  let length = 1;
  while (2 * length + 1 <= depth) length = 2 * length + 1;
  for (let rest = depth - length; rest > 0; rest -= length) while (length > rest) length = (length - 1) / 2;
  return length;
};

/** The log's newest write to the register at or before `bound`; 0 when there is none. */
export const lastWriteUpTo = (
  context: Pick<ProjectionContext, 'get'>,
  chain: RegisterChain,
  bound: Seq,
): Seq => {
  const linkAt = linksOf(context, chain);
  let [, seq] = chain.end;
  while (seq > bound) {
    const [previous, jump] = linkAt(seq);
    seq = jump > bound ? jump : previous;
  }
  return seq;
};

/** Reads links of one chain: the rows of its events have all but the end of their keys in common. */
const linksOf = (
  context: Pick<ProjectionContext, 'get'>,
  { entityId, field, origin }: RegisterChain,
): ((seq: Seq) => ChainLink) => {
  const prefix = rowPrefix('event', entityId, origin);
  return (seq) => {
    const { writes } = readRow<EventRow>(context, prefix + paddedNumber(seq)) ?? {};
    const link = writes !== undefined && Object.hasOwn(writes, field) ? writes[field] : undefined;
    if (link === undefined) throw new Error(`event ${seq} of ${origin} has no link for "${field}"`);
    return link;
  };
};
