import type { Fault, Plan } from '../../simulations/plan/index.ts';
import { expandScenario, type ScenarioInput, scenario } from '../../simulations/scenario/index.ts';

/** From when to when the chaos lasts, unless a scenario says otherwise. */
export const CHAOS_US = { begin: 10_000_000, end: 70_000_000 } as const;

/** What a scenario becomes, of which a test says only what matters to it. */
export const planOf = (input: Partial<ScenarioInput>, seed = 1n, peers?: number): Plan =>
  expandScenario(scenario({ name: 'some', ...input }), peers === undefined ? { seed } : { seed, peers });

/** The plan of a scenario in which nobody writes, unless it is said, and things go wrong. */
export const planOfFaults = (
  faults: NonNullable<ScenarioInput['faults']>,
  input: Partial<ScenarioInput> = {},
  seed = 1n,
): Plan => planOf({ workload: { events: 0 }, ...input, faults }, seed);

/** The faults of a plan that are of some types. */
export const ofType = <Type extends Fault['type']>({ faults }: Plan, ...types: readonly Type[]) =>
  faults.filter((fault): fault is Fault & { readonly type: Type } =>
    (types as readonly string[]).includes(fault.type),
  );
