import { equalBytes } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import {
  decodeManifest,
  describeSegment,
  type Manifest,
  type ManifestFault,
  type SpaceId,
  verifyManifest,
} from '../manifest/index.ts';
import { merkleRoot, nodesBelow, type TreeNode } from '../segment/index.ts';
import type { Answer, HeldLogs, Question } from './inquiry.ts';

/** What an inquiry works with. */
export interface InquiryContext {
  readonly crypto: Crypto;
  readonly space: SpaceId;
  /** The own store. */
  readonly logs: HeldLogs;
}

/**
 * Questions to one remote, each asked after the one before has been answered, and what comes of them at last.
 * Runs without I/O: `next()` gives the first question, `next(answer)` the following ones, then the result. Never
 * throws, whatever the answers are, and asks a bounded number of questions.
 */
export type Inquiry<Result> = Generator<Question, Result, Answer>;

/**
 * What can be wrong with the answers of a remote:
 *
 * - `withheld`: it does not show what it must hold; that may pass.
 * - `bad_answer`: not an answer to the question.
 * - `answer_contradicts`: two things that it says, or says and shows signed, exclude each other.
 * - `nodes_mismatch`, `record_mismatch`: hashes or records that do not make the hash above them.
 * - the code of a manifest that is none.
 */
export type InquiryFault =
  | 'withheld'
  | 'bad_answer'
  | 'answer_contradicts'
  | 'nodes_mismatch'
  | 'record_mismatch'
  | ManifestFault;

/** A hash in a tree of a signed root, and where it stands. */
export interface KnownNode {
  readonly node: TreeNode;
  readonly hash: Uint8Array;
}

/**
 * Asks for commitments.
 * @returns those that the remote has, by segment
 */
export function* askCommitments(
  origin: Origin,
  segments: readonly number[],
): Inquiry<Verdict<ReadonlyMap<number, Uint8Array>, InquiryFault>> {
  const answer = yield { type: 'commitments', origin, segments };
  if (answer.type !== 'commitments') return notAnAnswer('commitments');
  const found = new Map(answer.commitments.map(({ segment, commitment }) => [segment, commitment]));
  const isWhole = found.size === answer.commitments.length;
  return isWhole && [...found.keys()].every((segment) => segments.includes(segment))
    ? accept(found)
    : refuse('bad_answer', 'commitments of segments that were not asked for');
}

/**
 * Asks for the manifest of a segment and verifies it by itself.
 * @returns undefined when the remote holds no such segment
 */
export function* askManifest(
  { crypto, space }: InquiryContext,
  origin: Origin,
  segment: number,
): Inquiry<Verdict<Manifest | undefined, InquiryFault>> {
  const answer = yield { type: 'manifest', origin, segment };
  if (answer.type !== 'manifest') return notAnAnswer('a manifest');
  if (answer.manifest === undefined) return accept(undefined);
  const manifest = decodeManifest(answer.manifest);
  if (!manifest.ok) return manifest;
  if (manifest.value.origin !== origin || manifest.value.segment !== segment) {
    return refuse('bad_answer', `a manifest of ${describeSegment(manifest.value)} was not asked for`);
  }
  return verifyManifest(crypto, manifest.value, { space });
}

/** Asks for the hashes one step below a node of a segment's tree; those that come make the hash of the node. */
export function* askNodes(
  { crypto }: InquiryContext,
  { origin, segment, events }: Manifest,
  above: KnownNode,
): Inquiry<Verdict<readonly KnownNode[], InquiryFault>> {
  const answer = yield { type: 'nodes', origin, segment, events, node: above.node };
  const below = nodesBelow(events, above.node);
  if (answer.type !== 'nodes') return notAnAnswer('hashes');
  const { hashes } = answer;
  const name = describeSegment({ origin, segment });
  if (hashes.length === 0) return refuse('withheld', `does not show the tree of ${name}`);
  if (hashes.length !== below.length) {
    return refuse('bad_answer', `${hashes.length} hashes of ${name} where there are ${below.length}`);
  }
  if (!equalBytes(merkleRoot(crypto, hashes), above.hash)) {
    return refuse('nodes_mismatch', `hashes of ${name} that do not make the hash above them`);
  }
  return accept(below.map((node, i) => ({ node, hash: hashes[i] ?? above.hash })));
}

/**
 * Asks for records of one segment. What comes is not verified.
 * @returns those of the first seqs, at least one
 */
export function* askRecords(
  origin: Origin,
  segment: number,
  seqs: readonly Seq[],
): Inquiry<Verdict<readonly Uint8Array[], InquiryFault>> {
  const answer = yield { type: 'records', origin, segment, seqs };
  if (answer.type !== 'records') return notAnAnswer('records');
  const name = describeSegment({ origin, segment });
  if (answer.records.length === 0) return refuse('withheld', `does not send records of ${name}`);
  return answer.records.length <= seqs.length
    ? accept(answer.records)
    : refuse('bad_answer', `more records of ${name} than were asked for`);
}

const notAnAnswer = (what: string) => refuse('bad_answer', `the answer is not ${what}, as was asked for`);
