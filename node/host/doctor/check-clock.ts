import { type CheckResult, finding, whyNot } from './finding.ts';
import type { Patient } from './patient.ts';

/** How far clocks of one space may be apart before it is worth saying. */
const APART_MS_MAX = 5 * 60 * 1000;

/** Times that cannot be right. */
export const checkClock = (patient: Patient): CheckResult => {
  const { nowMs, records } = patient;
  if (records === undefined) return whyNot(patient);
  const { newestMs, farFuture } = records.times;
  const findings = [...farFuture].map(([origin, events]) => {
    const message = `${events} ${events === 1 ? 'event of log' : 'events of log'} ${origin} ${events === 1 ? 'is' : 'are'} dated more than a day ahead`;
    return finding('far_future', 'clock', message, 'none', FAR_FUTURE, { origin });
  });
  if (newestMs > nowMs + APART_MS_MAX) {
    const minutes = Math.round((newestMs - nowMs) / 60_000);
    const message = `the clock of this machine is ${minutes} minutes behind the newest event`;
    findings.push(finding('clock_behind', 'clock', message, 'person', CLOCK));
  }
  return findings.length > 0 ? findings : 'no event is dated ahead of this machine';
};

const FAR_FUTURE =
  'The clock of that device was wrong when it wrote them. They count like any others; only their place in lists is odd.';
const CLOCK =
  'Set the clock, best by NTP, here or on the device that wrote that event, whichever of the two is wrong.';
