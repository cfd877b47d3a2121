import { DEVICE_KEYS, type Plan, type PlannedLink } from '../plan/index.ts';
import type { FacetOf } from './facet.ts';
import { withoutLooseEnds } from './fault-facet.ts';
import { withOperations } from './loose-steps.ts';

/**
 * All devices but the founder. With a device goes what it does and what befalls it, and its clones; its neighbours are joined in a row
 * by its links, so that what hung together still does. Those that are left are numbered anew.
 */
export const deviceFacet: FacetOf = (plan) => ({
  size: plan.devices.length - 1,
  without: (from, to) => withoutDevices(plan, (device) => device > from && device <= to),
});

const withoutDevices = (plan: Plan, isLeftOut: (device: number) => boolean): Plan | undefined => {
  const isGone = (device: number): boolean =>
    isLeftOut(device) || isLeftOut(plan.devices[device]?.cloneOf ?? 0);
  const left = [...plan.devices.keys()].filter((device) => !isGone(device));
  const numbers = new Map(left.map((device, number) => [device, number]));
  const operations = renumbered(plan.operations, DEVICE_KEYS.operations, numbers);
  const { core, ...rest } = withOperations(plan, operations);
  const newCore = core?.flatMap((device) => numbers.get(device) ?? []);
  if (newCore?.length === 0) return undefined;
  const links = [...plan.devices.keys()].filter(isGone).reduce(joinNeighbours, plan.links);
  return {
    ...rest,
    ...(newCore !== undefined && { core: newCore }),
    devices: renumbered(
      plan.devices.filter((_, device) => !isGone(device)),
      ['cloneOf'],
      numbers,
    ),
    links: renumbered(links, DEVICE_KEYS.links, numbers).toSorted((x, y) => x.a - y.a || x.b - y.b),
    faults: withoutLooseEnds(renumbered(plan.faults, DEVICE_KEYS.faults, numbers)),
  };
};

/** The links without those of a device, and with such ones between its neighbours as there were none. */
const joinNeighbours = (links: readonly PlannedLink[], gone: number): readonly PlannedLink[] => {
  const isOwn = ({ a, b }: PlannedLink): boolean => a === gone || b === gone;
  const others = links.filter((link) => !isOwn(link));
  const row = links
    .filter(isOwn)
    .map((link) => ({ link, neighbour: link.a === gone ? link.b : link.a }))
    .toSorted((x, y) => x.neighbour - y.neighbour);
  const joined = row.slice(1).flatMap(({ link, neighbour: b }, i) => {
    const a = row[i]?.neighbour ?? b;
    return others.some((other) => other.a === a && other.b === b) ? [] : [{ ...link, a, b }];
  });
  return [...others, ...joined];
};

/** Items under the new numbers of the devices that they name; those that name one that is gone are gone, too. */
const renumbered = <Item extends object>(
  items: readonly Item[],
  keys: readonly string[],
  numbers: ReadonlyMap<number, number>,
): readonly Item[] =>
  items.flatMap((item) => {
    const named = Object.entries(item).filter(([key]) => keys.includes(key));
    const renamed = named.map(([key, device]) => [key, numbers.get(device as number)] as const);
    if (renamed.some(([, number]) => number === undefined)) return [];
    return [{ ...item, ...Object.fromEntries(renamed) }];
  });
