import { utf8Encode } from '../../protocol/bytes/index.ts';
import { decodeEvidence, verifyEvidence } from '../../protocol/evidence/index.ts';
import type { EvidenceReport } from '../api/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import { claimOf } from './evidence-claim.ts';

/**
 * Whether the text of a file proves that a device has signed two histories of a log. Everything that it takes is in
 * the file; which space it is about is part of what both histories say.
 */
export const verifyEvidenceText = (text: string): EvidenceReport => {
  const evidence = decodeEvidence(evidenceBytes(text));
  if (!evidence.ok) return { ok: false, findings: [evidence.fault] };
  const fork = verifyEvidence(nativeCrypto, evidence.value.first.space, evidence.value);
  return fork.ok
    ? { ok: true, claim: claimOf(evidence.value, fork.value), findings: [] }
    : { ok: false, findings: [fork.fault] };
};

/** The evidence in the text of a file. A line feed at the end belongs to the file. */
export const evidenceBytes = (text: string): Uint8Array => utf8Encode(text.replace(/\r?\n$/, ''));
