import { Draws } from '../draws/index.ts';
import { isStep, type Plan, type PlannedLink } from '../plan/index.ts';
import { expandFaults } from './expand-faults.ts';
import { type ExpandedGiven, expandGiven, type GivenScene } from './expand-given.ts';
import { expandLinks } from './expand-links.ts';
import { expandWorkload } from './expand-workload.ts';
import type { GivenWorkload } from './given.ts';
import { mistaken } from './mistakes.ts';
import { isConnected } from './pairs.ts';
import { Roster } from './roster.ts';
import type { Scenario } from './scenario-schema.ts';

/** How much longer all may take to become equal for each step of a history, which has to wait for the ones before. */
const STEP_US = 500_000;

/** What a scenario leaves open. */
export interface Expansion {
  /** 64 bits; higher ones are cut off. */
  readonly seed: bigint;
  /** How many devices, in place of those of the scenario; its groups keep their proportions. */
  readonly peers?: number;
  /** What was read for a workload that is not made up. */
  readonly given?: GivenWorkload;
}

/**
 * Makes every decision that a scenario leaves to chance. The same seed gives the same plan; a fault, a writer or a
 * concern that is left out leaves the draws of all others as they are.
 *
 * @throws SmoError `scenario_invalid` where the scenario makes no sense with so many devices
 */
export const expandScenario = (scenario: Scenario, { seed, peers, given }: Expansion): Plan => {
  const draws = new Draws(seed);
  const roster = new Roster(scenario, draws, peers);
  const { setup, chaos, heal, quiet } = scenario.phases;
  const span = { fromUs: setup, toUs: setup + chaos };
  const links = expandLinks(scenario, roster, draws);
  const outside = new Set(scenario.outside === undefined ? [] : roster.select(scenario.outside));
  const { faults, operations } = expandFaults(scenario, { roster, links, outside, chaos: span }, draws);
  const scene = { name: scenario.name, roster, chaos: span, outside, operations };
  const { tree, ...workload } = expandPeople(scenario, given, scene, draws);
  const done = [...workload.operations, ...operations];
  const { lastWord, ...counts } = scenario.assert;
  const isAsked = lastWord === true && tree === undefined;
  const expected = {
    ...counts,
    ...(tree !== undefined && { openConflicts: { max: 0 } }),
    // What git holds is all that there is to be in the end.
    ...(isAsked && { lastWord: true }),
  };
  return {
    name: scenario.name,
    about: scenario.about,
    seed: BigInt.asUintN(64, seed).toString(),
    devices: roster.devices,
    links,
    phases: {
      setupUs: span.fromUs,
      chaosUs: span.toUs,
      healUs: span.toUs + heal + STEP_US * done.filter(isStep).length,
      quietUs: quiet,
    },
    ...(scenario.founding !== 'live' && { founding: scenario.founding }),
    ...(scenario.ties !== 'random' && { ties: scenario.ties }),
    operations: inOrderOfTime(done),
    faults: inOrderOfTime(faults),
    goals: scenario.sometimes,
    ...(scenario.outside === undefined ? {} : { core: coreOf(scenario, roster, outside, links) }),
    ...(Object.keys(expected).length === 0 ? {} : { expected }),
    ...(tree !== undefined && { tree }),
  };
};

/** What people do, made up or as it was read. */
const expandPeople = (
  { workload }: Scenario,
  given: GivenWorkload | undefined,
  scene: GivenScene,
  draws: Draws,
): ExpandedGiven => {
  if (workload.kind !== 'synthetic') return expandGiven(workload, given, scene, draws);
  return { operations: expandWorkload(workload, scene.roster, scene.chaos, draws) };
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
