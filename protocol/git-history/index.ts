export type { ChainPoint } from './chain-past.ts';
export { CHANGES_ARGS, ChangeReader } from './change-reader.ts';
export { type ChainCut, type ChainedCommit, type CommitChain, cutChains } from './commit-chain.ts';
export { draftsOfCommit, sourcedDraftsOfCommit } from './commit-draft.ts';
export { CommitListParser, commitListArgs } from './commit-list.ts';
export { assignToDevices, type DeviceCommit } from './device-share.ts';
export type {
  GitChange,
  GitCommit,
  GitCommitHeader,
  GitHistory,
  GitOutputFault,
  GitTree,
} from './git-commit.ts';
export { nameOf } from './git-name.ts';
export { compareTree, type TreeDifference, treeArgs, treeFromLsTree } from './git-tree.ts';
export { orderHistory } from './history-order.ts';
