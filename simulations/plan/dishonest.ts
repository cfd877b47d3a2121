import type { Fault, Plan } from './plan.ts';

const DISHONEST: ReadonlySet<Fault['type']> = new Set(['deceive', 'fork', 'usurp', 'codec']);

/** The devices of a plan that mean no good at any time. */
export const dishonestIn = ({ faults }: Pick<Plan, 'faults'>): ReadonlySet<number> =>
  new Set(faults.flatMap((fault) => (DISHONEST.has(fault.type) && 'device' in fault ? [fault.device] : [])));
