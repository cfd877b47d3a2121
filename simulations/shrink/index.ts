export { failureOf } from './failure.ts';
export { type ShrinkOptions, type Shrunk, shrinkPlan } from './shrink-plan.ts';
