import type { DoctorRepair } from '../../api/index.ts';
import { HOME_LAYOUT } from '../../home/index.ts';
import type { SalvagedLog } from '../../store/index.ts';
import type { Finding, RepairName } from './finding.ts';
import { isExposed, type Patient } from './patient.ts';

/** What a repair would do, in words. */
export const describeRepair = (
  repair: RepairName,
  patient: Patient,
  findings: readonly Finding[],
): Pick<DoctorRepair, 'repair' | 'message' | 'details'> => {
  const own = findings.filter((each) => each.repair === repair);
  const stop = patient.live === undefined || WHILE_OPEN.has(repair) ? [] : [STOP];
  const says = (message: string, more: readonly string[] = []) => {
    const details = [...more, ...stop];
    return { repair, message, ...(details.length > 0 && { details }) };
  };
  switch (repair) {
    case 'permissions':
      return says(
        `takes away the access that others have to ${patient.home.modes
          .filter(isExposed)
          .map(({ path }) => path)
          .join(' and ')}`,
      );
    case 'invites':
      return says(`moves ${HOME_LAYOUT.invites} to the folder ${HOME_LAYOUT.quarantine}`);
    case 'leftovers':
      return says('removes what is left over', patient.home.leftovers);
    case 'records':
      return says(
        salvageText(patient.records?.salvage ?? []),
        salvageDetails(patient.records?.salvage ?? []),
      );
    case 'segments':
      return says(
        `marks ${own.length === 1 ? '1 segment' : `${own.length} segments`} to be restored from other devices; what is there now is kept then`,
      );
    case 'reclaim':
      return says(
        `takes back events from ${HOME_LAYOUT.quarantine}`,
        own.map(({ message }) => message),
      );
    case 'state':
      return says(
        `removes the folder ${HOME_LAYOUT.state}, which is made anew from the records at the next start`,
      );
  }
};

/** Repairs that an open device allows. */
const WHILE_OPEN: ReadonlySet<RepairName> = new Set(['permissions', 'invites', 'leftovers', 'segments']);

const STOP = 'the device has to be stopped for it: stop `smo up`, then run "smo doctor --repair" again';

const salvageText = (logs: readonly SalvagedLog[]): string => {
  const kept = logs.reduce((sum, log) => sum + log.kept, 0);
  const stored = logs.reduce((sum, log) => sum + log.stored, 0);
  return `moves the record store to ${HOME_LAYOUT.quarantine} and makes a new one of what is sound: ${kept} of ${stored} known events`;
};

const salvageDetails = (logs: readonly SalvagedLog[]): readonly string[] =>
  logs.flatMap(({ origin, kept, stored, holes }) => [
    ...(kept < stored ? [`log ${origin} keeps ${kept} of ${stored} events`] : []),
    ...(holes.length > 0 ? [`segment ${holes.join(', ')} of log ${origin} is marked to be restored`] : []),
  ]);
