import { type CheckResult, finding, whyNot } from './finding.ts';
import type { Patient } from './patient.ts';

/** Whether the device belongs to its space. */
export const checkMember = (patient: Patient): CheckResult => {
  const { logs } = patient;
  if (logs === undefined) return whyNot(patient);
  const { membership } = logs;
  switch (membership.type) {
    case 'member':
      return `this device is a member of its space: ${membership.role}`;
    case 'unknown':
      return { skipped: 'the event that makes this device a member has not come yet' };
    case 'revoked': {
      const { by, reason } = membership;
      const why = reason === undefined ? '' : `: ${reason}`;
      const message = `this device was removed from its space by ${by}${why}`;
      return [finding('revoked', 'this device', message, 'person', REVOKED)];
    }
  }
};

const REVOKED =
  'What it writes counts nowhere, and no device talks to it. Join in a new home with `smo join`; what is here stays to be exported.';
