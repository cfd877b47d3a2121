import { equalBytes } from '../bytes/index.ts';
import { accept, type Verdict } from '../fault/index.ts';
import { type Manifest, parseHash } from '../manifest/index.ts';
import { type LeafPath, leafPath, rootNode, treeLevels } from '../segment/index.ts';
import {
  askNodes,
  type Inquiry,
  type InquiryContext,
  type InquiryFault,
  type KnownNode,
} from './inquiry-steps.ts';

/**
 * Goes down the tree of the remote's manifest to the first leaf that the own leaves do not have: one that differs,
 * or the first beyond their end. Every step is verified against the signed root.
 *
 * @param leaves own leaf hashes of the segment, not all of which are the first ones of the remote's
 * @returns the path of that leaf in the remote's tree
 */
export function* findLeaf(
  context: InquiryContext,
  manifest: Manifest,
  leaves: readonly Uint8Array[],
): Inquiry<Verdict<LeafPath, InquiryFault>> {
  const { crypto } = context;
  const { events } = manifest;
  const levels = treeLevels(crypto, leaves.slice(0, events));
  // An own node that stands for fewer leaves than the remote's in its place has another hash.
  const isHeld = ({ node, hash }: KnownNode): boolean => {
    const mine = levels[node.level]?.[node.index];
    return mine !== undefined && equalBytes(mine, hash);
  };
  let at: KnownNode = { node: rootNode(events), hash: parseHash(manifest.root) ?? new Uint8Array() };
  let peaks: readonly Uint8Array[] = [];
  let rest: readonly Uint8Array[] = [];
  while (at.node.level > 0) {
    const below = yield* askNodes(context, manifest, at);
    if (!below.ok) return below;
    const place = below.value.findIndex((child) => !isHeld(child));
    const hashes = below.value.map(({ hash }) => hash);
    // Equal children make equal nodes, so one of them differs; the last stands in where this reasoning fails.
    const step = leafPath(crypto, hashes, place < 0 ? hashes.length - 1 : place);
    peaks = [...peaks, ...step.peaks];
    rest = [...step.rest, ...rest];
    at = below.value[step.index] ?? at;
  }
  return accept({ index: at.node.index, events, leaf: at.hash, peaks, rest });
}
