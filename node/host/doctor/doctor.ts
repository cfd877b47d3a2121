import { join } from 'node:path';
import { makeOrigin } from '../../../protocol/event/index.ts';
import type { DoctorFinding, DoctorRepair, DoctorReport } from '../../api/index.ts';
import { connectControl } from '../../control/index.ts';
import { nativeCrypto } from '../../crypto/index.ts';
import {
  type Environment,
  HOME_LAYOUT,
  type HomeSpace,
  secureSocketFolder,
  socketPath,
} from '../../home/index.ts';
import { openRecordStore } from '../../store/index.ts';
import type { Device } from '../device.ts';
import { type NetworkState, statusOf } from '../status.ts';
import { whenFree } from '../when-free.ts';
import { CHECKS } from './checks.ts';
import type { Finding } from './finding.ts';
import type { HomeState, Patient } from './patient.ts';
import { faultOf, readHomeState } from './read-home.ts';
import { type RecordsContext, readDamagedRecords, readOpenRecords } from './read-records.ts';
import { readOpenState, readStoredState, rebuildState, snapshotOf } from './read-state.ts';
import { describeRepair, fixModes, makeRepairs, repairsFor, segmentsOf, setAsideFile } from './repairs.ts';
import { readSetAside } from './set-aside.ts';

/** Whether what can be mended is mended. */
export interface DoctorInput {
  readonly repair: boolean;
}

/**
 * Looks at everything that can be wrong with the device of a home, which need not open: through its control socket
 * when it is up, else in this process.
 *
 * @throws SmoError `home_missing`; `home_in_use` when another process has it open and does not answer; `disk_full`
 */
export const runDoctor = async (dir: string, env: Environment, input: DoctorInput): Promise<DoctorReport> => {
  await readHomeState(dir, env);
  return whenFree(async () => {
    const socket = socketPath(dir);
    // A folder that others may write to is a finding; whoever listens there need not be this device.
    const { error } = await faultOf(() => secureSocketFolder(socket));
    const remote = error === undefined ? await connectControl(socket) : undefined;
    return remote === undefined ? doctorClosed(dir, env, input) : remote.doctor(input);
  });
};

/** Looks at a device that is open in this process, and mends what can be mended meanwhile. */
export const doctorDevice = async (
  device: Device,
  network: NetworkState,
  { repair }: DoctorInput,
): Promise<DoctorReport> => {
  const patient = await examineDevice(device, network);
  const { findings, ...rest } = runChecks(patient);
  if (!repair) return reportOf(patient, findings, rest.healthy, []);
  const done: DoctorRepair[] = [];
  for (const name of repairsFor(findings)) {
    const message = describeRepair(name, patient, findings);
    if (name === 'permissions') await fixModes(patient);
    else if (name === 'invites') await setAsideFile(patient.dir, HOME_LAYOUT.invites);
    else if (name === 'segments') await device.records.markDamaged(segmentsOf(findings));
    else continue;
    done.push({ repair: name, message, done: true });
  }
  // The engine takes up what has been marked.
  device.host.step({ type: 'tick' });
  const after = await examineDevice(device, network);
  const again = runChecks(after);
  return reportOf(after, again.findings, again.healthy, done);
};

/** @throws SmoError `home_in_use` */
const doctorClosed = async (
  dir: string,
  env: Environment,
  { repair }: DoctorInput,
): Promise<DoctorReport> => {
  const patient = await examineClosed(dir, env);
  const { findings, healthy } = runChecks(patient);
  if (!repair || repairsFor(findings).length === 0) return reportOf(patient, findings, healthy, []);
  const context = patient.home.home?.file.space;
  const done = await makeRepairs({
    patient,
    findings,
    context: context ? contextOf(context, patient.nowMs) : undefined,
  });
  const after = await examineClosed(dir, env);
  const again = runChecks(after);
  return reportOf(after, again.findings, again.healthy, done);
};

const examineDevice = async (device: Device, network: NetworkState): Promise<Patient> => {
  const { home, records, state, host } = device;
  const { space } = home.file;
  if (space === null) throw new TypeError('a device that is open has a space');
  const nowMs = Date.now();
  const context = contextOf(space, nowMs);
  // Between two commits, so that records and state belong together.
  const stored = await host.exclusively(async () => ({
    records: await readOpenRecords(records, device.recordsDir, context),
    state: await readOpenState(state),
    snapshot: await snapshotOf(records),
  }));
  const isWhole = stored.records.report.ok;
  return {
    dir: home.dir,
    env: process.env,
    nowMs,
    home: await readHomeState(home.dir, process.env),
    records: stored.records,
    refusal: undefined,
    state: {
      ...stored.state,
      rebuilt: isWhole ? await rebuildState(home, space, stored.snapshot) : undefined,
    },
    setAside: await readSetAside(home.dir, records, context, device.origin),
    live: network.running ? statusOf(device, network) : undefined,
  };
};

const examineClosed = async (dir: string, env: Environment): Promise<Patient> => {
  const nowMs = Date.now();
  const home = await readHomeState(dir, env);
  const stores = await readStores(dir, home, nowMs);
  return { dir, env, nowMs, home, live: undefined, ...stores };
};

type Stores = Pick<Patient, 'records' | 'refusal' | 'state' | 'setAside'>;

const NO_STORES: Stores = { records: undefined, refusal: undefined, state: undefined, setAside: [] };

const readStores = async (dir: string, { home }: HomeState, nowMs: number): Promise<Stores> => {
  const space = home?.file.space;
  if (home === undefined || !space) return NO_STORES;
  const context = contextOf(space, nowMs);
  const recordsDir = join(dir, HOME_LAYOUT.records);
  const { value: records, error } = await faultOf(() => openRecordStore(recordsDir));
  if (error?.code === 'home_in_use') throw error;
  if (error?.code === 'store_damaged') {
    return { ...NO_STORES, records: await readDamagedRecords(recordsDir, error, context) };
  }
  if (records === undefined) return { ...NO_STORES, refusal: error };
  try {
    const stored = await readOpenRecords(records, recordsDir, context);
    const state = await readStoredState(join(dir, HOME_LAYOUT.state));
    const rebuilt = stored.report.ok ? await rebuildState(home, space, await snapshotOf(records)) : undefined;
    const main = makeOrigin(home.file.device, home.file.incarnation);
    const setAside = await readSetAside(dir, records, context, main);
    return { records: stored, refusal: undefined, state: { ...state, rebuilt }, setAside };
  } finally {
    await records.close();
  }
};

const contextOf = ({ id }: HomeSpace, nowMs: number): RecordsContext => ({
  crypto: nativeCrypto,
  space: id,
  nowMs,
});

interface Checked {
  readonly findings: readonly Finding[];
  readonly healthy: DoctorReport['healthy'];
}

/** Runs every check on what was read. */
const runChecks = (patient: Patient): Checked => {
  const findings: Finding[] = [];
  const healthy: DoctorReport['healthy'][number][] = [];
  for (const { name, run } of CHECKS) {
    const result = run(patient);
    if (typeof result === 'string') healthy.push({ check: name, message: result });
    else findings.push(...(result ?? []));
  }
  return { findings, healthy };
};

const reportOf = (
  patient: Patient,
  findings: readonly Finding[],
  healthy: Checked['healthy'],
  done: readonly DoctorRepair[],
): DoctorReport => ({
  ok: findings.every(({ remedy }) => remedy === 'none' || remedy === 'self'),
  healthy,
  findings: findings.map(({ repair: _, ...shown }): DoctorFinding => shown),
  repairs: [
    ...done,
    ...repairsFor(findings).map((repair) => ({
      repair,
      message: describeRepair(repair, patient, findings),
      done: false,
    })),
  ],
});
