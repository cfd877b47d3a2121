import { type Finding, finding } from './finding.ts';
import type { Patient, SetAsideLog } from './patient.ts';

/** Logs whose events wait, and what for. */
export const checkLogs = ({ records, state }: Patient): readonly Finding[] | string | undefined => {
  if (records === undefined || state?.rebuilt === undefined) return undefined;
  const findings = state.rebuilt.waiting.map(({ place: { origin, seq }, waitsFor }) => {
    const message = `events of log ${origin} from ${seq} on wait for event ${waitsFor.seq} of log ${waitsFor.origin}`;
    return finding('log_waiting', `log ${origin}`, message, 'self', WAITING, { origin });
  });
  return findings.length > 0 ? findings : 'no event waits for another';
};

/** Stores that a repair has moved away. */
export const checkSetAside = ({ setAside }: Patient): readonly Finding[] | undefined => {
  if (setAside.length === 0) return undefined;
  return setAside.flatMap(({ folder, logs }): readonly Finding[] => {
    const missing = logs.filter(({ length, stored }) => length < stored);
    if (missing.length === 0) {
      const message = `${folder} holds nothing that is not in the record store again`;
      return [finding('set_aside', 'quarantine', message, 'none', 'Delete it when you need the space.')];
    }
    return missing.map((log) => missingOf(folder, log));
  });
};

const missingOf = (folder: string, { origin, stored, length, next }: SetAsideLog): Finding => {
  if (next > 0) {
    const message = `${folder} holds ${next} events of log ${origin} that come next in it`;
    return finding('set_aside', 'quarantine', message, 'reclaim', 'They are taken back.', { origin });
  }
  const message = `log ${origin} had ${stored} events and has ${length} now`;
  return finding('log_cut', `log ${origin}`, message, 'self', CUT, { origin });
};

const WAITING = 'They are applied when that event comes from a device that holds it.';
const CUT =
  'The rest comes back from the other devices. What none of them ever had is in the quarantine; look again once they are connected.';
