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
): string => {
  const own = findings.filter((each) => each.repair === repair);
  switch (repair) {
    case 'permissions':
      return `takes away the access that others have to ${patient.home.modes
        .filter(({ mode }) => (mode & 0o077) !== 0)
        .map(({ path }) => path)
        .join(' and ')}`;
    case 'invites':
      return `moves ${HOME_LAYOUT.invites} to the folder ${HOME_LAYOUT.quarantine}`;
    case 'leftovers':
      return `removes ${patient.home.leftovers.join(' and ')}`;
    case 'records':
      return salvageText(patient.records?.salvage ?? []);
    case 'segments':
      return `marks ${own.length === 1 ? '1 segment' : `${own.length} segments`} to be restored from other devices; what is there now is kept in ${HOME_LAYOUT.quarantine} then`;
    case 'reclaim':
      return `takes back events from ${HOME_LAYOUT.quarantine}: ${own.map(({ message }) => message).join('; ')}`;
    case 'state':
      return `removes the folder ${HOME_LAYOUT.state}, which is made anew from the records at the next start`;
  }
};

const salvageText = (logs: readonly SalvagedLog[]): string => {
  const kept = logs.reduce((sum, log) => sum + log.kept, 0);
  const stored = logs.reduce((sum, log) => sum + log.stored, 0);
  const cut = logs
    .filter((log) => log.kept < log.stored)
    .map((log) => `log ${log.origin} ends after ${log.kept} of ${log.stored} events`);
  const holes = logs
    .filter((log) => log.holes.length > 0)
    .map((log) => `segment ${log.holes.join(', ')} of log ${log.origin} is marked to be restored`);
  const what = `moves the record store to ${HOME_LAYOUT.quarantine} and makes a new one of what is sound: ${kept} of ${stored} events in ${logs.length} logs`;
  return [what, ...cut, ...holes].join('; ');
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
    const message = describeRepair(repair, site.patient, site.findings);
    done.push(await attempt(repair, message, () => makeRepair(repair, site)));
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
    done.push(await attempt(repair, describeRepair(repair, patient, findings), make));
  }
  // The engine takes up what has been marked.
  device.host.step({ type: 'tick' });
  return done;
};

/** @param make mends; gives where the copy is of what was there, where one was needed */
const attempt = async (
  repair: RepairName,
  message: string,
  make: () => Promise<string | undefined>,
): Promise<DoctorRepair> => {
  const { value: copy, error } = await faultOf(make);
  if (error !== undefined) {
    return { repair, message, done: false, failure: `${error.message}. ${error.hint}` };
  }
  return { repair, message, done: true, ...(copy !== undefined && { copy }) };
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
