import type { Crypto } from '../crypto/index.ts';
import { EVENT_LIMITS, type EventId, eventIdFromLeaf, leafHasher, type Seq } from '../event/index.ts';
import { accept, refuse, SmoError, type Verdict } from '../fault/index.ts';
import {
  appendLeaves,
  type CompactTree,
  compactTreeFromPeaks,
  emptyTree,
  treeRoot,
} from '../segment/index.ts';
import { formatHash } from './commitment.ts';
import type { Manifest, SpaceId } from './manifest.ts';
import { describeSegment, type ManifestFault } from './manifest-fault.ts';
import { verifyManifest, verifySuccession } from './verification.ts';

/** The newest verified position of a log: what a range is held against. */
export interface VerifiedTail {
  /** Newest manifest: a head, or the sealed one that closed the last segment. */
  readonly manifest: Manifest;
  /** Peaks of the tree over the records that the manifest covers, left to right. */
  readonly peaks: readonly Uint8Array[];
}

/** Records of one segment, up to the last one that a manifest covers. */
export interface RangeClaim {
  readonly space: SpaceId;
  /** What is held of the log; undefined: nothing. */
  readonly tail: VerifiedTail | undefined;
  readonly manifest: Manifest;
  /** Seq of the first record, or of the one that would come next when there is none. */
  readonly firstSeq: Seq;
  readonly records: readonly Uint8Array[];
}

/** A whole segment as it is stored. */
export interface SegmentClaim {
  readonly space: SpaceId;
  /** Sealed manifest of the segment before; undefined for segment 0. */
  readonly previous: Manifest | undefined;
  readonly manifest: Manifest;
  /** All records that the manifest covers. */
  readonly records: readonly Uint8Array[];
}

/** Records that are proved to stand where the owner of the log has signed them. */
export interface VerifiedRange {
  readonly manifest: Manifest;
  readonly firstSeq: Seq;
  readonly records: readonly Uint8Array[];
  /** Ids of the records, in order. */
  readonly ids: readonly EventId[];
  /** Tree over all that the manifest covers. */
  readonly tree: CompactTree;
}

/**
 * Verifies records that continue a log: the manifest and its place, then that the records fill the gap between
 * what is held and what the manifest covers, and hash to its root. The tail's own segment goes on if the tail
 * is a head; if it is sealed, a segment begins. What lies inside the records is not looked at.
 *
 * @throws SmoError `tail_damaged` when the peaks of the tail do not make the root that its manifest signs: the
 *   fault of the own store, which must not be laid on the sender
 */
export const verifyRange = (crypto: Crypto, claim: RangeClaim): Verdict<VerifiedRange, ManifestFault> => {
  const { space, tail, manifest } = claim;
  const signed = verifyManifest(crypto, manifest, { space });
  if (!signed.ok) return signed;
  const placed = verifySuccession(crypto, tail?.manifest, manifest);
  if (!placed.ok) return placed;
  const held = tail === undefined || tail.manifest.sealed ? NOTHING : heldBy(crypto, tail);
  return verifyRecords(crypto, held, claim);
};

/**
 * Verifies a whole stored segment. A root covers all of its records together, so a root that does not match
 * says that at least one record differs from what was signed, but not which.
 */
export const verifySegment = (crypto: Crypto, claim: SegmentClaim): Verdict<VerifiedRange, ManifestFault> => {
  const { space, previous, manifest, records } = claim;
  if (previous?.sealed === false) {
    return refuse('order_violation', `${describeSegment(manifest)} follows a segment that is not sealed`);
  }
  const tail = previous && { manifest: previous, peaks: [] };
  return verifyRange(crypto, { space, tail, manifest, firstSeq: manifest.firstSeq, records });
};

/**
 * Verifies a whole segment whose predecessor is not here: everything but its place in the log. What is left is
 * {@link verifySuccession}, once the predecessor is known.
 */
export const verifyUnplaced = (
  crypto: Crypto,
  claim: Pick<RangeClaim, 'space' | 'manifest' | 'records'>,
): Verdict<VerifiedRange, ManifestFault> => {
  const { space, manifest } = claim;
  const signed = verifyManifest(crypto, manifest, { space });
  if (!signed.ok) return signed;
  return verifyRecords(crypto, NOTHING, { ...claim, tail: undefined, firstSeq: manifest.firstSeq });
};

/** What is held of the segment that a range continues. */
interface Held {
  readonly tree: CompactTree;
  readonly bytes: number;
}

const NOTHING: Held = { tree: emptyTree, bytes: 0 };

const heldBy = (crypto: Crypto, tail: VerifiedTail): Held => ({
  tree: tailTree(crypto, tail),
  bytes: tail.manifest.bytes,
});

/**
 * The tree that the peaks of a tail stand for: what appending to its segment builds on.
 * @throws SmoError `tail_damaged` when they do not make the root that the manifest signs
 */
export const tailTree = (crypto: Crypto, tail: VerifiedTail): CompactTree => {
  const tree = signedTree(crypto, tail);
  if (tree !== undefined) return tree;
  throw new SmoError(
    'tail_damaged',
    `the stored peaks of ${describeSegment(tail.manifest)} do not make the root that its manifest signs`,
    'Run "smo verify" to see what is damaged.',
  );
};

/** The same; undefined when the peaks do not make the root that the manifest signs. */
export const signedTree = (crypto: Crypto, { manifest, peaks }: VerifiedTail): CompactTree | undefined => {
  const tree = compactTreeFromPeaks(manifest.events, peaks);
  return tree.ok && formatHash(treeRoot(crypto, tree.value)) === manifest.root ? tree.value : undefined;
};

const verifyRecords = (
  crypto: Crypto,
  held: Held,
  { manifest, firstSeq, records }: RangeClaim,
): Verdict<VerifiedRange, ManifestFault> => {
  const name = describeSegment(manifest);
  const seqDue = manifest.firstSeq + held.tree.events;
  if (firstSeq !== seqDue) {
    return refuse('count_mismatch', `records of ${name} begin at seq ${firstSeq}, but seq ${seqDue} is due`);
  }
  const due = manifest.events - held.tree.events;
  if (records.length !== due) {
    return refuse(
      'count_mismatch',
      `${name} has ${due} records from seq ${firstSeq} on, not ${records.length}`,
    );
  }
  const sizes = verifySizes(held, manifest, firstSeq, records);
  if (sizes !== undefined) return sizes;
  const hashLeaf = leafHasher(crypto, manifest.origin);
  const leaves = records.map((record, i) => hashLeaf(firstSeq + i, record));
  const tree = appendLeaves(crypto, held.tree, leaves);
  const root = formatHash(treeRoot(crypto, tree));
  if (root !== manifest.root) {
    const lastSeq = manifest.firstSeq + manifest.events - 1;
    return refuse(
      'root_mismatch',
      `${name}, seqs ${manifest.firstSeq} to ${lastSeq}: the records hash to ${root}, signed is ${manifest.root}`,
    );
  }
  return accept({ manifest, firstSeq, records, ids: leaves.map(eventIdFromLeaf), tree });
};

const verifySizes = (
  held: Held,
  manifest: Manifest,
  firstSeq: Seq,
  records: readonly Uint8Array[],
): Verdict<never, ManifestFault> | undefined => {
  const name = describeSegment(manifest);
  let bytes = held.bytes;
  for (const [i, { length }] of records.entries()) {
    // Such a record can never be read, so it must not get into a store, whoever has signed it.
    if (length === 0 || length > EVENT_LIMITS.recordBytesMax) {
      return refuse(
        'bytes_mismatch',
        `record ${firstSeq + i} of ${name} has ${length} bytes, allowed are 1 to ${EVENT_LIMITS.recordBytesMax}`,
      );
    }
    bytes += length;
  }
  return bytes === manifest.bytes
    ? undefined
    : refuse('bytes_mismatch', `the records of ${name} have ${bytes} bytes, signed are ${manifest.bytes}`);
};
