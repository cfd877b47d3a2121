import type { NodeApi, Status } from '../../node/api/index.ts';
import { runDoctor } from '../../node/host/doctor/doctor.ts';
import { initDevice, openDevice } from '../../node/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { ownEvents } from './own-events.ts';
import type { Promised, Workload, WorkloadPlace } from './workload.ts';
import { append, notes } from './workloads/notes.ts';

/** What came of a power cut. */
export interface Examination {
  /** What is wrong, in words. */
  readonly findings: readonly string[];
  /** Whether the device had to be repaired before it could go on. */
  readonly repaired: boolean;
}

/**
 * Goes on where the power went: the device opens, holds what it has answered for, verifies, writes on where it was, and its
 * doctor has nothing to do.
 *
 * @param promised undefined while there need be no home
 * @param mayRepair whether the doctor may have to be asked first
 */
export const examine = async (
  workload: Workload,
  place: WorkloadPlace,
  promised: Promised | undefined,
  mayRepair: boolean,
): Promise<Examination> => {
  const findings = await findingsOf(workload, place, promised);
  if (!mayRepair || !findings.some((finding) => finding.startsWith('store_damaged'))) {
    return { findings, repaired: false };
  }
  await runDoctor(place.home, place.env, { repair: true });
  const left = await findingsOf(workload, place, promised);
  // Where what it had noted of its logs is gone as well, it goes on in a new one.
  return { findings: left.filter((finding) => !finding.startsWith(RETIRED)), repaired: true };
};

const RETIRED = 'log_retired';

const findingsOf = async (
  workload: Workload,
  place: WorkloadPlace,
  promised: Promised | undefined,
): Promise<readonly string[]> => {
  try {
    if (promised === undefined && !(await isMember(place))) {
      await initDevice(place.home, { name: 'desk', spaceName: 'again' }, place.env);
    }
    await workload.recover?.(place);
    return [
      ...(await examineDevice(workload, place, promised?.events ?? 0)),
      ...(await examineHome(workload, place)),
    ];
  } catch (error) {
    return [error instanceof SmoError ? `${error.code}: ${error.message}` : String(error)];
  }
};

/** Whether there is a device that belongs to a space: where the power went before that, one begins anew. */
const isMember = async ({ home, env }: WorkloadPlace): Promise<boolean> => {
  try {
    await (await openDevice(home, env)).close();
    return true;
  } catch (error) {
    if (error instanceof SmoError && (error.code === 'home_missing' || error.code === 'no_space'))
      return false;
    throw error;
  }
};

const examineDevice = async (
  workload: Workload,
  { home, env }: WorkloadPlace,
  events: number,
): Promise<readonly string[]> => {
  const { api, close } = await openDevice(home, env);
  try {
    const status = await api.status();
    const held = ownEvents(status);
    const { ok, findings } = await api.verify();
    return [
      ...(held < events ? [`${events} events were answered for, and ${held} are held`] : []),
      ...(ok ? [] : findings.map(({ code, message }) => `verify: ${code}: ${message}`)),
      ...(workload.leaves === undefined
        ? status.retiredLogs.map(({ origin }) => `${RETIRED}: ${origin}`)
        : []),
      ...status.damagedSegments.map(
        ({ origin, segment }) => `segment ${segment} of log ${origin} is damaged`,
      ),
      ...(await goesOn(api, status)),
    ];
  } finally {
    await close();
  }
};

/** Whether the next event follows the last one. */
const goesOn = async (api: NodeApi, { origin, frontier }: Status): Promise<readonly string[]> => {
  const expected = (frontier[origin] ?? 0) + 1;
  const { events } = await append(api, notes(1));
  return events === expected ? [] : [`the next event has seq ${events} instead of ${expected}`];
};

const examineHome = async (workload: Workload, { home, env }: WorkloadPlace): Promise<readonly string[]> => {
  const { findings } = await runDoctor(home, env, { repair: false });
  return findings
    .filter(({ code, remedy }) => (remedy === 'repair' || remedy === 'person') && code !== workload.leaves)
    .map(({ code, message }) => `doctor: ${code}: ${message}`);
};
