import { join } from 'node:path';
import type { DeviceId, Signer } from '../../../protocol/crypto/index.ts';
import type { StateImage } from '../../../protocol/engine/index.ts';
import { deviceOf, makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import type { RebuildListener } from '../../api/index.ts';
import { nativeCrypto } from '../../crypto/index.ts';
import {
  compareMarker,
  type Environment,
  HOME_LAYOUT,
  type HomeFile,
  type HomeSpace,
  LogNotes,
} from '../../home/index.ts';
import { type LevelRecordStore, openRecordStore } from '../../store/index.ts';
import { FileAddressBook } from '../address-book.ts';
import type { Device } from '../device.ts';
import type { NetworkState } from '../network-state.ts';
import { statusOf } from '../status.ts';
import type { HomeState, Patient, RecordsState } from './patient.ts';
import { faultOf, readHomeState } from './read-home.ts';
import { type RecordsContext, readDamagedRecords, readOpenRecords, revokedBy } from './read-records.ts';
import { logsOf, readOpenState, readStoredState, rebuildState, snapshotOf } from './read-state.ts';
import { readSetAside } from './set-aside.ts';

/** Reads all that there is of a device that is open in this process. Its commits wait meanwhile. */
export const examineDevice = async (
  device: Device,
  network: NetworkState,
  env: Environment,
): Promise<Patient> => {
  const { home, records, host } = device;
  const { space } = home.file;
  if (space === null) throw new TypeError('a device that is open has a space');
  const nowMs = Date.now();
  const context = contextOf(space, home.key.signer, nowMs);
  // Between two commits, so that records and state belong together.
  const stored = await host.exclusively(async () => ({
    records: await readOpenRecords(records, device.recordsDir, context),
    state: await readOpenState(device.state),
    snapshot: await snapshotOf(records),
    logs: logsOf(host.engine),
  }));
  const { retired } = stored.logs;
  const { value: rebuilt, error } = stored.records.report.ok
    ? await faultOf(() => rebuildState(home, space, stored.snapshot, { retired, behind: [] }))
    : NOTHING;
  return {
    dir: home.dir,
    env,
    nowMs,
    home: await readHomeState(home.dir, env),
    records: stored.records,
    refusal: undefined,
    state: { ...stored.state, rebuilt, error },
    logs: stored.logs,
    setAside: await readSetAside(home.dir, records, context, device.origin),
    others: await knownDevices(
      home.dir,
      home.file,
      [
        ...stored.records.tails.map(({ manifest }) => deviceOf(manifest.origin)),
        ...host.engine.membership.keys(),
      ],
      revokedIn(stored.records, stored.state.stored),
    ),
    live: network.running ? statusOf(device, network) : undefined,
    givesUp: false,
  };
};

/** How a device is looked at that is not open. */
export interface ClosedExamination {
  /** Whether logs of the device are to be cut at what cannot be read. */
  readonly givesUp: boolean;
  readonly onRebuild: RebuildListener | undefined;
}

/**
 * Reads all that there is of a device that is not open.
 * @throws SmoError `home_in_use`
 */
export const examineClosed = async (
  dir: string,
  env: Environment,
  how: ClosedExamination,
): Promise<Patient> => {
  const nowMs = Date.now();
  const home = await readHomeState(dir, env);
  const stores = await readStores(dir, home, nowMs, how);
  const origins = [
    ...(stores.records?.tails ?? []).map(({ manifest }) => manifest.origin),
    ...(stores.records?.salvage ?? []).map(({ origin }) => origin),
  ];
  const revoked = revokedIn(stores.records, stores.state?.stored);
  const others =
    home.file === undefined ? [] : await knownDevices(dir, home.file, origins.map(deviceOf), revoked);
  return { dir, env, nowMs, home, others, live: undefined, givesUp: how.givesUp, ...stores };
};

/** What records of a space are held against. */
export const contextOf = (
  { id }: HomeSpace,
  signer: Signer | undefined,
  nowMs: number,
  givesUp = false,
): RecordsContext => ({
  crypto: nativeCrypto,
  space: id,
  signer,
  givesUp,
  nowMs,
});

type Stores = Pick<Patient, 'records' | 'refusal' | 'state' | 'logs' | 'setAside'>;

const NOTHING = { value: undefined, error: undefined } as const;

const NO_STORES: Stores = {
  records: undefined,
  refusal: undefined,
  state: undefined,
  logs: undefined,
  setAside: [],
};

const readStores = async (
  dir: string,
  home: HomeState,
  nowMs: number,
  { givesUp, onRebuild }: ClosedExamination,
): Promise<Stores> => {
  const space = home.file?.space;
  if (home.file === undefined || !space) return NO_STORES;
  const context = contextOf(space, home.home?.key.signer, nowMs, givesUp);
  const recordsDir = join(dir, HOME_LAYOUT.records);
  const { value: records, error } = await faultOf(() => openRecordStore(recordsDir));
  if (error?.code === 'home_in_use') throw error;
  if (error?.code === 'store_damaged') {
    const damaged = await faultOf(() => readDamagedRecords(recordsDir, error, context));
    const read = await readState(dir, home, space, undefined, onRebuild);
    return { ...NO_STORES, ...read, records: damaged.value, refusal: damaged.error };
  }
  if (records === undefined) return { ...NO_STORES, refusal: error };
  try {
    const stored = await readOpenRecords(records, recordsDir, context);
    const main = makeOrigin(home.file.device, home.file.incarnation);
    return {
      records: stored,
      refusal: undefined,
      ...(await readState(dir, home, space, stored.report.ok ? records : undefined, onRebuild)),
      setAside: await readSetAside(dir, records, context, main),
    };
  } finally {
    await records.close();
  }
};

/** @param records to make the state anew from, where they are sound */
const readState = async (
  dir: string,
  { home, marker }: HomeState,
  space: HomeSpace,
  records: LevelRecordStore | undefined,
  onRebuild: RebuildListener | undefined,
): Promise<Pick<Stores, 'state' | 'logs'>> => {
  const stored = await readStoredState(join(dir, HOME_LAYOUT.state));
  if (home === undefined || records === undefined) {
    return { state: { ...stored, rebuilt: undefined, error: undefined }, logs: undefined };
  }
  const behind: readonly Origin[] = compareMarker(marker?.entries ?? new Map(), await records.tails()).map(
    ({ origin }) => origin,
  );
  const snapshot = await snapshotOf(records);
  const { retired } = new LogNotes(home);
  const known = { retired, behind, ...(onRebuild && { onRebuild }) };
  const { value: rebuilt, error } = await faultOf(() => rebuildState(home, space, snapshot, known));
  return { state: { ...stored, rebuilt, error }, logs: rebuilt?.logs };
};

/** Other devices that may hold what is missing here: by their logs, by where they were met, and who let this one in. */
const knownDevices = async (
  dir: string,
  file: HomeFile,
  devices: readonly DeviceId[],
  revoked: ReadonlySet<DeviceId>,
): Promise<readonly DeviceId[]> => {
  const book = await FileAddressBook.open(dir);
  const all = [
    ...devices,
    ...book.devices(),
    ...(file.inviter === undefined ? [] : [file.inviter]),
    ...(file.space === null ? [] : [deviceOf(file.space.genesis.origin)]),
  ];
  return [...new Set(all)].filter((device) => device !== file.device && !revoked.has(device));
};

/** Devices that are revoked by anything that can still be read: while it is unknown what counts, all of it does. */
const revokedIn = (records: RecordsState | undefined, state: StateImage | undefined): ReadonlySet<DeviceId> =>
  new Set([
    ...(records?.revoked ?? []),
    ...(state?.control ?? []).flatMap((event) => revokedBy(event) ?? []),
  ]);
