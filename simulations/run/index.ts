export type { Outcome, RunViolation, Verdict } from './outcome.ts';
export { type RunLimits, type RunListener, runPlan } from './run-plan.ts';
export type { Sighting } from './visibility.ts';
