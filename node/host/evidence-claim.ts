import type { JsonObject } from '../../protocol/bytes/index.ts';
import { deviceOf, eventIdFromLeaf } from '../../protocol/event/index.ts';
import { type Branch, type Evidence, encodeEvidence, type Fork } from '../../protocol/evidence/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import type { EvidenceClaim, SignedSide } from '../api/index.ts';

/** What a verified evidence proves, in terms that can be shown. */
export const claimOf = ({ first, second, proof }: Evidence, { origin, seq }: Fork): EvidenceClaim => ({
  space: first.space,
  origin,
  device: deviceOf(origin),
  forkSeq: seq,
  signed: [sideOf(first, proof?.first), sideOf(second, proof?.second)],
});

/** The proof itself, as the JSON object that its bytes are. */
export const proofOf = (evidence: Evidence): JsonObject =>
  JSON.parse(new TextDecoder().decode(encodeEvidence(evidence)));

const sideOf = (
  { segment, firstSeq, events, sealed, createdAt }: Manifest,
  branch: Branch | undefined,
): SignedSide => ({
  signedAt: createdAt,
  segment,
  firstSeq,
  lastSeq: firstSeq + events - 1,
  sealed,
  event: branch === undefined ? null : eventIdFromLeaf(branch.leaf),
});
