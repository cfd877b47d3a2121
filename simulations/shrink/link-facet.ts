import type { Fault, Plan, PlannedLink } from '../plan/index.ts';
import { isConnected } from '../scenario/index.ts';
import { type FacetOf, omit } from './facet.ts';

/** The links, each with what befalls it. */
export const linkFacet: FacetOf = (plan) => ({
  size: plan.links.length,
  without(from, to) {
    const links = omit(plan.links, () => true, from, to);
    return { ...plan, links, faults: plan.faults.filter((fault) => hasLink(fault, links)) };
  },
});

/** Whether all devices reach each other over its links, and those that must be equal do so without the others. */
export const hangsTogether = ({ devices, links, core }: Plan): boolean => {
  const pairs = links.map(({ a, b }) => [a, b] as const);
  return isConnected(pairs, [...devices.keys()]) && (core === undefined || isConnected(pairs, core));
};

const hasLink = (fault: Fault, links: readonly PlannedLink[]): boolean => {
  if ('from' in fault) return links.some((link) => joins(link, fault.from, fault.to));
  return !('a' in fault) || links.some((link) => joins(link, fault.a, fault.b));
};

const joins = ({ a, b }: PlannedLink, one: number, other: number): boolean =>
  (a === one && b === other) || (a === other && b === one);
