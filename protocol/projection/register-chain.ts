import type { Origin, Seq } from '../event/index.ts';
import { type ProjectionContext, readRow } from './context.ts';
import { paddedNumber, rowPrefix } from './keys.ts';
import type { ChainLink, EventRow } from './rows.ts';

/** One log's writes to one register. */
export interface RegisterChain {
  readonly entityId: string;
  readonly field: string;
  readonly origin: Origin;
  /** Seq of the log's newest write to the register; 0 when there is none. */
  readonly last: Seq;
}

type Reader = Pick<ProjectionContext, 'get'>;

/** Before the first write of a chain. */
const START: ChainLink = [0, 0, 0];

/**
 * The link of a log's next write to a register. Beside its predecessor it keeps a jump further back, chosen by
 * the skew-binary rule (Myers, 1983), so that any earlier write is found in logarithmic time.
 */
export const nextLink = (context: Reader, chain: RegisterChain): ChainLink => {
  const linkAt = linksOf(context, chain);
  const [before, , jump] = linkAt(chain.last);
  const depth = before + 1;
  if (jumpLength(depth) === 1) return [depth, chain.last, chain.last];
  const [, , jumpOfJump] = linkAt(jump);
  return [depth, chain.last, jumpOfJump];
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
export const lastWriteUpTo = (context: Reader, chain: RegisterChain, bound: Seq): Seq => {
  const linkAt = linksOf(context, chain);
  let seq = chain.last;
  while (seq > bound) {
    const [, previous, jump] = linkAt(seq);
    seq = jump > bound ? jump : previous;
  }
  return seq;
};

/** Reads links of one chain: the rows of its events have all but the end of their keys in common. */
const linksOf = (context: Reader, { entityId, field, origin }: RegisterChain): ((seq: Seq) => ChainLink) => {
  const prefix = rowPrefix('event', entityId, origin);
  return (seq) => {
    if (seq === 0) return START;
    const { writes } = readRow<EventRow>(context, prefix + paddedNumber(seq)) ?? {};
    const link = writes !== undefined && Object.hasOwn(writes, field) ? writes[field] : undefined;
    if (link === undefined) throw new Error(`event ${seq} of ${origin} has no link for "${field}"`);
    return link;
  };
};
