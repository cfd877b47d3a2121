import type { Fault } from '../plan/index.ts';
import { type FacetOf, omit } from './facet.ts';

/** What ends a state, and what may have begun it. */
const BEGINS: Partial<Record<Fault['type'], readonly Fault['type'][]>> = {
  unblock: ['block'],
  unclog: ['clog'],
  unscramble: ['scramble'],
  start: ['crash', 'wipe'],
  recover: ['ail'],
  behave: ['deceive'],
};

/** The faults of a plan. What ends one goes with it: a link that stays blocked would be another failure. */
export const faultFacet: FacetOf = (plan) => {
  const isPart = ({ type }: Fault): boolean => BEGINS[type] === undefined;
  return {
    size: plan.faults.filter(isPart).length,
    without: (from, to) => ({ ...plan, faults: withoutLooseEnds(omit(plan.faults, isPart, from, to)) }),
  };
};

/** Without what ends a state that was not begun. */
export const withoutLooseEnds = (faults: readonly Fault[]): readonly Fault[] => {
  const begun = new Set<string>();
  return faults.filter((fault) => {
    const begins = BEGINS[fault.type];
    if (begins === undefined) {
      begun.add(keyOf(fault.type, fault));
      return true;
    }
    const keys = begins.map((type) => keyOf(type, fault)).filter((key) => begun.has(key));
    for (const key of keys) begun.delete(key);
    return keys.length > 0;
  });
};

const keyOf = (type: Fault['type'], fault: Fault): string => {
  const { device, from, to, ill, deceit } = fault as {
    readonly device?: number;
    readonly from?: number;
    readonly to?: number;
    readonly ill?: string;
    readonly deceit?: string;
  };
  return [type, device, from, to, ill, deceit].join(' ');
};
