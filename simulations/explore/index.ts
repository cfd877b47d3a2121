export type { Action } from './action.ts';
export { type Exploration, type ExploredViolation, type ExploreOptions, explore } from './explore.ts';
export type { Scope } from './scope.ts';
