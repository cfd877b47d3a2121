import type { EventId, Origin, Seq } from '../event/index.ts';
import { SmoError } from '../fault/index.ts';
import type { Place } from '../log/index.ts';
import { type ProjectionContext, readRow, writeRow } from './context.ts';
import { paddedNumber, rowKey } from './keys.ts';
import { PROJECTION_LIMITS } from './limits.ts';
import type { ChainEnd, ChainPage, RegisterRow } from './rows.ts';

const { pageWrites: PAGE_WRITES } = PROJECTION_LIMITS;

/** Characters of an event id by which a write is told from others: 30 bits. */
const NAME_CHARS = 6;

/** One log's writes to one register. */
export interface RegisterChain {
  readonly entityId: string;
  readonly field: string;
  readonly origin: Origin;
}

/** A write to a register, as its chain keeps it. */
export interface ChainWrite extends Place {
  /** What {@link nameOf} gives for its event id. */
  readonly name: string;
}

type Rows = Pick<ProjectionContext, 'get'>;

/** The part of an event id that chains keep; ids that have it in common are still to be compared. */
export const nameOf = (id: string): string => id.slice(ID_PREFIX_CHARS, NAME_END).padEnd(NAME_CHARS);

/** Whether the id of a write may begin with a text; the ids themselves are still to be compared. */
export const isNamed = ({ name }: ChainWrite, text: string): boolean =>
  name.startsWith(text.slice(ID_PREFIX_CHARS, NAME_END));

/** All ids begin with the version of their form. */
const ID_PREFIX_CHARS = 'ev1'.length;

const NAME_END = ID_PREFIX_CHARS + NAME_CHARS;

/**
 * Adds a log's next write to its chain of writes to one register. The last few writes stand in the row of the register;
 * when they are as many as a page, they are written down as one and never change again.
 */
export const extendChain = (
  context: Pick<ProjectionContext, 'put'>,
  chain: RegisterChain,
  end: ChainEnd | undefined,
  { seq, id }: { readonly seq: Seq; readonly id: EventId },
): ChainEnd => {
  const [count, names, ...seqs] = end ?? NO_WRITES;
  if (seqs.length < PAGE_WRITES) return [count + 1, names + nameOf(id), ...seqs, seq];
  writeRow<ChainPage>(context, pageKey(chain, count / PAGE_WRITES - 1), [names, ...seqs]);
  return [count + 1, nameOf(id), seq];
};

const NO_WRITES: ChainEnd = [0, ''];

/** The log's newest write to the register at or before `bound`; 0 when there is none. */
export const lastWriteUpTo = (context: Rows, chain: RegisterChain, end: ChainEnd, bound: Seq): Seq => {
  const [, , ...newest] = end;
  const [first = 0] = newest;
  if (first <= bound) return lastUpTo(newest, bound);
  // The first page of which nothing is at or before the bound.
  let [from, to] = [0, pagesOf(end)];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((pageAt(context, chain, middle)[1] ?? 0) > bound) to = middle;
    else from = middle + 1;
  }
  if (from === 0) return 0;
  const [, ...seqs] = pageAt(context, chain, from - 1);
  return lastUpTo(seqs, bound);
};

const lastUpTo = (seqs: readonly Seq[], bound: Seq): Seq => seqs.findLast((seq) => seq <= bound) ?? 0;

/**
 * All writes to a register, of each log the newest ones first.
 * @throws SmoError `state_damaged` where a row of them is missing
 */
export function* registerWrites(
  context: Rows,
  { entityId, field }: Omit<RegisterChain, 'origin'>,
  { chains }: Pick<RegisterRow, 'chains'>,
): Iterable<ChainWrite> {
  for (const [name, end] of Object.entries(chains)) {
    const origin = name as Origin;
    const [, ...newest] = end;
    yield* pageBack(origin, newest);
    for (let page = pagesOf(end) - 1; page >= 0; page -= 1) {
      yield* pageBack(origin, pageAt(context, { entityId, field, origin }, page));
    }
  }
}

function* pageBack(origin: Origin, [names, ...seqs]: ChainPage): Iterable<ChainWrite> {
  for (let i = seqs.length - 1; i >= 0; i -= 1) {
    yield { origin, seq: seqs[i] ?? 0, name: names.slice(i * NAME_CHARS, (i + 1) * NAME_CHARS) };
  }
}

/** How many pages come before what stands in the row of the register. */
const pagesOf = ([count, , ...newest]: ChainEnd): number => (count - newest.length) / PAGE_WRITES;

const pageAt = (context: Rows, chain: RegisterChain, page: number): ChainPage => {
  const row = readRow<ChainPage>(context, pageKey(chain, page));
  if (row !== undefined) return row;
  throw new SmoError(
    'state_damaged',
    `page ${page} of the writes of ${chain.origin} to field "${chain.field}" of ${chain.entityId} is missing from the state`,
    'Ask again, if the state is being made anew ("smo status" says so); otherwise run "smo doctor".',
  );
};

const pageKey = ({ entityId, field, origin }: RegisterChain, page: number): string =>
  rowKey('writes', entityId, field, origin, paddedNumber(page));
