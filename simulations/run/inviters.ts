import type { PlannedLink } from '../plan/index.ts';

/**
 * For each device the one that let it in: the founder where there is a link to it, else the first of those that come
 * before it on the way. Itself for who has no way to the founder.
 */
export const invitersOf = (devices: number, links: readonly PlannedLink[]): readonly number[] => {
  const neighbours = Array.from({ length: devices }, (): number[] => []);
  for (const { a, b } of links) {
    neighbours[a]?.push(b);
    neighbours[b]?.push(a);
  }
  const inviters = Array.from({ length: devices }, (_, device) => device);
  const reached = new Set([0]);
  for (const device of reached) {
    for (const other of neighbours[device] ?? []) {
      if (reached.has(other)) continue;
      reached.add(other);
      inviters[other] = device;
    }
  }
  return inviters;
};
