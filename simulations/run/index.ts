export { foundSpace } from './found-space.ts';
export type { RunListener } from './listener.ts';
export type { DeviceNews, FrameLoad, FrameNews, News, PhaseName } from './news.ts';
export type { Outcome, RunViolation, Verdict } from './outcome.ts';
export { type RunOptions, runPlan } from './run-plan.ts';
export type { DeviceSample, Sample } from './samples.ts';
export type { Journey } from './stretch.ts';
export type { Sighting } from './visibility.ts';
export type { RunMode } from './world.ts';
