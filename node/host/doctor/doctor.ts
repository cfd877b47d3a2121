import { SmoError } from '../../../protocol/fault/index.ts';
import type { DoctorFinding, DoctorRepair, DoctorReport, RebuildListener } from '../../api/index.ts';
import type { Environment } from '../../home/index.ts';
import { connectRunning } from '../control-socket.ts';
import type { Device } from '../device.ts';
import type { NetworkState } from '../network-state.ts';
import { whenFree } from '../when-free.ts';
import { CHECKS, type Check } from './checks.ts';
import { describeRepair } from './describe-repair.ts';
import { contextOf, examineClosed, examineDevice } from './examine.ts';
import { byUrgency, type CheckResult, type Finding, finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { faultOf, readHomeState } from './read-home.ts';
import { makeOpenRepairs, makeRepairs, repairsFor } from './repairs.ts';

export interface DoctorOptions {
  /** Whether what can be mended is mended. */
  readonly repair: boolean;
  /** Whether logs of this device are cut at what cannot be read, instead of waiting for other devices that may hold it. */
  readonly giveUp?: boolean;
  /** Is told how far it is when the state of a closed device is made anew, to hold the stored one against it. */
  readonly onRebuild?: RebuildListener;
}

/**
 * Looks at everything that can be wrong with the device of a home, which need not open: through its control socket
 * when it is up, else in this process.
 *
 * @throws SmoError `home_missing`; `home_in_use` when another process has it open and does not answer, or it is up and
 *   something is to be given up
 */
export const runDoctor = async (
  dir: string,
  env: Environment,
  options: DoctorOptions,
): Promise<DoctorReport> => {
  await readHomeState(dir, env);
  return whenFree(async () => {
    const { value: remote, error } = await faultOf(() => connectRunning(dir));
    // A folder that others may write to is a finding; whoever listens there need not be this device.
    if (error !== undefined && error.code !== 'socket_folder_unsafe') throw error;
    if (remote === undefined) return doctorClosed(dir, env, options);
    if (options.giveUp) throw stillUp(dir);
    return remote.doctor({ repair: options.repair });
  });
};

const stillUp = (dir: string): SmoError =>
  new SmoError(
    'home_in_use',
    `the device in ${dir} is up, and may still get what is to be given up`,
    'Let it meet the other devices first; then stop it, and try again.',
  );

/** Looks at a device that is open in this process, and mends what can be mended meanwhile. */
export const doctorDevice = async (
  device: Device,
  network: NetworkState,
  env: Environment,
  { repair }: DoctorOptions,
): Promise<DoctorReport> => {
  const patient = await examineDevice(device, network, env);
  const checked = runChecks(patient);
  if (!repair) return reportOf(patient, checked, []);
  const done = await makeOpenRepairs(patient, checked.findings, device);
  if (done.length === 0) return reportOf(patient, checked, []);
  const after = await examineDevice(device, network, env);
  return reportOf(after, runChecks(after), done);
};

/** @throws SmoError `home_in_use` */
const doctorClosed = async (
  dir: string,
  env: Environment,
  { repair, giveUp = false, onRebuild }: DoctorOptions,
): Promise<DoctorReport> => {
  const how = { givesUp: giveUp, onRebuild };
  const patient = await examineClosed(dir, env, how);
  const checked = runChecks(patient);
  const { findings } = checked;
  if (!repair || repairsFor(findings).length === 0) return reportOf(patient, checked, []);
  const { file, home } = patient.home;
  const context = file?.space ? contextOf(file.space, home?.key.signer, patient.nowMs, giveUp) : undefined;
  const done = await makeRepairs({ patient, findings, context });
  const after = await examineClosed(dir, env, how);
  return reportOf(after, runChecks(after), done);
};

type Checked = Pick<DoctorReport, 'healthy' | 'skipped'> & { readonly findings: readonly Finding[] };

/** Runs every check on what was read. */
const runChecks = (patient: Patient): Checked => {
  const findings: Finding[] = [];
  const healthy: DoctorReport['healthy'][number][] = [];
  const skipped: DoctorReport['skipped'][number][] = [];
  for (const check of CHECKS) {
    const result = runCheck(check, patient);
    if (typeof result === 'string') healthy.push({ check: check.name, message: result });
    else if ('skipped' in result) skipped.push({ check: check.name, message: result.skipped });
    else findings.push(...result);
  }
  return { findings: byUrgency(findings), healthy, skipped };
};

/** What a check meets that it was not made for is one finding; the others still look. */
const runCheck = ({ name, run }: Check, patient: Patient): CheckResult => {
  try {
    return run(patient);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = error instanceof SmoError ? error.code : 'check_failed';
    return [finding(code, name, `"${name}" could not be looked at: ${error.message}`, 'person', REPORT)];
  }
};

const REPORT =
  'Look after the other findings first. If it stays, it is a mistake in this program: report it.';

const reportOf = (
  patient: Patient,
  { findings, healthy, skipped }: Checked,
  done: readonly DoctorRepair[],
): DoctorReport => {
  const tried = new Set(done.map(({ repair }) => repair));
  const planned = repairsFor(findings).filter((repair) => !tried.has(repair));
  return {
    ok: findings.every(({ remedy }) => remedy === 'none' || remedy === 'self'),
    findings: findings.map(({ repair: _, ...shown }): DoctorFinding => shown),
    repairs: [
      ...done,
      ...planned.map((repair) => ({ ...describeRepair(repair, patient, findings), done: false })),
    ],
    healthy,
    skipped,
  };
};
