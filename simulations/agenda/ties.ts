import type { DrawStream, Draws } from '../draws/index.ts';
import { PriorityTies } from './priority-ties.ts';
import type { TiePolicy, Ties } from './tie-policy.ts';

/** As it was put down. */
export const FIFO: Ties = { happensUs: (dueUs) => dueUs, rank: () => 0 };

/** In a drawn order. */
export const randomTies = (stream: Pick<DrawStream, 'word'>): Ties => ({
  happensUs: (dueUs) => dueUs,
  rank: () => stream.word(),
});

/** @param span in which priorities may change, in virtual microseconds */
export const tiesOf = (
  policy: TiePolicy,
  draws: Draws,
  span: { readonly fromUs: number; readonly toUs: number },
): Ties => {
  if (policy === 'fifo') return FIFO;
  return policy === 'random' ? randomTies(draws.stream('ties')) : new PriorityTies(policy, draws, span);
};
