import type { DrawStream } from '../draws/index.ts';
import type { Roster } from './roster.ts';
import type { Scenario } from './scenario-schema.ts';

type Partition = Scenario['faults'][number] & { readonly kind: 'partition' };

/** Tells of two devices whether they are parted. */
export const partingOf = (
  { into, groups }: Partition,
  roster: Roster,
  stream: DrawStream,
): ((a: number, b: number) => boolean) => {
  if (groups !== undefined) return betweenParts(groups.map((part) => roster.select(part)));
  const order = stream.shuffled([...roster.devices.keys()]);
  const [count, half] = [order.length, Math.floor(order.length / 2)];
  switch (into) {
    case 'thirds': {
      const [first, second] = [Math.floor(count / 3), Math.floor((2 * count) / 3)];
      return betweenParts([order.slice(0, first), order.slice(first, second), order.slice(second)]);
    }
    case 'minority': {
      const size = Math.max(1, Math.floor(count / 4));
      return betweenParts([order.slice(0, size), order.slice(size)]);
    }
    case 'bridge': {
      const bridge = Math.floor((count - 1) / 2);
      return betweenParts([order.slice(0, bridge), order.slice(bridge + 1)]);
    }
    case 'majorities':
      return betweenMajorities(order);
    default:
      return betweenParts([order.slice(0, half), order.slice(half)]);
  }
};

/** Parted are devices that stand in parts, but in none together. */
const betweenParts = (parts: readonly (readonly number[])[]): ((a: number, b: number) => boolean) => {
  const partsOf = new Map<number, readonly number[]>();
  for (const [i, part] of parts.entries())
    for (const device of part) partsOf.set(device, [...(partsOf.get(device) ?? []), i]);
  return (a, b) => {
    const [first, second] = [partsOf.get(a), partsOf.get(b)];
    return first !== undefined && second !== undefined && !first.some((part) => second.includes(part));
  };
};

/** On a ring, each device reaches just so many neighbours on either side that with itself they are more than half. */
const betweenMajorities = (order: readonly number[]): ((a: number, b: number) => boolean) => {
  const placeOf = new Map(order.map((device, i) => [device, i]));
  const reach = Math.ceil(Math.floor(order.length / 2) / 2);
  return (a, b) => {
    const apart = Math.abs((placeOf.get(a) ?? 0) - (placeOf.get(b) ?? 0));
    return Math.min(apart, order.length - apart) > reach;
  };
};
