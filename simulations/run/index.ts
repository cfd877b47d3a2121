export type { Outcome, RunViolation, Verdict } from './outcome.ts';
export { type RunListener, type RunOptions, runPlan } from './run-plan.ts';
export type { Sighting } from './visibility.ts';
export type { RunMode } from './world.ts';
