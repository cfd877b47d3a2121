import { RETIRED_BECAUSE } from '../../../protocol/engine/index.ts';
import { deviceOf, type Origin } from '../../../protocol/event/index.ts';
import { type CheckResult, count, type Finding, finding, whyNot } from './finding.ts';
import type { Patient, SetAsideLog } from './patient.ts';

/** Logs whose events wait, and what for. */
export const checkWaiting = (patient: Patient): CheckResult => {
  const { logs } = patient;
  if (logs === undefined) return whyNot(patient);
  const findings = logs.waiting.map(({ place: { origin, seq }, waitsFor, reason }) => {
    const subject = `log ${origin}`;
    const from = `events of log ${origin} from ${seq} on wait`;
    if (reason === 'unknown_device')
      return finding('log_unknown', subject, `${from}: their device is not known`, 'self', UNKNOWN, {
        origin,
      });
    if (reason === 'damaged')
      return finding('log_unreadable', subject, `${from}: they cannot be read`, 'self', DAMAGED, { origin });
    const message = `${from} for event ${waitsFor.seq} of log ${waitsFor.origin}`;
    return finding('log_waiting', subject, message, 'self', WAITING, { origin });
  });
  return findings.length > 0 ? findings : 'no event waits for another';
};

/** Logs of which two histories are signed, and logs of this device that it has left behind. */
export const checkForks = (patient: Patient): CheckResult => {
  const { logs } = patient;
  if (logs === undefined) return whyNot(patient);
  const forked = logs.forks.map(({ origin, seq }) => {
    const message = `two histories of log ${origin} are signed from event ${seq} on: it counts up to event ${seq - 1}`;
    const hint = isOwnLog(patient, origin) ? FORKED_OWN : FORKED;
    return finding('log_forked', `log ${origin}`, message, 'none', hint, { origin });
  });
  const retired = [...logs.retired].map(([origin, reason]) => {
    const message = `this device writes to its log ${origin} no more: ${RETIRED_BECAUSE[reason]}`;
    return finding('log_retired', `log ${origin}`, message, 'none', RETIRED, { origin });
  });
  const findings = [...forked, ...retired];
  return findings.length > 0 ? findings : 'no log is forked, and no log of this device is retired';
};

const isOwnLog = ({ home: { file } }: Patient, origin: Origin): boolean =>
  file !== undefined && deviceOf(origin) === file.device;

/** Stores that a repair has moved away. */
export const checkSetAside = (patient: Patient): CheckResult => {
  const { setAside } = patient;
  if (setAside.length === 0) return [];
  return setAside.flatMap(({ folder, logs }): readonly Finding[] => {
    const missing = logs.filter(({ length, stored }) => length < stored);
    if (missing.length === 0) {
      const message = `${folder} holds nothing that is not in the record store again`;
      return [finding('set_aside', 'quarantine', message, 'none', 'Delete it when you need the space.')];
    }
    return missing.map((log) => missingOf(folder, log, patient));
  });
};

const missingOf = (
  folder: string,
  { origin, stored, length, next }: SetAsideLog,
  patient: Patient,
): Finding => {
  if (next > 0) {
    const message = `${folder} holds ${count(next, 'event')} of log ${origin} that ${next === 1 ? 'comes' : 'come'} next in it`;
    return finding('set_aside', 'quarantine', message, 'reclaim', 'They are taken back.', { origin });
  }
  const message = `log ${origin} is cut: ${length} of ${stored} events are here`;
  const hasOthers = patient.others.length > 0;
  const own = isOwnLog(patient, origin) ? ` ${READ_LOST}` : '';
  const hint = `${hasOthers ? CUT : LOST}${own} The old store is in ${folder}.`;
  return finding('log_cut', `log ${origin}`, message, hasOthers ? 'self' : 'person', hint, { origin });
};

const WAITING = 'They are applied when that event comes from a device that holds it.';
const UNKNOWN = 'They are applied when the event comes that makes that device a member.';
const DAMAGED = 'They are applied when the segment that holds them is restored.';
const FORKED =
  'The home of its device was copied, or its key is in other hands; if you suspect that, revoke it with `smo revoke`.';
const FORKED_OWN =
  'The home of this device was copied or went back in time. It goes on in a new log; run one copy only.';
const RETIRED = 'It stays as it is, and is completed from other devices. This device goes on in another log.';
const CUT = 'The rest comes back from other devices; what none of them had cannot.';
const READ_LOST =
  'It is a log of this device: `smo export --lost` gives what can still be read of what is missing.';
const LOST =
  'No other device is known that could hold the rest. Restore a backup, or delete the old store to leave it at that.';
