import type { DrawStream } from '../../simulations/draws/index.ts';
import { type Deed, isNaming } from './deed.ts';
import { LEFTOVERS, type Leftover, type PowerCut } from './power-cut.ts';

const WAYS = Object.keys(LEFTOVERS) as readonly Leftover[];

/**
 * All power cuts, in an order that is drawn: every other one is next to a deed that changes names or syncs, which is where
 * mistakes are, and of which there are few.
 */
export function* drawCuts(deeds: readonly Deed[], safe: number, draws: DrawStream): Iterable<PowerCut> {
  const moments = Array.from({ length: deeds.length - safe + 1 }, (_, i) => safe + i);
  const isTurn = (at: number): boolean =>
    [deeds[at - 1], deeds[at]].some((deed) => deed !== undefined && turns(deed));
  const cutsAt = (chosen: readonly number[]): readonly PowerCut[] =>
    draws.shuffled(chosen.flatMap((at) => WAYS.map((leftover): PowerCut => ({ at, leftover }))));
  const [turning, other] = [cutsAt(moments.filter(isTurn)), cutsAt(moments.filter((at) => !isTurn(at)))];
  for (let i = 0; i < Math.max(turning.length, other.length); i += 1) {
    for (const cuts of [turning, other]) {
      const cut = cuts[i];
      if (cut !== undefined) yield cut;
    }
  }
}

const turns = (deed: Deed): boolean => isNaming(deed) || deed.type === 'sync';
