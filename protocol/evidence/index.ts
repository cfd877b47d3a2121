export { buildEvidence, type KnownHistory } from './building.ts';
export { decodeEvidence, EVIDENCE_BYTES_MAX, encodeEvidence } from './codec.ts';
export { type CommonPart, compareCommonPart, type HeldHistory } from './common-part.ts';
export { type Comparison, compareManifests } from './comparison.ts';
export { type Branch, EVIDENCE_VERSION, type Evidence, type Fork, type ForkProof } from './evidence.ts';
export type { EvidenceFault } from './evidence-fault.ts';
export { verifyEvidence } from './verification.ts';
