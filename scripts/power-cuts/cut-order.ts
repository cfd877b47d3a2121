import type { DrawStream } from '../../simulations/draws/index.ts';
import { isNaming, type Operation } from './operation.ts';
import { PERSISTENCE, type Persistence, type PowerCut } from './power-cut.ts';

const WAYS = Object.keys(PERSISTENCE) as readonly Persistence[];

/**
 * All power cuts, in an order that is drawn: every other one is next to an operation that changes names or syncs,
 * which is where mistakes are, and of which there are few.
 */
export function* drawCuts(
  operations: readonly Operation[],
  safe: number,
  draws: DrawStream,
): Iterable<PowerCut> {
  const moments = Array.from({ length: operations.length - safe + 1 }, (_, i) => safe + i);
  const isTurn = (at: number): boolean =>
    [operations[at - 1], operations[at]].some((operation) => operation !== undefined && turns(operation));
  const cutsAt = (chosen: readonly number[]): readonly PowerCut[] =>
    draws.shuffled(chosen.flatMap((at) => WAYS.map((persisted): PowerCut => ({ at, persisted }))));
  const [turning, other] = [cutsAt(moments.filter(isTurn)), cutsAt(moments.filter((at) => !isTurn(at)))];
  for (let i = 0; i < Math.max(turning.length, other.length); i += 1) {
    for (const cuts of [turning, other]) {
      const cut = cuts[i];
      if (cut !== undefined) yield cut;
    }
  }
}

const turns = (operation: Operation): boolean => isNaming(operation) || operation.type === 'sync';
