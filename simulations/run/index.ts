export { invitersOf } from './inviters.ts';
export type { Outcome, RunViolation, Verdict } from './outcome.ts';
export { type RunListener, runPlan } from './run-plan.ts';
export type { Sighting } from './visibility.ts';
