import type { Plan } from '../plan/index.ts';
import type { FacetOf } from './facet.ts';

/** Shorter than this no time is made. */
const SHORT_US = 100_000;

/**
 * The times of a plan, which become shorter step by step: the chaos ends when nothing happens any more, half as much
 * time passes between what happens, the setup takes half as long. The time to heal stays, as it says how long is too
 * long.
 */
export const timeFacet: FacetOf = (plan) => {
  const steps = [endChaosSooner, hurry, setUpSooner].filter((step) => step(plan) !== plan);
  return {
    size: steps.length,
    without: (from, to) => steps.slice(from, to).reduce((shorter, step) => step(shorter), plan),
  };
};

const endChaosSooner = (plan: Plan): Plan => {
  const { setupUs, chaosUs, healUs } = plan.phases;
  const endUs = Math.max(setupUs, ...timesOf(plan).map((atUs) => atUs + 1));
  if (endUs >= chaosUs) return plan;
  return { ...plan, phases: { ...plan.phases, chaosUs: endUs, healUs: healUs - (chaosUs - endUs) } };
};

const hurry = (plan: Plan): Plan => {
  const { setupUs } = plan.phases;
  if (Math.max(0, ...timesOf(plan)) < setupUs + SHORT_US) return plan;
  return retimed(plan, (atUs) => Math.min(atUs, setupUs + Math.floor(Math.max(0, atUs - setupUs) / 2)));
};

const setUpSooner = (plan: Plan): Plan => {
  const { setupUs, chaosUs, healUs } = plan.phases;
  const byUs = Math.floor(setupUs / 2);
  if (byUs < SHORT_US || Math.min(setupUs, ...timesOf(plan)) < setupUs) return plan;
  const phases = { ...plan.phases, setupUs: setupUs - byUs, chaosUs: chaosUs - byUs, healUs: healUs - byUs };
  return retimed({ ...plan, phases }, (atUs) => atUs - byUs);
};

const timesOf = ({ operations, faults }: Plan): readonly number[] => [
  ...operations.map(({ atUs }) => atUs),
  ...faults.map(({ atUs }) => atUs),
];

const retimed = (plan: Plan, to: (atUs: number) => number): Plan => ({
  ...plan,
  operations: plan.operations.map((operation) => ({ ...operation, atUs: to(operation.atUs) })),
  faults: plan.faults.map((fault) => ({ ...fault, atUs: to(fault.atUs) })),
});
