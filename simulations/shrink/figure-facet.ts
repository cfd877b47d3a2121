import type { Plan, PlannedDevice, PlannedLink } from '../plan/index.ts';
import type { FacetOf } from './facet.ts';

/** Figures that are simplest when they are 0. */
const OF_DEVICES = ['clockAheadMs', 'clockDriftPpm'] as const satisfies readonly (keyof PlannedDevice)[];
const OF_LINKS = ['lossPpm', 'meanExtraUs'] as const satisfies readonly (keyof PlannedLink)[];

/** What can be said of a run and need not: figures that are not 0, goals, and what is expected in the end. */
export const figureFacet: FacetOf = (plan) => {
  const { devices, links, goals, expected, core, phases, ties } = plan;
  const steps: readonly ((plan: Plan) => Plan)[] = [
    ...(expected === undefined ? [] : [withoutExpected]),
    ...(core?.length === devices.length ? [withoutCore] : []),
    ...(ties === undefined ? [] : [withoutTies]),
    ...goals.map((goal) => (from: Plan) => ({ ...from, goals: from.goals.filter((one) => one !== goal) })),
    ...(phases.quietUs === 0 ? [] : [withoutQuiet]),
    ...zeroings(devices, OF_DEVICES, (from, change) => ({ ...from, devices: from.devices.map(change) })),
    ...zeroings(links, OF_LINKS, (from, change) => ({ ...from, links: from.links.map(change) })),
  ];
  return {
    size: steps.length,
    without: (from, to) => steps.slice(from, to).reduce((smaller, step) => step(smaller), plan),
  };
};

const withoutExpected = ({ expected: _, ...plan }: Plan): Plan => plan;

const withoutCore = ({ core: _, ...plan }: Plan): Plan => plan;

const withoutTies = ({ ties: _, ...plan }: Plan): Plan => plan;

const withoutQuiet = (plan: Plan): Plan => ({ ...plan, phases: { ...plan.phases, quietUs: 0 } });

/** A step for each figure of an item that is not 0. */
const zeroings = <Item>(
  items: readonly Item[],
  keys: readonly (keyof Item)[],
  change: (plan: Plan, change: (item: Item, number: number) => Item) => Plan,
): readonly ((plan: Plan) => Plan)[] =>
  items.flatMap((item, at) =>
    keys
      .filter((key) => item[key] !== 0)
      .map(
        (key) => (plan: Plan) => change(plan, (one, number) => (number === at ? { ...one, [key]: 0 } : one)),
      ),
  );
