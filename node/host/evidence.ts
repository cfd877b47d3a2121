import { compareStrings } from '../../protocol/bytes/index.ts';
import { deviceOf } from '../../protocol/event/index.ts';
import { decodeEvidence } from '../../protocol/evidence/index.ts';
import type { EvidenceList, EvidenceView } from '../api/index.ts';
import type { Device } from './device.ts';
import { claimOf, proofOf } from './evidence-claim.ts';

/** The logs that are proved to have two histories, in order of origin. */
export const listEvidence = ({ host, signer }: Device): EvidenceList => {
  const { engine } = host;
  const evidence = [...engine.forks()].flatMap((fork): readonly EvidenceView[] => {
    const decoded = decodeEvidence(fork.evidence);
    if (!decoded.ok) return [];
    const claim = claimOf(decoded.value, fork);
    const owner = deviceOf(fork.origin);
    const member = engine.membership.get(owner) ?? engine.membership.former.get(owner);
    return [
      {
        ...claim,
        name: member?.name ?? null,
        self: owner === signer.device,
        proof: proofOf(decoded.value),
      },
    ];
  });
  return { evidence: evidence.sort((a, b) => compareStrings(a.origin, b.origin)) };
};
