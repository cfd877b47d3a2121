import { Draws } from '../draws/index.ts';
import type { Plan, PlannedLink } from '../plan/index.ts';
import { expandFaults } from './expand-faults.ts';
import { expandLinks } from './expand-links.ts';
import { expandWorkload } from './expand-workload.ts';
import { mistaken } from './mistakes.ts';
import { isConnected } from './pairs.ts';
import { Roster } from './roster.ts';
import type { Scenario } from './scenario-schema.ts';

/** What a scenario leaves open. */
export interface Expansion {
  /** 64 bits; higher ones are cut off. */
  readonly seed: bigint;
  /** How many devices, in place of those of the scenario; its groups keep their proportions. */
  readonly peers?: number;
}

/**
 * Makes every decision that a scenario leaves to chance. The same seed gives the same plan; a fault, a writer or a
 * concern that is left out leaves the draws of all others as they are.
 *
 * @throws SmoError `scenario_invalid` where the scenario makes no sense with so many devices
 */
export const expandScenario = (scenario: Scenario, { seed, peers }: Expansion): Plan => {
  const draws = new Draws(seed);
  const roster = new Roster(scenario, draws, peers);
  const { setup, chaos, heal, quiet } = scenario.phases;
  const span = { fromUs: setup, toUs: setup + chaos };
  const links = expandLinks(scenario, roster, draws);
  const outside = new Set(scenario.outside === undefined ? [] : roster.select(scenario.outside));
  const { faults, operations } = expandFaults(scenario, { roster, links, outside, chaos: span }, draws);
  const done = [...expandWorkload(scenario, roster, span, draws), ...operations];
  return {
    name: scenario.name,
    about: scenario.about,
    seed: BigInt.asUintN(64, seed).toString(),
    devices: roster.devices,
    links,
    phases: { setupUs: span.fromUs, chaosUs: span.toUs, healUs: span.toUs + heal, quietUs: quiet },
    operations: inOrderOfTime(done),
    faults: inOrderOfTime(faults),
    goals: scenario.sometimes,
    ...(scenario.outside === undefined ? {} : { core: coreOf(scenario, roster, outside, links) }),
    ...(Object.keys(scenario.assert).length === 0 ? {} : { expected: scenario.assert }),
  };
};

/** Devices that must be equal in the end: they have to reach each other whatever becomes of the others. */
const coreOf = (
  { name }: Scenario,
  roster: Roster,
  outside: ReadonlySet<number>,
  links: readonly PlannedLink[],
): readonly number[] => {
  const core = [...roster.devices.keys()].filter((device) => !outside.has(device));
  const pairs = links.map(({ a, b }) => [a, b] as const);
  if (core.length > 0 && isConnected(pairs, core)) return core;
  const problem =
    core.length === 0
      ? 'all devices are "outside", so that none has to be equal to another in the end'
      : 'without the devices that are "outside" the others have no links that join them all';
  throw mistaken('scenario_invalid', `scenario ${name}`, [{ path: ['outside'], message: problem }]);
};

/** Those of one time stay in the order in which they were decided. */
const inOrderOfTime = <Item extends { readonly atUs: number }>(items: readonly Item[]): readonly Item[] =>
  items.toSorted((a, b) => a.atUs - b.atUs);
