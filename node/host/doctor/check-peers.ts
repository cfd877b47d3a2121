import type { PeerStatus } from '../../api/index.ts';
import { type Finding, finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** The other devices, and why one of them is not in sync. */
export const checkPeers = ({ live }: Patient): readonly Finding[] | string | undefined => {
  if (live === undefined) return undefined;
  if (!live.online) {
    return [finding('offline', 'network', 'networking is paused', 'person', 'Resume it with `smo online`.')];
  }
  const findings = live.peers.flatMap((peer) =>
    peer.reason === undefined ? [] : [peerFinding(peer, peer.reason)],
  );
  return findings.length > 0 ? findings : `${live.peers.length} other devices, all in sync`;
};

const peerFinding = ({ name, connected }: PeerStatus, reason: string): Finding => {
  const subject = `device ${name}`;
  const message = `${name} is ${connected ? 'connected' : 'away'} and not in sync: ${reason}`;
  return connected
    ? finding('peer_behind', subject, message, 'self', 'The two devices go on exchanging what they lack.')
    : finding(
        'peer_away',
        subject,
        message,
        'self',
        'It is looked for; it catches up when it is there again.',
      );
};
