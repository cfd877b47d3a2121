import type { PeerStatus } from '../../api/index.ts';
import { type CheckResult, type Finding, finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** The other devices, and why one of them is not in sync. */
export const checkPeers = ({ live }: Patient): CheckResult => {
  if (live === undefined) return { skipped: 'the device is not up; `smo up` starts it' };
  if (live.revoked !== undefined)
    return { skipped: 'no device talks to one that was removed from the space' };
  if (!live.online) {
    return [finding('offline', 'network', 'networking is paused', 'person', 'Resume it with `smo online`.')];
  }
  const findings = live.peers.flatMap((peer) =>
    peer.reason === undefined ? [] : [peerFinding(peer, peer.reason)],
  );
  if (findings.length > 0) return findings;
  const names = live.peers.map(({ name }) => name);
  return names.length === 0 ? 'there are no other devices yet' : `in sync with ${names.join(', ')}`;
};

const peerFinding = ({ name, connected }: PeerStatus, reason: string): Finding => {
  const subject = `device ${name}`;
  return connected
    ? finding('peer_behind', subject, `${name} is connected and not in sync: ${reason}`, 'self', EXCHANGING)
    : finding('peer_away', subject, `${name} is away: ${reason}`, 'self', SOUGHT);
};

const EXCHANGING = 'The two devices go on exchanging what they lack.';
const SOUGHT = 'It is looked for; it catches up when it is there again.';
