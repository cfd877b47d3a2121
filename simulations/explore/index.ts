export type { Action } from './action.ts';
export { exploreGraphs, type GraphCount } from './causal-graphs.ts';
export { type Exploration, type ExploredViolation, type ExploreOptions, explore } from './explore.ts';
export { withOpenFields } from './object-text.ts';
export type { Scope } from './scope.ts';
