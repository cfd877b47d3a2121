import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SegmentPlace } from '../../../protocol/engine/index.ts';
import type { Origin } from '../../../protocol/event/index.ts';
import type { DoctorRepair } from '../../api/index.ts';
import { HOME_LAYOUT, openHome } from '../../home/index.ts';
import { type LevelRecordStore, openRecordStore, wipeStateStore } from '../../store/index.ts';
import type { Device } from '../device.ts';
import { describeRepair } from './describe-repair.ts';
import { type Finding, REPAIRS, type RepairName } from './finding.ts';
import { isExposed, type Patient } from './patient.ts';
import { quarantinePath } from './quarantine-folder.ts';
import { faultOf } from './read-home.ts';
import type { RecordsContext } from './read-records.ts';
import { salvage } from './salvage-repair.ts';
import { reclaim } from './set-aside.ts';

/** The repairs that findings ask for, in the order in which they are to be made. */
export const repairsFor = (findings: readonly Finding[]): readonly RepairName[] => {
  const wanted = new Set(findings.map(({ repair }) => repair));
  // A new store marks the damaged segments itself.
  if (wanted.has('records')) wanted.delete('segments');
  return REPAIRS.filter((repair) => wanted.has(repair));
};

/** What repairs of a closed home work on. */
export interface RepairSite {
  readonly patient: Patient;
  readonly findings: readonly Finding[];
  readonly context: RecordsContext | undefined;
}

/** Makes the repairs that are asked for, one after the other; gives what was done, and what could not be. */
export const makeRepairs = async (site: RepairSite): Promise<readonly DoctorRepair[]> => {
  const done: DoctorRepair[] = [];
  for (const repair of repairsFor(site.findings)) {
    const described = describeRepair(repair, site.patient, site.findings);
    done.push(await attempt(described, () => makeRepair(repair, site)));
  }
  return done;
};

/** Makes those repairs that an open device allows. */
export const makeOpenRepairs = async (
  patient: Patient,
  findings: readonly Finding[],
  device: Device,
): Promise<readonly DoctorRepair[]> => {
  const done: DoctorRepair[] = [];
  for (const repair of repairsFor(findings)) {
    const make = openRepair(repair, patient, findings, device);
    if (make === undefined) continue;
    done.push(await attempt(describeRepair(repair, patient, findings), make));
  }
  // The engine takes up what has been marked.
  device.host.step({ type: 'tick' });
  return done;
};

/** @param make mends; gives where the copy is of what was there, where one was needed */
const attempt = async (
  described: ReturnType<typeof describeRepair>,
  make: () => Promise<string | undefined>,
): Promise<DoctorRepair> => {
  const { value: copy, error } = await faultOf(make);
  if (error !== undefined) return { ...described, done: false, failure: `${error.message}. ${error.hint}` };
  return { ...described, done: true, ...(copy !== undefined && { copy }) };
};

const openRepair = (
  repair: RepairName,
  patient: Patient,
  findings: readonly Finding[],
  device: Device,
): (() => Promise<string | undefined>) | undefined => {
  switch (repair) {
    case 'permissions':
      return () => fixModes(patient);
    case 'invites':
      return () => setAsideFile(patient.dir, HOME_LAYOUT.invites);
    case 'leftovers':
      return () => removeLeftovers(patient);
    case 'segments':
      return () => markSegments(patient, findings, device.records);
    default:
      return undefined;
  }
};

const makeRepair = async (
  repair: RepairName,
  { patient, findings, context }: RepairSite,
): Promise<string | undefined> => {
  const { dir } = patient;
  switch (repair) {
    case 'permissions':
      return fixModes(patient);
    case 'invites':
      return setAsideFile(dir, HOME_LAYOUT.invites);
    case 'leftovers':
      return removeLeftovers(patient);
    case 'state':
      await wipeStateStore(join(dir, HOME_LAYOUT.state));
      return undefined;
  }
  if (context === undefined) throw new TypeError('records are looked at only where the space is known');
  // Its permissions may have been mended meanwhile; without its key nothing of a device can be repaired.
  if (repair === 'records') return salvage(patient, await openHome(dir), context);
  const records = await openRecordStore(join(dir, HOME_LAYOUT.records));
  try {
    if (repair === 'segments') return await markSegments(patient, findings, records);
    await reclaim(patient.setAside, records, context);
    return undefined;
  } finally {
    await records.close();
  }
};

const markSegments = async (
  { dir }: Patient,
  findings: readonly Finding[],
  records: LevelRecordStore,
): Promise<string> => {
  await records.markDamaged(segmentsOf(findings));
  return join(dir, HOME_LAYOUT.quarantine);
};

/** The segments that findings want restored. */
const segmentsOf = (findings: readonly Finding[]): readonly SegmentPlace[] =>
  findings.flatMap(({ repair, origin, segment }) =>
    repair === 'segments' && origin !== undefined && segment !== undefined
      ? [{ origin: origin as Origin, segment }]
      : [],
  );

/** Takes away what others may do with the files of the home. */
const fixModes = async ({ home: { modes } }: Patient): Promise<undefined> => {
  for (const { path, wanted } of modes.filter(isExposed)) await chmod(path, wanted);
};

/** They are copies themselves, or texts that never came to their end. */
const removeLeftovers = async ({ home: { leftovers } }: Patient): Promise<undefined> => {
  for (const path of leftovers) await rm(path, { recursive: true, force: true });
};

/** Moves a file of the home to the quarantine. */
const setAsideFile = async (dir: string, name: string): Promise<string> => {
  const copy = await quarantinePath(dir, name);
  await rename(join(dir, name), copy);
  return copy;
};
