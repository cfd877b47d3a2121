import type { Crypto } from '../crypto/index.ts';
import { parents } from './merkle-tree.ts';

/**
 * A node of a Merkle tree, named by where it stands: its hash is the Merkle root over the leaves from
 * `index * 2^level` on, 2^level of them or as many as there are. Level 0 holds the leaves; the last node of a
 * level may stand for fewer leaves than the others, and has the same hash as the node below it if that has no
 * sibling.
 */
export interface TreeNode {
  readonly level: number;
  /** Place in its level, from 0. */
  readonly index: number;
}

/** Leaves that a node stands for: from `from` on, up to `to` without it. */
export interface LeafSpan {
  readonly from: number;
  readonly to: number;
}

/** Levels that one step down a tree goes at most: 16 children a step. */
export const STEP_LEVELS = 4;

/** Root of a tree. @param events leaves, at least 1 */
export const rootNode = (events: number): TreeNode => ({ level: Math.ceil(Math.log2(events)), index: 0 });

/** Leaves of a node in a tree of so many leaves; undefined when the tree has no such node. */
export const leafSpan = (events: number, { level, index }: TreeNode): LeafSpan | undefined => {
  const from = index * 2 ** level;
  if (level > rootNode(events).level || from >= events) return undefined;
  return { from, to: Math.min(from + 2 ** level, events) };
};

/**
 * Nodes one step below a node, left to right: those {@link STEP_LEVELS} levels further down, or the leaves where
 * there are fewer levels. The Merkle root over their hashes is the hash of the node.
 */
export const nodesBelow = (events: number, node: TreeNode): readonly TreeNode[] => {
  const span = leafSpan(events, node);
  if (span === undefined || node.level === 0) return [];
  const level = Math.max(node.level - STEP_LEVELS, 0);
  const first = span.from / 2 ** level;
  const end = Math.ceil(span.to / 2 ** level);
  return Array.from({ length: end - first }, (_, i) => ({ level, index: first + i }));
};

/** All hashes of a tree: `levels[level][index]`, the leaves first. */
export const treeLevels = (
  crypto: Crypto,
  leaves: readonly Uint8Array[],
): readonly (readonly Uint8Array[])[] => {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; ) {
    level = parents(crypto, level);
    levels.push(level);
  }
  return levels;
};
