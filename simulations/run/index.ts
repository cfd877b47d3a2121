export type { Outcome, Verdict } from './outcome.ts';
export { type RunListener, runPlan } from './run-plan.ts';
