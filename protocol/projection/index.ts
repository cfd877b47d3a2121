export { noCounts, type ProjectionContext, type ProjectionCounts } from './context.ts';
export { composeKey, keyParts, orderPart, paddedNumber, placeParts, rowKey, rowPrefix } from './keys.ts';
export { listExcluded, projectEvent } from './project.ts';
export { candidatePlaces, isConflict } from './register.ts';
export { isNamed, registerWrites } from './register-chain.ts';
export {
  type ClosedConflictRow,
  type InvalidResolutionRow,
  type MetricRow,
  type PlacePair,
  pairOf,
  placeOf,
  type RegisterRow,
  type RegisterWrite,
  type RelationAddition,
  type RelationRow,
} from './rows.ts';
export { hashItem, StateDigest } from './state-digest.ts';
export { registerValue, type ValueContext } from './written-value.ts';
