import { checkClock } from './check-clock.ts';
import { checkDisk, checkHome, checkMarker } from './check-home.ts';
import { checkLogs, checkSetAside } from './check-logs.ts';
import { checkPeers } from './check-peers.ts';
import { checkRecords } from './check-records.ts';
import { checkState } from './check-state.ts';
import type { Finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** One thing that is looked at. */
export interface Check {
  readonly name: string;
  /** What is wrong, or in a few words what is well; undefined where it cannot be looked at. */
  run(patient: Patient): readonly Finding[] | string | undefined;
}

/** Everything that is looked at, independent of each other. */
export const CHECKS: readonly Check[] = [
  { name: 'home', run: checkHome },
  { name: 'disk', run: checkDisk },
  { name: 'records', run: checkRecords },
  { name: 'marker', run: checkMarker },
  { name: 'logs', run: checkLogs },
  { name: 'set aside', run: checkSetAside },
  { name: 'state', run: checkState },
  { name: 'clock', run: checkClock },
  { name: 'peers', run: checkPeers },
];
