import { checkClock } from './check-clock.ts';
import { checkDisk, checkHome, checkMarker } from './check-home.ts';
import { checkForks, checkSetAside, checkWaiting } from './check-logs.ts';
import { checkMember } from './check-member.ts';
import { checkPeers } from './check-peers.ts';
import { checkRecords } from './check-records.ts';
import { checkState } from './check-state.ts';
import type { CheckResult } from './finding.ts';
import type { Patient } from './patient.ts';

/** One thing that is looked at. */
export interface Check {
  readonly name: string;
  run(patient: Patient): CheckResult;
}

/** Everything that is looked at, independent of each other. */
export const CHECKS: readonly Check[] = [
  { name: 'home', run: checkHome },
  { name: 'disk', run: checkDisk },
  { name: 'records', run: checkRecords },
  { name: 'marker', run: checkMarker },
  { name: 'member', run: checkMember },
  { name: 'forks', run: checkForks },
  { name: 'waiting', run: checkWaiting },
  { name: 'set aside', run: checkSetAside },
  { name: 'state', run: checkState },
  { name: 'clock', run: checkClock },
  { name: 'peers', run: checkPeers },
];
