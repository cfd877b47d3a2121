export { expectedView, type ReplicaView } from './expected-state.ts';
export { expectedSwiftly } from './expected-swiftly.ts';
export {
  digestOfView,
  foldNaively,
  pastsOf,
  type Restrictions,
  readyPart,
  type SeqByLog,
  unforked,
} from './naive-fold.ts';
export { foldMembershipNaively, type MembershipView } from './naive-membership.ts';
export {
  type ClosedConflictView,
  type CountsView,
  countsOfView,
  type InvalidResolutionView,
  inOrder,
  type MetricView,
  type OpenConflictView,
  type RegisterView,
  type RelationView,
  type StateView,
  type WriteView,
} from './state-view.ts';
export { foldSwiftly } from './swift-fold.ts';
