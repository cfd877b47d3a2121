import { SmoError } from '../../protocol/fault/index.ts';
import type { EvidenceView } from '../api/index.ts';

/**
 * The proof that is meant by a log's id, a prefix of it, or the name of its device.
 *
 * @throws SmoError `evidence_unknown` or `evidence_ambiguous`
 */
export const findEvidence = (evidence: readonly EvidenceView[], log: string): EvidenceView => {
  const exact = evidence.filter(({ origin }) => origin === log);
  const found =
    exact.length > 0
      ? exact
      : evidence.filter(({ origin, name }) => name === log || (log !== '' && origin.startsWith(log)));
  const [first] = found;
  if (first === undefined) {
    throw new SmoError(
      'evidence_unknown',
      `no log of two histories is called "${log}"`,
      'Run "smo evidence list" to see them.',
    );
  }
  if (found.length > 1) {
    throw new SmoError(
      'evidence_ambiguous',
      `"${log}" may be any of ${found.length} logs: ${found.map(({ origin }) => origin).join(', ')}`,
      'Give more characters of the id of one of them.',
    );
  }
  return first;
};
