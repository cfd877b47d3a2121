import { SmoError } from '../../protocol/fault/index.ts';
import { cutChains, type GitHistory } from '../../protocol/git-history/index.ts';
import { mayWrite } from '../../protocol/membership/index.ts';
import type { DrawStream, Draws } from '../draws/index.ts';
import type { Operation, TreePath } from '../plan/index.ts';
import { ChainDeal } from './chain-deal.ts';
import { drawIn, drawsOf } from './chance.ts';
import type { GivenEvent, GivenWorkload, OutsideWorkload } from './given.ts';
import { mistaken } from './mistakes.ts';
import type { Roster } from './roster.ts';
import type { Span } from './spans.ts';

/** What a workload that was read comes to. */
export interface ExpandedGiven {
  readonly operations: readonly Operation[];
  /** What git holds in the end. */
  readonly tree?: readonly TreePath[];
}

/** What the expansion looks at beside the workload. */
export interface GivenScene {
  readonly name: string;
  readonly roster: Roster;
  readonly chaos: Span;
  /** Devices that need not be equal to the others in the end. */
  readonly outside: ReadonlySet<number>;
  /** What else is done. */
  readonly operations: readonly Operation[];
}

/** Deals what was read to devices, and decides when each may write its part. */
export const expandGiven = (
  workload: OutsideWorkload,
  given: GivenWorkload | undefined,
  scene: GivenScene,
  draws: Draws,
): ExpandedGiven => {
  if (given === undefined) throw notRead(scene.name);
  const writers = writersOf(workload, scene);
  const deal = drawsOf(draws, 'workload', 'history devices');
  const times = drawsOf(draws, 'workload', 'history times');
  switch (given.kind) {
    case 'git': {
      const turn = workload.kind === 'git' ? workload.turn : undefined;
      return expandGit(given.history, new ChainDeal(writers, deal, turn), scene.chaos, times);
    }
    case 'events': {
      const isDrawn = workload.kind === 'jsonl' && workload.times === 'drawn';
      const timesUs = isDrawn
        ? drawnTimes(given.events.length, scene.chaos, times)
        : givenTimes(given.events, scene.chaos);
      return { operations: eventSteps(given.events, new ChainDeal(writers, deal), timesUs) };
    }
    case 'drafts': {
      const timesUs = drawnTimes(given.drafts.length, scene.chaos, times);
      const operations = given.drafts.map((draft, i): Operation => {
        const device = deal.pick(writers) ?? 0;
        return { atUs: timesUs[i] ?? 0, device, type: 'write', drafts: [draft] };
      });
      return { operations };
    }
  }
};

/** Devices that may write all the time: what one of them is to write, nobody else will. */
const writersOf = (workload: OutsideWorkload, scene: GivenScene): readonly number[] => {
  const { name, roster, outside, operations } = scene;
  const changed = new Set(operations.flatMap((one) => ('target' in one ? [one.target] : [])));
  const writers = roster
    .select(workload.writers)
    .filter((device) => mayWrite(roster.devices[device]?.role ?? 'reader'))
    .filter((device) => !outside.has(device) && !changed.has(device));
  if (writers.length > 0) return writers;
  const message =
    'there is no device that could write it: none may write, is not "outside", and stays what it is';
  throw mistaken('scenario_invalid', `scenario ${name}`, [{ path: ['workload', 'writers'], message }]);
};

const expandGit = (history: GitHistory, deal: ChainDeal, chaos: Span, stream: DrawStream): ExpandedGiven => {
  const { commits } = cutChains(history.commits);
  const timesUs = drawnTimes(commits.length, chaos, stream);
  const steps = new ChainSteps();
  const operations = commits.map(({ commit, chain, seen }, step): Operation => {
    const after = seen.map((point) => steps.at(point.chain, point.position));
    steps.add(chain, step);
    const { id, author } = commit;
    const changes = commit.changes.map(({ path, blob }) => [path, blob] as const);
    const place = { atUs: timesUs[step] ?? 0, device: deal.next(chain), type: 'commit' as const };
    return { ...place, step, chain, after, id, author, changes };
  });
  return { operations, tree: [...history.tree].map(([path, blob]) => ({ path, blob })) };
};

const eventSteps = (
  events: readonly GivenEvent[],
  deal: ChainDeal,
  timesUs: readonly number[],
): readonly Operation[] => {
  const steps = new ChainSteps();
  /** What the event before has seen, by chain: what has not risen since need not be told. */
  const known = new Map<string, number>();
  return events.map(({ draft, chain, seen }, step): Operation => {
    const risen = seen.filter((one) => one.count > (known.get(`${chain} ${one.chain}`) ?? 0));
    for (const one of risen) known.set(`${chain} ${one.chain}`, one.count);
    const after = risen.map((one) => steps.at(one.chain, one.count));
    steps.add(chain, step);
    const place = { atUs: timesUs[step] ?? 0, device: deal.next(chain), type: 'replay' as const };
    return { ...place, step, chain, after, draft };
  });
};

/** Which step stands where on a chain. */
class ChainSteps {
  readonly #chains = new Map<number, number[]>();

  add(chain: number, step: number): void {
    const steps = this.#chains.get(chain) ?? [];
    this.#chains.set(chain, steps);
    steps.push(step);
  }

  /** @param position from 1 */
  at(chain: number, position: number): number {
    const step = this.#chains.get(chain)?.[position - 1];
    if (step === undefined) throw new RangeError(`chain ${chain} has no step ${position} yet`);
    return step;
  }
}

/** So many times of the chaos, ascending: what comes first in a history may be written first. */
const drawnTimes = (count: number, { fromUs, toUs }: Span, stream: DrawStream): readonly number[] =>
  Array.from({ length: count }, () => drawIn(stream, { from: fromUs, to: toUs - 1 })).sort((a, b) => a - b);

/** As far apart as they were written, but closer together where the chaos would be too short. */
const givenTimes = (events: readonly GivenEvent[], { fromUs, toUs }: Span): readonly number[] => {
  const firstMs = events.reduce((least, { writtenAtMs }) => Math.min(least, writtenAtMs), Number.MAX_VALUE);
  const sinceUs = events.map(({ writtenAtMs }) => Math.floor((writtenAtMs - firstMs) * 1_000));
  const lastUs = sinceUs.reduce((most, us) => Math.max(most, us), 0);
  const roomUs = toUs - 1 - fromUs;
  return sinceUs.map((us) => fromUs + (lastUs <= roomUs ? us : Math.floor((us / lastUs) * roomUs)));
};

const notRead = (name: string): SmoError =>
  new SmoError(
    'workload_not_read',
    `the workload of scenario ${name} has not been read`,
    'Hand over what it says as "given" when the scenario is expanded.',
  );
