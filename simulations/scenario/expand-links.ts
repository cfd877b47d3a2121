import type { Draws } from '../draws/index.ts';
import type { PlannedLink } from '../plan/index.ts';
import { drawIn, drawsOf } from './chance.ts';
import type { Range } from './duration.ts';
import { minMsBetween } from './regions.ts';
import type { Roster } from './roster.ts';
import type { Scenario } from './scenario-schema.ts';
import { pairsOf } from './topology.ts';

/** What can be said of all links, and of some otherwise. */
interface Figures {
  readonly minMs?: Range;
  readonly meanExtraMs?: Range;
  readonly bytesPerSecond?: Range;
  readonly lossPermille?: Range;
}

/** The links of a run. What each is like follows from its two devices, not from which others there are. */
export const expandLinks = (
  { topology, links }: Scenario,
  roster: Roster,
  draws: Draws,
): readonly PlannedLink[] => {
  const others = links.pairs.map(({ from, to, ...figures }) => ({
    from: new Set(roster.select(from)),
    to: new Set(roster.select(to)),
    figures,
  }));
  return pairsOf(topology, roster.count, drawsOf(draws, 'topology', 'links')).map(([a, b]) => {
    const minMs = minMsBetween(links.regions, roster.regionOf(a), roster.regionOf(b));
    let figures: Required<Figures> = { ...links, ...(minMs !== undefined && { minMs }) };
    for (const other of others) {
      const isMeant = (other.from.has(a) && other.to.has(b)) || (other.from.has(b) && other.to.has(a));
      if (isMeant) figures = { ...figures, ...other.figures };
    }
    return plannedLink(a, b, figures, draws);
  });
};

const plannedLink = (a: number, b: number, figures: Required<Figures>, draws: Draws): PlannedLink => {
  const name = `link ${a} ${b}`;
  const latency = drawsOf(draws, 'latency', name);
  return {
    a,
    b,
    minUs: drawIn(latency, figures.minMs) * 1_000,
    meanExtraUs: drawIn(latency, figures.meanExtraMs) * 1_000,
    bytesPerSecond: drawIn(latency, figures.bytesPerSecond),
    lossPpm: drawIn(drawsOf(draws, 'loss', name), figures.lossPermille) * 1_000,
  };
};
