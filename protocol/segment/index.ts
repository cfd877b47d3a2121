export {
  appendLeaf,
  appendLeaves,
  type CompactTree,
  compactTreeFromPeaks,
  emptyTree,
  mayGrowTo,
  treeRoot,
} from './compact-tree.ts';
export { type LeafPath, leafPath, pathRoot } from './leaf-path.ts';
export { fits, SEGMENT_LIMITS, type SegmentSize } from './limits.ts';
export { merkleRoot } from './merkle-tree.ts';
export {
  type ConsistencyClaim,
  consistencyProof,
  type InclusionClaim,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from './proofs.ts';
export {
  type LeafSpan,
  leafSpan,
  nodesBelow,
  rootNode,
  STEP_LEVELS,
  type TreeNode,
  treeLevels,
} from './tree-node.ts';
