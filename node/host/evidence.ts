import { compareStrings } from '../../protocol/bytes/index.ts';
import { deviceOf } from '../../protocol/event/index.ts';
import { decodeEvidence, verifyEvidence } from '../../protocol/evidence/index.ts';
import { errorFromFault } from '../../protocol/fault/index.ts';
import type { EvidenceImported, EvidenceList, EvidenceView } from '../api/index.ts';
import type { Device } from './device.ts';
import { claimOf, proofOf } from './evidence-claim.ts';
import { evidenceBytes } from './verify-evidence.ts';

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

/**
 * Takes in the text of a proof.
 * @throws SmoError when it proves nothing, or is of another space
 */
export const importEvidence = async (
  { host, crypto, space }: Device,
  text: string,
): Promise<EvidenceImported> => {
  const bytes = evidenceBytes(text);
  const evidence = decodeEvidence(bytes);
  if (!evidence.ok) throw errorFromFault(evidence.fault, NOTHING_PROVED);
  const fork = verifyEvidence(crypto, space, evidence.value);
  if (!fork.ok) throw errorFromFault(fork.fault, NOTHING_PROVED);
  const known = (): number =>
    [...host.engine.forks()].find(({ origin }) => origin === fork.value.origin)?.seq ??
    Number.POSITIVE_INFINITY;
  const before = known();
  await host.learn(bytes);
  return { claim: claimOf(evidence.value, fork.value), news: known() < before };
};

const NOTHING_PROVED = 'Nothing was changed. "smo evidence verify" says what a file proves.';
