import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SegmentPlace } from '../../../protocol/engine/index.ts';
import { deviceOf, type Origin } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import type { DoctorRepair } from '../../api/index.ts';
import { HOME_LAYOUT, type Home, LogNotes, openHome, openMarker } from '../../home/index.ts';
import {
  type LevelRecordStore,
  openRecordStore,
  type SalvagedLog,
  salvageStore,
  wipeStateStore,
} from '../../store/index.ts';
import type { Device } from '../device.ts';
import { Recovery } from '../recovery.ts';
import { type Finding, REPAIRS, type RepairName } from './finding.ts';
import type { Patient } from './patient.ts';
import { faultOf, freeBytesOf } from './read-home.ts';
import type { RecordsContext } from './read-records.ts';
import { reclaim, writeSummary } from './set-aside.ts';

/** The repairs that findings ask for, in the order in which they are to be made. */
export const repairsFor = (findings: readonly Finding[]): readonly RepairName[] => {
  const wanted = new Set(findings.map(({ repair }) => repair));
  // A new store marks the damaged segments itself.
  if (wanted.has('records')) wanted.delete('segments');
  return REPAIRS.filter((repair) => wanted.has(repair));
};

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
          .filter(({ mode }) => (mode & 0o077) !== 0)
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
  for (const { path, mode, wanted } of modes) if ((mode & 0o077) !== 0) await chmod(path, wanted);
};

/** They are copies themselves, or texts that never came to their end. */
const removeLeftovers = async ({ home: { leftovers } }: Patient): Promise<undefined> => {
  for (const path of leftovers) await rm(path, { recursive: true, force: true });
};

/** Moves a file of the home to the quarantine. */
const setAsideFile = async (dir: string, name: string): Promise<string> => {
  const copy = join(await quarantineOf(dir), `${timeName()}-${name}`);
  await rename(join(dir, name), copy);
  return copy;
};

const quarantineOf = async (dir: string): Promise<string> => {
  const quarantine = join(dir, HOME_LAYOUT.quarantine);
  await mkdir(quarantine, { recursive: true, mode: 0o700 });
  return quarantine;
};

/** The time as a part of a file name. */
const timeName = (): string => new Date().toISOString().replaceAll(':', '-');

const salvage = async (
  { dir, env, others }: Patient,
  home: Home,
  context: RecordsContext,
): Promise<string> => {
  const records = join(dir, HOME_LAYOUT.records);
  await assertSpaceFor(records);
  const keepAs = join(await quarantineOf(dir), `${timeName()}-records`);
  const marker = await openMarker(home.file.device, env);
  await salvageStore(records, keepAs, context, async (logs) => {
    await writeSummary(keepAs, logs);
    const own = logs.filter(({ origin }) => deviceOf(origin) === home.file.device);
    const cut = own.filter(({ kept, stored }) => kept < stored);
    await marker.advance(Object.fromEntries(cut.map(({ origin, stored }) => [origin, stored])));
    const notes = new LogNotes(home);
    const marked = marker.read().get(notes.main) ?? Infinity;
    const kept = own.find(({ origin }) => origin === notes.main)?.kept ?? 0;
    // A second history of the old log must never be signed: only a log that is known to be whole goes on.
    if (kept < marked) await notes.retire(notes.main, 'behind');
    await Recovery.begin(dir, others);
  });
  return keepAs;
};

/** A salvage needs the space of the store twice more: for a copy in which files are mended, and for the new store. */
const assertSpaceFor = async (records: string): Promise<void> => {
  const names = await readdir(records).catch((): string[] => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(records, name))).size));
  const needed = 2 * sizes.reduce((sum, size) => sum + size, 0);
  const free = await freeBytesOf(join(records, '..'));
  if (free === undefined || free > needed) return;
  const [neededMiB, freeMiB] = [needed, free].map((bytes) => Math.ceil(bytes / 1024 / 1024));
  throw new SmoError(
    'disk_full',
    `repairing the record store takes ${neededMiB} MiB, and ${freeMiB} MiB are free`,
    'Free some space, or move the home to another disk; nothing has been changed.',
  );
};
